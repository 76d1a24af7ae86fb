package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestThePauseOfAStoppedBotIsToldWithItsTrueTime(t *testing.T) {
	t.Parallel()
	w := newWatched(t)
	require.Zero(t, w.run().stop(), "there is a store")
	require.Zero(t, shell(t, "pause", "--config", w.config).code)
	running := w.runAgain()
	var told string
	require.Eventually(t, func() bool {
		told = shell(t, "audit", "list", "--kind", "pause", "--config", w.config).out
		return strings.Contains(told, "pause all")
	}, patience, tick)
	require.Regexp(t, `pause all, by .*, done at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\n`, told)
	require.Contains(t, shell(t, "audit", "export", "--kind", "pause", "--format", "csv", "--config", w.config).out, `""acted"":""`)
	require.Zero(t, running.stop())
}
