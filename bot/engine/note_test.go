package engine_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/bot/engine"
)

func TestANoteSurvivesARestart(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		ctx := context.Background()
		type position struct{ Feed string }
		e, stop := start(t, quickConfig(store, doNothing))
		var note position
		found, err := e.Note(ctx, "heard", &note)
		require.NoError(t, err)
		require.False(t, found)
		require.NoError(t, e.SetNote(ctx, "heard", position{"a"}))
		require.NoError(t, e.SetNote(ctx, "heard", position{"b"}))
		require.NoError(t, e.SetNote(ctx, "other", position{"c"}))
		insert(t, e, newJob("seen", "x"))
		stop()

		e, _ = start(t, quickConfig(store, doNothing))
		found, err = e.Note(ctx, "heard", &note)
		require.NoError(t, err)
		require.True(t, found)
		require.Equal(t, position{"b"}, note)
		for id, want := range map[string]bool{"seen": true, "unseen": false} {
			got, err := e.HasJob(ctx, id)
			require.NoError(t, err)
			require.Equal(t, want, got)
		}
	})
}
