package bot_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/bot"
	"roombot/symphony/sandbox/client"
)

func TestATimeoutWhileSigningInUsesNoAttempt(t *testing.T) {
	t.Parallel()
	w := newWorld(t, logsEverything, func(w *world) {
		w.tries, w.limits.CallTimeout = 1, 3*time.Second // so soon it looks again
		w.change = func(c *bot.Config) { c.Store.Timeout = 2 * time.Second }
	})
	w.fail(client.Fault{Path: "/login/*", Delay: "10m"}, client.Fault{Kind: "session-expired", Path: onUsers, Count: 1})
	asked := w.asks("bob", `/newroom "Signed out" carol@acme.test`)
	require.Eventually(t, func() bool { return strings.Contains(w.log.String(), "request waits for the sign-in") }, patience, tick)
	require.Contains(t, w.log.String(), "context deadline exceeded", "the request did not wait for the sign-in's own end")
	w.heal()
	asked.endsWith("✓ Signed out")
	for _, line := range []string{"attempt failed", "request was put off", `"attempt":2`} {
		require.NotContains(t, w.log.String(), line)
	}
}
