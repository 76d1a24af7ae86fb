package sandbox

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/symphony/sandbox/rest"
)

// A panic of an operation is answered and logged, and whoever calls next is served.
func TestAPanicIsA500AndReleasesThePod(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	pod, err := New(Config{Log: slog.New(slog.NewTextHandler(&log, nil))})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, pod.Close()) })
	held := &route{method: "GET", path: "/pod/v1/held", name: "held", handle: func(*Pod, *call) (any, error) { panic("what?") }}
	own := &route{method: "GET", path: "/agent/v1/own", name: "own", family: familyAgent, free: true, handle: func(p *Pod, _ *call) (any, error) {
		p.mu.Lock()
		defer p.mu.Unlock()
		var none []string
		return none[len(p.cfg.BotUsername)], nil
	}}
	pod.router = rest.NewRouter(append(allRoutes(), held, own), func(r *route) (method, path string) { return r.method, r.path })
	get := func(path string) *httptest.ResponseRecorder {
		recorder := httptest.NewRecorder()
		pod.Handler().ServeHTTP(recorder, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
		return recorder
	}
	for _, r := range []*route{held, own} {
		got := get(r.path)
		require.Equal(t, http.StatusInternalServerError, got.Code)
		require.Contains(t, got.Body.String(), `"code":500`)
		require.Contains(t, got.Body.String(), "panicked in "+r.name)
		require.Equal(t, http.StatusOK, get("/pod/v1/languages").Code, "after "+r.name)
	}
	require.Contains(t, log.String(), "sandbox operation panicked")
	require.Contains(t, log.String(), "what?")
	require.Contains(t, log.String(), "index out of range")
	require.Equal(t, 500, pod.Calls(0, 1+1)[0].Status, "the log of calls has it")
}
