package control

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"roombot/symphony/sandbox/rest"
)

// checkLocal refuses whoever is not a program or a page of this machine: a name that is not the
// loopback's would be a page of another site that has its own name point here.
func checkLocal(r *http.Request) error {
	host := r.Host
	if name, _, err := net.SplitHostPort(r.Host); err == nil {
		host = name
	}
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	switch {
	case !isLoopback(host):
		return rest.Refuse(http.StatusForbidden, "The control API answers to localhost only, not to %q", host)
	case err == nil && !peer.Addr().Unmap().IsLoopback():
		return rest.Refuse(http.StatusForbidden, "The control API answers to this machine only")
	case !isSameOrigin(r):
		return rest.Refuse(http.StatusForbidden, "The control API answers to its own page only")
	}
	return nil
}

func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	addr, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && addr.IsLoopback()
}

// isSameOrigin reports whether a request is of no other site's page. No Origin at all is a program.
func isSameOrigin(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	from, err := url.Parse(origin)
	return err == nil && from.Host == r.Host
}
