package symphony_test

import (
	"cmp"
	"crypto/tls"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"roombot/symphony"
)

func TestRequestsNameTheirUserAgent(t *testing.T) {
	t.Parallel()
	p := newPod(t)
	p.answer(sessionInfo, 200, me)
	c := p.client(func(c *symphony.Config) {
		c.UserAgent = "Roombot/1.2"
		c.Headers = http.Header{"X-Desk": {"fx"}}
	})
	for _, ctx := range []string{"", "abc123", "not an id"} {
		_, err := c.Me(symphony.WithTraceID(t.Context(), ctx))
		require.NoError(t, err)
	}
	got := p.requestsTo("GET", "/pod/v2/sessioninfo")
	require.Equal(t, "Roombot/1.2", got[0].Header.Get("User-Agent"))
	require.Equal(t, "fx", got[0].Header.Get("X-Desk"))
	require.Regexp(t, "^[A-Za-z0-9]{6}$", got[0].Header.Get("X-Trace-Id"))
	require.Equal(t, "abc123", got[1].Header.Get("X-Trace-Id"))
	require.Regexp(t, "^[A-Za-z0-9]{6}$", got[2].Header.Get("X-Trace-Id"))
}

func TestHeadersOfAComponentReachOnlyThatComponent(t *testing.T) {
	t.Parallel()
	p := newPod(t)
	p.answer(sessionInfo, 200, me)
	p.answer("GET /agent/v1/message/{id}", 200, `{"messageId":"m"}`)
	named := func(name string) symphony.Transport {
		return symphony.Transport{Headers: http.Header{"X-Only-" + name: {name}, "x-desk": {name}}}
	}
	c := p.client(func(c *symphony.Config) {
		c.Headers = http.Header{"X-Desk": {"all"}, "X-Floor": {"3"}}
		c.Transports = map[symphony.Component]symphony.Transport{
			symphony.LoginHost: named("Login"), symphony.AgentHost: named("Agent"), symphony.KeyManagerHost: named("Keys"),
		}
	})
	_, err := c.Me(t.Context())
	require.NoError(t, err)
	_, err = c.Message(t.Context(), "m")
	require.NoError(t, err)
	for path, name := range map[string]string{
		"POST /login/pubkey/authenticate": "Login", "POST /relay/pubkey/authenticate": "Keys",
		"GET /agent/v1/message/m": "Agent", "GET /pod/v2/sessioninfo": "",
	} {
		method, path, _ := strings.Cut(path, " ")
		got := p.requestsTo(method, path)[0].Header
		for _, other := range []string{"Login", "Agent", "Keys"} {
			require.Equal(t, other == name, got.Get("X-Only-"+other) != "", "X-Only-%s at %s", other, path)
		}
		require.Equal(t, cmp.Or(name, "all"), got.Get("X-Desk"), path)
		require.Equal(t, "3", got.Get("X-Floor"), path)
	}
}

func TestConnectionsOfABurstAreReused(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T) {
		p, n := newPod(t), newNetwork()
		p.on(sessionInfo, func(w http.ResponseWriter, _ *http.Request) {
			time.Sleep(time.Second) // until all are there, as time stands still before
			reply(w, 200, me)
		})
		c := n.client(t, p)
		require.NoError(t, c.Login(t.Context()))
		const sideBySide = 200
		for range 3 {
			var burst errgroup.Group
			for range sideBySide {
				burst.Go(func() error {
					_, err := c.Me(t.Context())
					return err
				})
			}
			require.NoError(t, burst.Wait())
			synctest.Wait()
		}
		require.Equal(t, sideBySide, n.dialCount["symphony:80"])
	})
}

func TestComponentMayHaveAShorterTimeout(t *testing.T) {
	t.Parallel()
	p := newPod(t)
	p.on(sessionInfo, neverAnswer)
	p.answer("GET /agent/v1/message/{id}", 200, `{"messageId":"m"}`)
	c := p.client(func(c *symphony.Config) {
		c.Retry.MaxAttempts = 1
		c.Transports = map[symphony.Component]symphony.Transport{
			symphony.PodHost: {Timeout: 20 * time.Millisecond}, symphony.AgentHost: {Timeout: time.Hour},
		}
	})
	_, err := c.Message(t.Context(), "m")
	require.NoError(t, err)
	_, err = c.Me(t.Context())
	require.ErrorIs(t, err, symphony.ErrUnavailable)
	require.ErrorContains(t, err, "no answer within 20ms")
}

