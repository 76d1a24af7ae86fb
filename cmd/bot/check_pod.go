package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"roombot/bot/config"
	"roombot/symphony"
)

// checkNetwork tests names, ports and TLS of every component, and the clock.
func checkNetwork(ctx context.Context, c *config.Config) []finding {
	a := c.Addresses()
	trust, err := trusted(c.SSL.TrustStore)
	if err != nil {
		return []finding{failed(finding{Name: "trust"}, err, "Correct ssl.trustStore.path.")}
	}
	components := map[string][]string{} // address: the components there
	for name, address := range map[string]string{"pod": a.Pod, "agent": a.Agent, "key manager": a.KeyManager} {
		components[address] = append(components[address], name)
	}
	var findings []finding
	for _, address := range slices.Sorted(maps.Keys(components)) {
		slices.Sort(components[address])
		findings = append(findings, way{trust: trust, proxy: c.Pod.Proxy}.reach(ctx, address, joined(components[address])))
	}
	return findings
}

// way is how this machine gets to the pod.
type way struct {
	trust []byte
	proxy *config.Proxy
}

func (w way) transport() *http.Transport {
	t := &http.Transport{Proxy: http.ProxyFromEnvironment}
	if w.proxy != nil {
		t.Proxy = http.ProxyURL(proxy(w.proxy))
	}
	if roots, err := x509.SystemCertPool(); err == nil && len(w.trust) > 0 {
		roots.AppendCertsFromPEM(w.trust)
		t.TLSClientConfig = &tls.Config{RootCAs: roots}
	}
	return t
}

// reach opens a connection to a component and asks it for anything: what
// matters is that an answer comes, and its date.
func (w way) reach(ctx context.Context, address, what string) finding {
	f := finding{Name: "network", Detail: what + " at " + address}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	transport := w.transport()
	defer transport.CloseIdleConnections()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address+"/agent/v1/info", nil)
	if err != nil {
		return failed(f, err, "Correct the address in the configuration.")
	}
	response, err := transport.RoundTrip(request)
	if err != nil {
		return failed(f, err, remedy(err))
	}
	_ = response.Body.Close()
	if date, err := http.ParseTime(response.Header.Get("Date")); err == nil {
		skew := time.Since(date).Round(time.Second)
		f.Detail += fmt.Sprintf(", clocks %s apart", skew.Abs())
		if skew.Abs() > time.Minute {
			f.Remedy, f.err = "Symphony takes login tokens for five minutes: set this machine's clock (NTP).", errors.New("clock skew")
			return f
		}
	}
	f.OK = true
	return f
}

func failed(f finding, err error, remedy string) finding {
	f.OK, f.err, f.Remedy = false, err, remedy
	f.Detail += ": " + plain(err)
	return f
}

// plain drops what http wraps around the cause.
func plain(err error) string {
	var outer *url.Error
	if errors.As(err, &outer) {
		err = outer.Err
	}
	return err.Error()
}

func remedy(err error) string {
	var dns *net.DNSError
	var unknown *tls.CertificateVerificationError
	switch {
	case errors.As(err, &dns):
		return "This machine does not know the name: check host, DNS, or set a proxy."
	case errors.As(err, &unknown):
		return "The certificate is signed by an authority unknown here: add it with ssl.trustStore.path (PEM)."
	case errors.Is(err, context.DeadlineExceeded):
		return "No answer: ask for the firewall to be opened for this host and port, or set a proxy."
	default:
		return "Check host and port, and whether a firewall or a proxy is in between."
	}
}

// checkPod signs in and asks for what the bot needs.
func checkPod(ctx context.Context, c *config.Config, client *symphony.Client) []finding {
	ctx, cancel := context.WithTimeout(ctx, 3*timeout)
	defer cancel()
	login := finding{Name: "login", Detail: c.Bot.Username}
	me, err := client.Me(ctx)
	if err != nil {
		return []finding{failed(login, err, loginRemedy(err))}
	}
	login.OK, login.Detail = true, fmt.Sprintf("%s (%s, id %d)", me.Username, me.DisplayName, me.ID)
	findings := []finding{login}

	feed := finding{Name: "datafeed", OK: true}
	feeds, err := client.Datafeeds(ctx, string(c.Datafeed.Tag))
	if err != nil {
		feed = failed(feed, err, "Your Symphony administrators can give the account access to the datafeed.")
	} else {
		feed.Detail = fmt.Sprintf("%d of 20 in use", len(feeds))
	}
	return append(findings, feed, checkGroups(ctx, client))
}

func loginRemedy(err error) string {
	if errors.Is(err, symphony.ErrLoginRejected) {
		return "Check bot.username (same spelling as in the portal) and that the public key of this private key is uploaded there; the account must be enabled."
	}
	return remedy(err)
}

func checkGroups(ctx context.Context, client *symphony.Client) finding {
	f := finding{Name: "groups", OK: true}
	n := 0
	for _, err := range client.Groups(ctx, symphony.DistributionListType) {
		if err != nil {
			return failed(f, err, "group: needs the role Distribution List Manager; your Symphony administrators can give it. Everything else works without.")
		}
		n++
	}
	f.Detail = fmt.Sprintf("%d distribution lists", n)
	return f
}

func joined(names []string) string { return strings.Join(names, ", ") }
