package bot_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/bot"
	"roombot/bot/engine"
)

func TestTheNewestEntriesAreReadOnceTheRecordIsSaidToHaveGrown(t *testing.T) {
	t.Parallel()
	grown := make(chan struct{}, 1)
	w := newWorld(t, func(w *world) {
		w.change = func(c *bot.Config) {
			c.Audit.ReportGrowth = func() {
				select {
				case grown <- struct{}{}:
				default:
				}
			}
		}
	})
	w.says("bob", `/newroom "Grown"`)
	read := func(after int64, limit int) []engine.StoredEntry {
		t.Helper()
		all, err := w.bot.LinkedEntries(t.Context(), after, limit)
		require.NoError(t, err)
		return all
	}
	var all []engine.StoredEntry
	for len(all) == 0 || all[len(all)-1].Kind != "answer" {
		<-grown
		all = read(0, 200)
	}
	require.Equal(t, w.record(), all)
	require.Equal(t, all[2:], read(2, 200))
	require.Equal(t, all[len(all)-2:], read(1, 2), "the newest")
	require.Empty(t, read(int64(len(all)), 200))
}
