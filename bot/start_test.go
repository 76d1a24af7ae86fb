package bot_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestABotWaitsForItsPodAtTheStart(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.stop()
	w.suffers(fault{"path": "/pod/v2/sessioninfo", "status": 503, "count": 3})
	w.start()
	w.says("bob", "/help").sees("/newroom")
	require.Contains(t, w.log.String(), "Symphony does not answer yet")
}
