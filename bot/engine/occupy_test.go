package engine_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/bot/engine"
)

func TestAnOccupiedStoreTakesNothingUntilItIsReleased(t *testing.T) {
	onEach(t, func(t *testing.T, store string) {
		e, ran := startNoting(t, store)
		release, err := engine.Occupy(context.Background(), store)
		require.NoError(t, err)
		inserted := make(chan error, 1)
		go func() { inserted <- e.Insert(context.Background(), command("a", "s")) }()
		require.Never(t, func() bool { return len(inserted) > 0 }, 300*time.Millisecond, 20*time.Millisecond)
		require.NoError(t, release())
		require.NoError(t, next(t, inserted))
		require.Equal(t, "a", next(t, ran))
		idle(t, e)
	})
}

func TestAnIntentionThatTookLongToStoreIsMadeAnew(t *testing.T) {
	onEach(t, func(t *testing.T, store string) {
		type told struct {
			times       int
			freed, last time.Time
		}
		intended := make(chan told, 1)
		e, _ := start(t, quick(store, func(ctx context.Context, j *engine.Attempt) error {
			release, err := engine.Occupy(context.Background(), store)
			if err != nil {
				return err
			}
			freed := make(chan time.Time, 1)
			time.AfterFunc(1200*time.Millisecond, func() {
				freed <- time.Now()
				_ = release()
			})
			if err := j.Intend(ctx, "create"); err != nil {
				return err
			}
			last, times, err := j.Intended(ctx, "create")
			intended <- told{times, <-freed, last}
			return err
		}))
		insert(t, e, command("a", "s"))
		got := next(t, intended)
		require.Equal(t, 1, got.times)
		require.False(t, got.last.Before(got.freed), "it was made when the store took it")
		idle(t, e)
	})
}

func TestWhatCannotBeOccupiedIsToldWithItsPlace(t *testing.T) {
	t.Parallel()
	missing := filepath.Join(t.TempDir(), "missing", "bot.db")
	_, err := engine.Occupy(context.Background(), missing)
	require.ErrorContains(t, err, "occupy the store "+missing)
}