func TestTokensNeverFollowARedirect(t *testing.T) {
	t.Parallel()
	reached := false
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	t.Cleanup(elsewhere.Close)
	p := newPod(t)
	for _, pattern := range []string{sessionInfo, createRoom} {
		p.on(pattern, func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL+"/steal", http.StatusTemporaryRedirect)
		})
	}
	c := p.client()
	_, err := c.Me(t.Context())
	require.ErrorContains(t, err, "redirect")
	_, err = c.CreateRoom(t.Context(), symphony.RoomAttributes{})
	require.ErrorContains(t, err, "redirect")
	require.False(t, reached)
}

func TestReadFollowsARedirectToTheSameHost(t *testing.T) {
	t.Parallel()
	p := newPod(t)
	p.on(sessionInfo, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/pod/v2/elsewhere", http.StatusFound)
	})
	p.answer("GET /pod/v2/elsewhere", 200, me)
	_, err := p.client().Me(t.Context())
	require.NoError(t, err)
}

func TestConnectionsAreReused(t *testing.T) {
	t.Parallel()
	p := newPod(t)
	from := map[string]bool{}
	p.on(sessionInfo, func(w http.ResponseWriter, r *http.Request) {
		from[r.RemoteAddr] = true
		reply(w, 200, me)
	})
	c := p.client()
	for range 10 {
		_, err := c.Me(t.Context())
		require.NoError(t, err)
	}
	require.Len(t, from, 1)
}

// proxy notes what it is asked to fetch and answers it all itself.
type proxy struct {
	server      *httptest.Server
	hosts       []string
	credentials string
}

func newProxy(t *testing.T) *proxy {
	t.Helper()
	x := &proxy{}
	x.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x.hosts = append(x.hosts, r.Host)
		x.credentials = r.Header.Get("Proxy-Authorization")
		reply(w, 200, `{"token":"t","status":"UP"}`)
	}))
	t.Cleanup(x.server.Close)
	return x
}

func (x *proxy) url(t *testing.T, user *url.Userinfo) *url.URL {
	t.Helper()
	u, err := url.Parse(x.server.URL)
	require.NoError(t, err)
	u.User = user
	return u
}

func TestEachComponentHasItsProxy(t *testing.T) {
	t.Parallel()
	general, agents := newProxy(t), newProxy(t)
	c, err := symphony.New(symphony.Config{
		Username: "room.bot", Key: key(),
		Endpoints: symphony.Endpoints{Pod: "http://pod.acme.test", Agent: "http://agent.acme.test"},
		Transport: symphony.Transport{Proxy: general.url(t, nil)},
		Transports: map[symphony.Component]symphony.Transport{
			symphony.AgentHost: {Proxy: agents.url(t, url.UserPassword("desk", "pass"))},
		},
	})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	require.NoError(t, c.Login(t.Context()))
	_, err = c.Health(t.Context())
	require.NoError(t, err)
	require.Equal(t, []string{"pod.acme.test", "pod.acme.test"}, general.hosts)
	require.Equal(t, []string{"agent.acme.test"}, agents.hosts)
	require.Equal(t, "Basic ZGVzazpwYXNz", agents.credentials)
}

func TestNoProxyHostsAreReachedDirectly(t *testing.T) {
	t.Parallel()
	x := newProxy(t)
	c, err := symphony.New(symphony.Config{
		Username: "room.bot", Key: key(),
		Endpoints: symphony.Endpoints{Pod: "http://pod.acme.invalid"},
		Transport: symphony.Transport{Proxy: x.url(t, nil), NoProxy: ".acme.invalid"},
		Retry:     symphony.RetryPolicy{MaxAttempts: 1},
	})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	require.ErrorIs(t, c.Login(t.Context()), symphony.ErrUnavailable)
	require.Empty(t, x.hosts)
}

func pemOf(s *httptest.Server) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
}

