package control

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/symphony/sandbox"
	"roombot/symphony/sandbox/rest"
)

// A panic of an operation is answered and logged, and whoever calls next is served.
func TestAPanicIsA500AndReleasesThePod(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	pod, err := sandbox.New(sandbox.Config{Log: slog.New(slog.NewTextHandler(&log, nil))})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, pod.Close()) })
	c := New(pod, Config{})
	broken := &operation{method: "GET", path: base + "/broken", name: "broken", handle: func(*Control, *request) (any, error) { panic("what?") }}
	c.router = rest.NewRouter(append(operations(), broken), func(o *operation) (method, path string) { return o.method, o.path })
	server := httptest.NewServer(c)
	t.Cleanup(server.Close)
	get := func(path string) int {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+path, nil)
		require.NoError(t, err)
		response, err := server.Client().Do(request)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		return response.StatusCode
	}
	require.Equal(t, http.StatusInternalServerError, get("/sandbox/v1/broken"))
	require.Equal(t, http.StatusOK, get("/sandbox/v1/state"))
	require.Contains(t, log.String(), "sandbox operation panicked")
}
