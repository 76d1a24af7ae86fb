package symphony

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	"golang.org/x/net/http/httpproxy"
)

// Transport is the way to a component.
type Transport struct {
	// Proxy is an HTTP proxy, with user and password in it if it wants them. Nil takes HTTP_PROXY,
	// HTTPS_PROXY and NO_PROXY of the environment.
	Proxy *url.URL
	// NoProxy lists the hosts that Proxy is not for, in the form of NO_PROXY.
	NoProxy string
	// Trust is a PEM bundle of authorities to trust besides the system's.
	Trust []byte
	// ConnectTimeout bounds dialling and the TLS handshake, each, by default
	// [DefaultConnectTimeout].
	ConnectTimeout time.Duration
	// Timeout bounds one try of one call where it is less than Config.Timeout. Default none. Reads
	// of the feed have their own.
	Timeout time.Duration
	// Headers are added to the component's requests, over those of Config.Headers. No other
	// component gets them.
	Headers http.Header
}

// newTransports makes one transport per different way, so that components behind the same host
// share connections.
func newTransports(c Config) (map[Component]*http.Transport, error) {
	shared, err := c.Transport.HTTP(nil)
	faults := []error{err}
	ways := map[Component]*http.Transport{}
	for _, part := range components {
		_, own := c.Transports[part]
		certified := c.Certificate != nil && (part == SessionAuthHost || part == KeyAuthHost)
		if !own && !certified {
			ways[part] = shared
			continue
		}
		var certificate *tls.Certificate
		if certified {
			certificate = c.Certificate
		}
		if ways[part], err = c.transportTo(part).HTTP(certificate); err != nil {
			faults = append(faults, fmt.Errorf("symphony: transport of %s: %w", part, err))
		}
	}
	return ways, errors.Join(faults...)
}

// transportTo is the transport of a component.
func (c Config) transportTo(part Component) Transport {
	if own, ok := c.Transports[part]; ok {
		return own
	}
	return c.Transport
}

// timeoutOf bounds one try of a call to a component.
func (c Config) timeoutOf(part Component) time.Duration {
	if own := c.transportTo(part).Timeout; own > 0 {
		return min(own, c.Timeout)
	}
	return c.Timeout
}

// HTTP is the way as net/http takes it, with the certificate that this side shows if one is given.
// Headers and Timeout are not part of it.
func (t Transport) HTTP(certificate *tls.Certificate) (*http.Transport, error) {
	roots, err := t.trustedRoots()
	if err != nil {
		return nil, err
	}
	secure := &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	if certificate != nil {
		secure.Certificates = []tls.Certificate{*certificate}
	}
	connect := t.ConnectTimeout
	setDefault(&connect, DefaultConnectTimeout)
	return &http.Transport{
		Proxy: t.proxyFunc(),
		OnProxyConnectResponse: func(_ context.Context, proxy *url.URL, _ *http.Request, answer *http.Response) error {
			if answer.StatusCode != http.StatusOK { // net/http would tell no more than "Forbidden"
				return fmt.Errorf("the proxy %s answers %d %s to CONNECT", proxy.Host, answer.StatusCode, statusText(answer.StatusCode))
			}
			return nil
		},
		DialContext:         (&net.Dialer{Timeout: connect, KeepAlive: 30 * time.Second}).DialContext,
		TLSHandshakeTimeout: connect,
		TLSClientConfig:     secure,
		ForceAttemptHTTP2:   true,
		// More than a busy bot has calls under way, say 32 commands that let ten people in side by
		// side: for each connection that is closed another begins, with a handshake.
		MaxIdleConnsPerHost: 512,
		// Corporate proxies cut idle connections from 30 s on; a write on a dead one would have an
		// unknown outcome.
		IdleConnTimeout: 25 * time.Second,
		// A parked read keeps an HTTP/2 connection from being idle: without pings a dead one would
		// swallow every call until its timeout.
		HTTP2: &http.HTTP2Config{SendPingTimeout: 15 * time.Second, PingTimeout: 10 * time.Second},
	}, nil
}

// trustedRoots is nil for the system's authorities alone.
func (t Transport) trustedRoots() (*x509.CertPool, error) {
	if len(t.Trust) == 0 {
		return nil, nil
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(t.Trust) {
		return nil, errors.New("trust: no PEM certificate in the bundle")
	}
	return pool, nil
}

func (t Transport) proxyFunc() func(*http.Request) (*url.URL, error) {
	rules := httpproxy.FromEnvironment()
	if t.Proxy != nil {
		rules = &httpproxy.Config{HTTPProxy: t.Proxy.String(), HTTPSProxy: t.Proxy.String(), NoProxy: t.NoProxy}
	}
	choose := rules.ProxyFunc()
	return func(r *http.Request) (*url.URL, error) { return choose(r.URL) }
}

const maxRedirects = 3

// checkRedirect follows only reads, and only within the same origin: the tokens are in headers that
// net/http would carry along to any host.
func checkRedirect(next *http.Request, via []*http.Request) error {
	first := via[0]
	if next.URL.Scheme != first.URL.Scheme || next.URL.Host != first.URL.Host ||
		first.Method != http.MethodGet || len(via) > maxRedirects {
		return http.ErrUseLastResponse
	}
	return nil
}
