package engine

import (
	"crypto/tls"
	"slices"

	"github.com/jackc/pgx/v5"
)

// UnverifiedHosts are the hosts of a database that a connection need not be encrypted with, or that
// need not prove by a certificate to be themselves: all but those with sslmode=verify-full. A
// connection through a Unix socket has the socket's folder as its host.
func (a Address) UnverifiedHosts() []string {
	if !a.postgres {
		return nil
	}
	config, err := pgx.ParseConfig(a.text)
	if err != nil { // it is no way to any host
		return nil
	}
	var hosts []string
	add := func(host string, verification *tls.Config) {
		// The other modes with TLS verify the certificate themselves or not at all.
		if verification == nil || verification.InsecureSkipVerify {
			hosts = append(hosts, host)
		}
	}
	add(config.Host, config.TLSConfig)
	for _, other := range config.Fallbacks {
		add(other.Host, other.TLSConfig)
	}
	slices.Sort(hosts)
	return slices.Compact(hosts)
}
