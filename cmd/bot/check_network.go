package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	stdio "io"
	"maps"
	"net"
	"net/http"
	"strings"
	"time"

	"roombot/bot/config"
	"roombot/symphony"
)

// networkRoute is the way from this machine to components that have the same address, proxy and
// certificate.
type networkRoute struct {
	address     string
	names       []string
	isAgent     bool
	transport   symphony.Transport
	certificate *tls.Certificate
}

// checkNetwork tests name, port and TLS of every component as bot run uses it, and the clock.
func checkNetwork(ctx context.Context, c *config.Config) []checkResult {
	all, err := networkRoutes(c)
	if err != nil {
		return []checkResult{failedCheck("trust", "", err, "Correct ssl.trustStore.")}
	}
	var results []checkResult
	for _, r := range all {
		results = append(results, r.probe(ctx).withWarnings(plainHTTPWarnings(r.address, c.Roombot.Insecure)...))
	}
	return results
}

func networkRoutes(c *config.Config) ([]*networkRoute, error) {
	transports, err := newTransports(c)
	if err != nil {
		return nil, err
	}
	a := c.Endpoints()
	var cert *tls.Certificate
	if usesCertificate(c) {
		cert, _ = loadCertificate(c.Bot.Certificate) // checkCertificate reports a broken one
	}
	var all []*networkRoute
	at := map[string]*networkRoute{}
	add := func(name, address string, part symphony.Component, cert *tls.Certificate) {
		t := transports[part]
		id := fmt.Sprint(address, t.Proxy, t.ConnectTimeout, cert != nil)
		if at[id] == nil {
			at[id] = &networkRoute{address: address, transport: t, certificate: cert}
			all = append(all, at[id])
		}
		at[id].names = append(at[id].names, name)
		at[id].isAgent = at[id].isAgent || part == symphony.AgentHost
	}
	add("pod", a.Pod, symphony.PodHost, nil)
	for _, agent := range a.Agents {
		add("agent", agent, symphony.AgentHost, nil)
	}
	if usesCertificate(c) {
		add("session auth", a.SessionAuth, symphony.SessionAuthHost, cert)
		add("key auth", a.KeyAuth, symphony.KeyAuthHost, cert)
	} else {
		add("key manager", a.KeyManager, symphony.KeyManagerHost, nil)
	}
	return all, nil
}

// probe asks for the agent's version, which needs no login. From other components any answer is
// good enough; its date is compared with the clock.
func (r *networkRoute) probe(ctx context.Context) checkResult {
	detail := joinNames(r.names) + " at " + r.address
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	transport, err := r.transport.HTTP(r.certificate)
	if err != nil {
		return failedCheck("trust", "", err, "Correct ssl.trustStore.")
	}
	defer transport.CloseIdleConnections()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, r.address+"/agent/v1/info", nil)
	if err != nil {
		return failedCheck("network", detail, err, "Correct the address in the configuration.")
	}
	maps.Copy(request.Header, r.transport.Headers)
	response, err := transport.RoundTrip(request)
	if err != nil {
		return failedCheck("network", detail, err, networkRemedy(err))
	}
	defer response.Body.Close()
	if remedy, err := r.checkAnswer(response); err != nil {
		return failedCheck("network", detail, err, remedy)
	}
	return checkClock(detail, response.Header.Get("Date"))
}

const (
	tryLater       = "It is there and cannot work now, or a gateway before it cannot reach it: try again later, then ask whoever runs it."
	giveProxyLogin = "Set proxy.username and proxy.password."
)

// checkAnswer returns an error and its remedy for an answer that is not Symphony's, and for one
// that says that Symphony cannot work.
func (r *networkRoute) checkAnswer(response *http.Response) (remedy string, err error) {
	if response.StatusCode == http.StatusProxyAuthRequired {
		return giveProxyLogin, errors.New("the proxy wants a user and a password")
	}
	if !r.isAgent {
		return "", nil
	}
	const enough = 64 << 10
	body, _ := stdio.ReadAll(stdio.LimitReader(response.Body, enough))
	remedy = "Something else than Symphony's " + joinNames(r.names) + " answers there: check host, port and context, and whether a proxy is in between."
	unexpected := fmt.Errorf("answers %s when asked for its version", response.Status)
	switch status := response.StatusCode; {
	case isUnwell(&symphony.Error{Status: status}):
		return tryLater, unexpected
	case status != http.StatusOK:
		return remedy, unexpected
	case strings.HasPrefix(response.Header.Get("Content-Type"), "text/html"):
		return remedy, errors.New("answers with a web page")
	case !json.Valid(body):
		return remedy, errors.New("answers with what is not JSON")
	}
	return "", nil
}

// isUnwell reports whether something answers there that cannot work now.
func isUnwell(answer *symphony.Error) bool { return answer.Status >= 400 && answer.IsTemporary() }

// checkClock compares this machine's clock with the date of an answer, if it has one.
func checkClock(detail, date string) checkResult {
	there, err := http.ParseTime(date)
	if err != nil {
		return passedCheck("network", detail)
	}
	skew := time.Since(there).Round(time.Second).Abs()
	detail += fmt.Sprintf(", clocks %s apart", skew)
	if skew > time.Minute {
		return checkResult{
			Name: "network", Level: levelFailed, Detail: detail, err: errors.New("clock skew"),
			Remedy: "Symphony takes login tokens for five minutes: set this machine's clock (NTP).",
		}
	}
	return passedCheck("network", detail)
}

func networkRemedy(err error) string {
	var dns *net.DNSError
	var misnamed x509.HostnameError
	var invalid x509.CertificateInvalidError
	var unknown *tls.CertificateVerificationError
	var plaintext tls.RecordHeaderError
	var answer *symphony.Error
	switch {
	case errors.As(err, &answer) && isUnwell(answer):
		return tryLater
	case strings.Contains(err.Error(), http.StatusText(http.StatusProxyAuthRequired)): // a tunnel keeps only the text
		return giveProxyLogin
	case errors.As(err, &dns):
		return "This machine does not know the name: check host, DNS, or set a proxy."
	case errors.As(err, &misnamed):
		return "The certificate there is for another name: check host, and whether a proxy is in between."
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "The certificate there has run out, or this machine's clock is wrong (NTP)."
	case errors.As(err, &plaintext):
		return `TLS is not spoken there: check port, and whether "scheme" should be "http".`
	case errors.As(err, &unknown):
		return "The certificate is signed by an authority unknown here: add it with ssl.trustStore.path (PEM)."
	case errors.Is(err, context.DeadlineExceeded):
		return "No answer: ask for the firewall to be opened for this host and port, or set a proxy."
	default:
		return "Check host and port, and whether a firewall or a proxy is in between."
	}
}

func joinNames(names []string) string { return strings.Join(names, ", ") }
