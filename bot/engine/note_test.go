package engine_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestANoteOutlivesTheProcess(t *testing.T) {
	onEach(t, func(t *testing.T, store string) {
		ctx := context.Background()
		type heard struct{ Feed string }
		e, stop := start(t, quick(store, nothing))
		var note heard
		found, err := e.Note(ctx, "heard", &note)
		require.NoError(t, err)
		require.False(t, found)
		require.NoError(t, e.SetNote(ctx, "heard", heard{"a"}))
		require.NoError(t, e.SetNote(ctx, "heard", heard{"b"}))
		require.NoError(t, e.SetNote(ctx, "other", heard{"c"}))
		insert(t, e, command("seen", "x"))
		stop()

		e, _ = start(t, quick(store, nothing))
		found, err = e.Note(ctx, "heard", &note)
		require.NoError(t, err)
		require.True(t, found)
		require.Equal(t, heard{"b"}, note)
		for id, known := range map[string]bool{"seen": true, "unseen": false} {
			got, err := e.Known(ctx, id)
			require.NoError(t, err)
			require.Equal(t, known, got)
		}
	})
}
