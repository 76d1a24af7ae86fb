package symphony_test

import (
	"bytes"
	"io"
	"net/http"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/symphony"
)

// fleet is a pod and several agents that tests kill and revive.
type fleet struct {
	*network
	t       *testing.T
	pod     *pod
	mu      sync.Mutex
	calls   []string // "agent METHOD /path", in order
	answers map[string]http.HandlerFunc
	backend http.Handler
	client  *symphony.Client
}

func newFleet(t *testing.T, balance symphony.Balance, change ...func(*symphony.Config)) *fleet {
	t.Helper()
	f := &fleet{network: newNetwork(), t: t, pod: newPod(t), answers: map[string]http.HandlerFunc{}}
	f.pod.answer("GET /agent/v1/message/{id}", 200, `{"messageId":"m"}`)
	f.pod.answer("POST /agent/v4/stream/{sid}/message/create", 200, `{"messageId":"m"}`)
	f.pod.answer("GET /agent/v3/health", 200, `{"status":"UP"}`)
	f.backend = f.pod.handler()
	for _, name := range []string{"a1", "a2", "a3"} {
		f.host(t, name, f.agent(name))
	}
	f.client = f.network.client(t, f.pod, append([]func(*symphony.Config){func(c *symphony.Config) {
		c.Endpoints.Agents = []string{"http://a1/", "http://a2", "http://a3"}
		c.Balance = balance
	}}, change...)...)
	require.NoError(t, f.client.Login(t.Context()))
	return f
}

// agent notes its calls and answers as the pod is scripted, unless it has a handler of its own.
func (f *fleet) agent(name string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body) // or a hung handler would not see its caller leave
		r.Body = io.NopCloser(bytes.NewReader(body))
		f.mu.Lock()
		h := f.answers[name]
		f.calls = append(f.calls, name)
		f.mu.Unlock()
		if h == nil {
			h = f.backend.ServeHTTP
		}
		h(w, r)
	})
}

// setHandler makes an agent answer so, nil as usual.
func (f *fleet) setHandler(name string, h http.HandlerFunc) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.answers[name] = h
}

// takeDown makes an agent unreachable.
func (f *fleet) takeDown(names ...string) {
	for _, name := range names {
		f.setBroken(name, errRefused)
		f.setHandler(name, dropConnection) // connections that are open
	}
	f.client.Close()
}

func (f *fleet) bringUp(names ...string) {
	for _, name := range names {
		f.setBroken(name, nil)
		f.setHandler(name, nil)
	}
}

// askedAgents are the agents called since the last time.
func (f *fleet) askedAgents() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	asked := f.calls
	f.calls = nil
	return asked
}

func (f *fleet) makeReads(times int) {
	f.t.Helper()
	for range times {
		_, err := f.client.Message(f.t.Context(), "m")
		require.NoError(f.t, err)
	}
}

func (f *fleet) sendMessage() error {
	_, err := f.client.SendMessage(f.t.Context(), "s", symphony.Outgoing{MessageML: "<messageML>hi</messageML>"})
	return err
}
