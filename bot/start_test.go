package bot_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/symphony/sandbox/client"
)

func TestABotWaitsForItsPodAtTheStart(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.stop()
	w.fail(client.Fault{Path: "/pod/v2/sessioninfo", Status: 503, Count: 3})
	w.start()
	w.says("bob", "/help").sees("/newroom")
	require.Contains(t, w.log.String(), "Symphony does not answer yet")
}

// A session may end while the bot starts, and the next one too.
func TestABotStartsThoughItsSessionsEndAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.stop()
	w.fail(client.Fault{Path: "/pod/v2/sessioninfo", Status: 401, Count: 3})
	w.start()
	w.says("bob", "/help").sees("/newroom")
}