func TestTrustBundleIsAddedToTheSystems(t *testing.T) {
	t.Parallel()
	secure := httptest.NewUnstartedServer(answerWith(200, `{"status":"UP"}`))
	secure.EnableHTTP2 = true
	secure.StartTLS()
	t.Cleanup(secure.Close)
	config := symphony.Config{
		Username: "room.bot", Key: key(), Endpoints: symphony.Endpoints{Pod: secure.URL},
		Retry: symphony.RetryPolicy{MaxAttempts: 1},
	}
	stranger, err := symphony.New(config)
	require.NoError(t, err)
	t.Cleanup(stranger.Close)
	_, err = stranger.Health(t.Context())
	require.ErrorIs(t, err, symphony.ErrUnavailable)
	require.ErrorContains(t, err, "certificate")

	config.Transport.Trust = pemOf(secure)
	friend, err := symphony.New(config)
	require.NoError(t, err)
	t.Cleanup(friend.Close)
	h, err := friend.Health(t.Context())
	require.NoError(t, err)
	require.True(t, h.Up())

	config.Transport.Trust = []byte("no PEM")
	_, err = symphony.New(config)
	require.ErrorContains(t, err, "no PEM certificate")
}

// certificateServer is a session and key host for certificates. It keeps the calls with the tokens
// that they bring, and answers logouts with a status.
func certificateServer(t *testing.T, logout int) (server *httptest.Server, calls func() []string) {
	t.Helper()
	var mu sync.Mutex
	var seen []string
	server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		seen = append(seen, strings.TrimSpace(r.URL.Path+" "+r.Header.Get("sessionToken")+r.Header.Get("keyManagerToken")))
		switch {
		case len(r.TLS.PeerCertificates) == 0:
			reply(w, 401, `{}`)
		case strings.HasSuffix(r.URL.Path, "/logout"):
			reply(w, logout, `{"message":"x"}`)
		default:
			reply(w, 200, `{"token":"from`+strings.Split(r.URL.Path, "/")[1]+`"}`)
		}
	}))
	server.TLS = &tls.Config{ClientAuth: tls.RequestClientCert}
	server.StartTLS()
	t.Cleanup(server.Close)
	return server, func() []string { mu.Lock(); defer mu.Unlock(); return slices.Clone(seen) }
}

// certificateClient is a client of the pod that signs in with a certificate.
func certificateClient(p *pod, secure *httptest.Server) *symphony.Client {
	return p.client(func(c *symphony.Config) {
		c.Username, c.Key, c.Certificate = "", nil, &secure.TLS.Certificates[0]
		c.Endpoints.SessionAuth, c.Endpoints.KeyAuth = secure.URL, secure.URL
		c.Transport.Trust = pemOf(secure)
	})
}

func TestSignInWithACertificate(t *testing.T) {
	t.Parallel()
	secure, calls := certificateServer(t, 200)
	p := newPod(t)
	p.answer(sessionInfo, 200, me)
	_, err := certificateClient(p, secure).Me(t.Context())
	require.NoError(t, err)
	require.Equal(t, []string{"/sessionauth/v1/authenticate", "/keyauth/v1/authenticate"}, calls())
	require.Equal(t, "fromsessionauth", p.requestsTo("GET", "/pod/v2/sessioninfo")[0].Header.Get("sessionToken"))
}

func TestLogoutEndsBothSessionsOfACertificate(t *testing.T) {
	t.Parallel()
	for status, succeeds := range map[int]bool{200: true, 401: true, 403: false} {
		secure, calls := certificateServer(t, status)
		c := certificateClient(newPod(t), secure)
		require.NoError(t, c.Logout(t.Context()))
		require.Empty(t, calls(), "there is no session yet")
		require.NoError(t, c.Login(t.Context()))
		require.Equal(t, succeeds, c.Logout(t.Context()) == nil, status)
		require.Equal(t, []string{"/sessionauth/v1/logout fromsessionauth", "/keyauth/v1/logout fromkeyauth"}, calls()[2:])
		require.NoError(t, c.Logout(t.Context()))
		require.Len(t, calls(), 4, "the session is over")
		require.NoError(t, c.Login(t.Context()))
		require.Len(t, calls(), 6, "another one is opened")
	}
}

func TestLogoutOfAKeyMakesNoCall(t *testing.T) {
	t.Parallel()
	p := newPod(t)
	c := p.client()
	require.NoError(t, c.Login(t.Context()))
	before := len(p.requests)
	require.NoError(t, c.Logout(t.Context()))
	require.Len(t, p.requests, before)
}
