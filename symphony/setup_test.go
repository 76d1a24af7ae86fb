package symphony_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/rsa"
	"roombot/symphony"
)

var key = sync.OnceValue(func() *rsa.Key {
	k, err := rsa.Generate(2048)
	if err != nil {
		panic(err)
	}
	return k
})

// receivedRequest is a request as the pod got it.
type receivedRequest struct {
	Method, Path, Query, Body string
	Header                    http.Header
	// Pattern is the one that answered.
	Pattern string
}

// pod answers over real HTTP as a test scripts it. It signs everybody in.
type pod struct {
	t        *testing.T
	routes   map[string]http.HandlerFunc
	server   *httptest.Server
	mu       sync.Mutex
	requests []receivedRequest
	waits    []time.Duration
	logins   int
}

func newPod(t *testing.T) *pod {
	t.Helper()
	p := &pod{t: t, routes: map[string]http.HandlerFunc{}}
	p.on("POST /login/pubkey/authenticate", func(w http.ResponseWriter, _ *http.Request) {
		p.mu.Lock()
		p.logins++
		n := p.logins
		p.mu.Unlock()
		reply(w, 200, fmt.Sprintf(`{"name":"sessionToken","token":"session-%d"}`, n))
	})
	p.answer("POST /relay/pubkey/authenticate", 200, `{"name":"keyManagerToken","token":"keys"}`)
	p.answer("POST /login/idm/tokens", 200, `{"token_type":"Bearer","expires_in":300,"access_token":"access-1"}`)
	return p
}

func reply(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

// on scripts an operation, before the client is made.
func (p *pod) on(pattern string, h http.HandlerFunc) { p.routes[pattern] = h }

// answer scripts an operation that always answers the same.
func (p *pod) answer(pattern string, status int, body string) {
	p.on(pattern, func(w http.ResponseWriter, _ *http.Request) { reply(w, status, body) })
}

// answers scripts an operation's answers one by one, the last one for ever.
func (p *pod) answers(pattern string, handlers ...http.HandlerFunc) {
	n := 0
	p.on(pattern, func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		h := handlers[min(n, len(handlers)-1)]
		n++
		p.mu.Unlock()
		h(w, r)
	})
}

func answerWith(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { reply(w, status, body) }
}

// dropConnection drops the connection after the request was read.
func dropConnection(w http.ResponseWriter, _ *http.Request) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err == nil {
		_ = conn.Close()
	}
}

func (p *pod) serve() {
	p.server = httptest.NewServer(p.handler())
	p.t.Cleanup(func() {
		p.server.Close()
		conforms(p.t, p.requests)
	})
}

// handler notes each request and answers it as scripted so far.
func (p *pod) handler() http.Handler {
	mux := http.NewServeMux()
	for pattern, h := range p.routes {
		mux.HandleFunc(pattern, h)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		p.mu.Lock()
		_, pattern := mux.Handler(r)
		p.requests = append(p.requests, receivedRequest{r.Method, r.URL.Path, r.URL.RawQuery, string(body), r.Header.Clone(), pattern})
		p.mu.Unlock()
		mux.ServeHTTP(w, r)
	})
}

func (p *pod) config() symphony.Config {
	if p.server == nil {
		p.serve()
	}
	return symphony.Config{
		Username: "room.bot", Key: key(), Endpoints: symphony.Endpoints{Pod: p.server.URL},
	}
}

// client is one that notes its waits instead of waiting.
func (p *pod) client(change ...func(*symphony.Config)) *symphony.Client {
	p.t.Helper()
	config := p.config()
	for _, c := range change {
		c(&config)
	}
	c, err := symphony.New(config)
	require.NoError(p.t, err)
	c.SetSleep(func(ctx context.Context, d time.Duration) error {
		p.mu.Lock()
		p.waits = append(p.waits, d)
		p.mu.Unlock()
		return ctx.Err()
	})
	p.t.Cleanup(c.Close)
	return c
}

// requestsTo are the requests to a path.
func (p *pod) requestsTo(method, path string) []receivedRequest {
	p.mu.Lock()
	defer p.mu.Unlock()
	var matching []receivedRequest
	for _, r := range p.requests {
		if r.Method == method && r.Path == path {
			matching = append(matching, r)
		}
	}
	return matching
}

func (p *pod) waitsSoFar() []time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]time.Duration(nil), p.waits...)
}

func fields(t *testing.T, body string) map[string]any {
	t.Helper()
	var m map[string]any
	require.NoError(t, json.Unmarshal([]byte(body), &m))
	return m
}

func collect[T any](t *testing.T, seq func(func(T, error) bool)) []T {
	t.Helper()
	var all []T
	for item, err := range seq {
		require.NoError(t, err)
		all = append(all, item)
	}
	return all
}
