package engine_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/bot/engine"
)

func TestALockedStoreTakesNothingUntilItIsReleased(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		e, ran := startRecording(t, store)
		release, err := engine.LockStore(context.Background(), store)
		require.NoError(t, err)
		inserted := make(chan error, 1)
		go func() { inserted <- e.Insert(context.Background(), newJob("a", "s")) }()
		require.Never(t, func() bool { return len(inserted) > 0 }, 300*time.Millisecond, 20*time.Millisecond)
		require.NoError(t, release())
		require.NoError(t, next(t, inserted))
		require.Equal(t, "a", next(t, ran))
		waitIdle(t, e)
	})
}

func TestAnIntentionThatTookLongIsStoredAnew(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		type result struct {
			times       int
			freed, last time.Time
		}
		intended := make(chan result, 1)
		e, _ := start(t, quickConfig(store, func(ctx context.Context, a *engine.Attempt) error {
			release, err := engine.LockStore(context.Background(), store)
			if err != nil {
				return err
			}
			freed := make(chan time.Time, 1)
			time.AfterFunc(1200*time.Millisecond, func() {
				freed <- time.Now()
				_ = release()
			})
			if err := a.Intend(ctx, "create"); err != nil {
				return err
			}
			last, times, err := a.Intentions(ctx, "create")
			intended <- result{times, <-freed, last}
			return err
		}))
		insert(t, e, newJob("a", "s"))
		got := next(t, intended)
		require.Equal(t, 1, got.times)
		require.False(t, got.last.Before(got.freed), "its time is that of the last try")
		waitIdle(t, e)
	})
}

func TestLockStoreNamesTheStoreInItsError(t *testing.T) {
	t.Parallel()
	missing := engine.FileAddress(filepath.Join(t.TempDir(), "missing", "bot.db"))
	_, err := engine.LockStore(context.Background(), missing)
	require.ErrorContains(t, err, "lock the store "+missing.File())
}
