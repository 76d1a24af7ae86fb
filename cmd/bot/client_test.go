package main

import (
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"roombot/bot/config"
)

// headerServer is a component that records the headers X-Desk and X-Floor of its requests.
type headerServer struct {
	server *httptest.Server
	mu     sync.Mutex
	desks  []string
}

func newHeaderServer(t *testing.T) *headerServer {
	t.Helper()
	h := &headerServer{}
	h.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.desks = append(h.desks, r.Header.Get("X-Desk")+" "+r.Header.Get("X-Floor"))
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"token":"t","status":"UP","id":1}`)
	}))
	t.Cleanup(h.server.Close)
	return h
}

func (h *headerServer) configKeys() string { return configKeys(h.server) }

// configKeys is a server's address in the words of the configuration.
func configKeys(server *httptest.Server) string {
	_, place, _ := strings.Cut(server.URL, "://")
	host, port, _ := strings.Cut(place, ":")
	return fmt.Sprintf(`"host": %q, "port": %s`, host, port)
}

// writeTestConfig writes a configuration and a new key into a folder.
func writeTestConfig(t *testing.T, format string, args ...any) (path, dir string) {
	t.Helper()
	dir = t.TempDir()
	require.Zero(t, shell(t, "keygen", "--dir", dir, "--bits", "2048").code)
	path = filepath.Join(dir, "config.json")
	bot := `"bot": {"username": "roombot", "privateKey": {"path": "privatekey.pem"}}, `
	require.NoError(t, os.WriteFile(path, []byte("{"+bot+fmt.Sprintf(format, args...)+"}"), 0o600))
	return path, dir
}

func newTestConfig(t *testing.T, format string, args ...any) *config.Config {
	t.Helper()
	path, _ := writeTestConfig(t, format, args...)
	c, err := config.Load(path, os.LookupEnv, commandNames()...)
	require.NoError(t, err)
	return c
}

func TestHeadersAreSentToTheirComponentOnly(t *testing.T) {
	t.Parallel()
	pod, agent, keys := newHeaderServer(t), newHeaderServer(t), newHeaderServer(t)
	c := newTestConfig(t, `"scheme": "http", %s, "defaultHeaders": {"X-Desk": "all", "X-Floor": "3"},
		"agent": {%s, "defaultHeaders": {"X-Desk": "agent"}}, "keyManager": {%s, "defaultHeaders": {"X-Desk": "keys"}}`,
		pod.configKeys(), agent.configKeys(), keys.configKeys())
	client, err := newClient(c, zerolog.Nop())
	require.NoError(t, err)
	t.Cleanup(client.Close)
	_, err = client.Me(t.Context())
	require.NoError(t, err)
	_, err = client.Health(t.Context())
	require.NoError(t, err)
	require.Subset(t, []string{"all 3"}, pod.desks)
	require.Subset(t, []string{"agent "}, agent.desks, "a component's own set is taken whole")
	require.Subset(t, []string{"keys "}, keys.desks)
	require.NotEmpty(t, pod.desks)
	require.NotEmpty(t, agent.desks)
	require.NotEmpty(t, keys.desks)
}

func TestMaxAttemptsIsMappedToTheRetryPolicy(t *testing.T) {
	t.Parallel()
	for attempts, tries := range map[int]int{-1: math.MaxInt, 0: 1, 1: 1, 7: 7} {
		require.Equal(t, tries, retryPolicy(config.Retry{MaxAttempts: attempts}).MaxAttempts)
	}
}

func TestTimeoutsReachTransportsAndFeed(t *testing.T) {
	t.Parallel()
	c := newTestConfig(t, `"host": "acme.test", "readTimeout": 7000, "agent": {"readTimeout": 45000}, "keyManager": {"connectionTimeout": 3000},
		"datafeed": {"retry": {"initialIntervalMillis": 100, "multiplier": 3, "maxIntervalMillis": 900}}`)
	ways, err := newTransports(c)
	require.NoError(t, err)
	require.Equal(t, 7*time.Second, ways["pod"].Timeout)
	require.Equal(t, 45*time.Second, ways["agent"].Timeout)
	require.Equal(t, 3*time.Second, ways["keyManager"].ConnectTimeout)
	f := feedConfig(c)
	require.Equal(t, 45*time.Second, f.ReadTimeout)
	require.InDelta(t, 3, f.Multiplier, 0)
	require.Equal(t, 100*time.Millisecond, f.MinWait)
	require.Equal(t, 900*time.Millisecond, f.MaxWait)
}
