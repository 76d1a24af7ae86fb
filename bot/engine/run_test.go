package engine_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"roombot/bot/engine"
)

func TestRunWaitsForRunningCommands(t *testing.T) {
	onEach(t, func(t *testing.T, store string) {
		inside, release := make(chan struct{}), make(chan struct{})
		var done atomic.Bool
		c := quick(store, func(ctx context.Context, j *engine.Attempt) error {
			close(inside)
			<-release
			done.Store(ctx.Err() == nil)
			return nil
		})
		c.Workers = 1 // so that the queue has heard of the end before it could begin another one
		e := open(t, c)
		ctx, cancel := context.WithCancel(silent())
		ended := make(chan error, 1)
		go func() { ended <- e.Run(ctx) }()
		insert(t, e, command("a", "s"))
		next(t, inside)
		cancel()
		insert(t, e, command("b", "other")) // nothing new begins
		close(release)
		require.NoError(t, next(t, ended))
		require.True(t, done.Load(), "to the end, uncancelled")
		stats, err := e.Stats(context.Background())
		require.NoError(t, err)
		require.Equal(t, 1, stats.Queued)
		require.NoError(t, e.Close())
	})
}

func TestRunCancelsWhatDoesNotEndAndGoesOnAtTheNextStart(t *testing.T) {
	onEach(t, func(t *testing.T, store string) {
		inside := make(chan struct{})
		attempts := make(chan int, 2)
		steps := 0
		c := quick(store, func(ctx context.Context, j *engine.Attempt) error {
			attempts <- j.Number
			err := j.Do(ctx, "first half", nil, func(context.Context) (any, error) { steps++; return nil, nil })
			if err != nil {
				return err
			}
			close(inside)
			<-ctx.Done()
			return fmt.Errorf("second half: %w", ctx.Err())
		})
		c.Drain = -1
		e, stop := start(t, c)
		insert(t, e, command("a", "s"), command("b", "s"))
		next(t, inside)
		stop()

		order := make(chan string, 2)
		c.Handle = func(ctx context.Context, j *engine.Attempt) error {
			attempts <- j.Number
			order <- j.ID
			return j.Do(ctx, "first half", nil, func(context.Context) (any, error) { steps++; return nil, nil })
		}
		e, _ = start(t, c)
		require.Equal(t, "a", next(t, order))
		require.Equal(t, 1, next(t, attempts))
		require.Equal(t, 1, next(t, attempts), "an interruption is no attempt")
		require.Equal(t, "b", next(t, order))
		idle(t, e)
		require.Equal(t, 2, steps, "one each")
	})
}

func TestRunIsForOnce(t *testing.T) {
	onEach(t, func(t *testing.T, store string) {
		e, _ := start(t, quick(store, func(context.Context, *engine.Attempt) error { return nil }))
		insert(t, e, command("a", ""))
		idle(t, e)
		require.Error(t, e.Run(context.Background()))
	})
}

func TestASecondEngineIsRefused(t *testing.T) {
	t.Parallel()
	c := quick(newFile(t), func(context.Context, *engine.Attempt) error { return nil })
	e := open(t, c)
	defer func() { require.NoError(t, e.Close()) }()

	link := filepath.Join(t.TempDir(), "link.db")
	require.NoError(t, os.Symlink(c.Store, link))
	for _, file := range []string{c.Store, link} {
		c.Store = file
		_, err := engine.Open(silent(), c)
		require.ErrorIs(t, err, engine.ErrLocked)
		require.ErrorContains(t, err, "bot.db: in use by another process")
		require.ErrorContains(t, err, fmt.Sprintf("(process %d)", os.Getpid()))
	}
}

func TestANewerFileIsRefused(t *testing.T) {
	onEach(t, func(t *testing.T, store string) {
		c := quick(store, func(context.Context, *engine.Attempt) error { return nil })
		e := open(t, c)
		require.NoError(t, e.SetVersion(context.Background(), 1000))
		require.NoError(t, e.Close())
		_, err := engine.Open(silent(), c)
		require.ErrorIs(t, err, engine.ErrNewer)
		_, err = engine.Open(silent(), c)
		require.ErrorIs(t, err, engine.ErrNewer, "and not locked")
	})
}

func TestAnOlderFileIsBroughtUpToDate(t *testing.T) {
	onEach(t, func(t *testing.T, store string) {
		ctx := context.Background()
		e := open(t, quick(store, nothing))
		require.NoError(t, e.Exec(ctx, `DELETE FROM schema_version WHERE version = 3`))
		require.NoError(t, e.Exec(ctx, `DROP TABLE note`))
		require.NoError(t, e.Close())
		_, err := engine.Inspect(ctx, store)
		require.ErrorIs(t, err, engine.ErrOlder)
		require.NoError(t, open(t, quick(store, nothing)).Close())
		i, err := engine.Inspect(ctx, store)
		require.NoError(t, err)
		require.NoError(t, i.Close())
	})
}

func TestAFileMayHaveAnyName(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "a b?c#d%20é", "bot & co.db")
	e := open(t, quick(file, func(context.Context, *engine.Attempt) error { return nil }))
	require.NoError(t, e.Close())
	info, err := os.Stat(file)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), "it holds what people wrote")
}

func TestOldCommandsAreForgotten(t *testing.T) {
	onEach(t, func(t *testing.T, store string) {
		ctx := context.Background()
		c := quick(store, func(ctx context.Context, j *engine.Attempt) error {
			_, err := j.Claim(ctx, "key of "+j.ID)
			return errors.Join(err, j.Intend(ctx, "create"),
				j.Do(ctx, "create", nil, func(context.Context) (any, error) { return nil, nil }))
		})
		e, _ := start(t, c)
		var all []engine.Job
		for _, id := range names("c", 250) {
			all = append(all, command(id, id))
		}
		insert(t, e, all...)
		idle(t, e)
		require.NoError(t, e.Purge(ctx, time.Now().Add(-time.Hour)))
		for _, table := range []string{"command", "step", "intent", "claim"} {
			n, err := e.Count(ctx, table)
			require.NoError(t, err)
			require.Equal(t, 250, n, "%s is young", table)
		}
		require.NoError(t, e.Purge(ctx, time.Now()))
		for _, table := range []string{"command", "step", "intent", "claim"} {
			n, err := e.Count(ctx, table)
			require.NoError(t, err)
			require.Zero(t, n, table)
		}
	})
}

// onLine calls itself with every log line.
type onLine func(line string)

func (f onLine) Write(p []byte) (int, error) {
	f(string(p))
	return len(p), nil
}

func TestNothingIsLostWhileTheStoreIsOutOfOrder(t *testing.T) {
	t.Parallel()
	felt := make(chan struct{})
	feel := sync.OnceFunc(func() { close(felt) })
	var locked sync.WaitGroup
	effects := 0
	var complaints atomic.Int64
	log := zerolog.New(onLine(func(line string) {
		if !strings.Contains(line, "store is out of order") {
			return
		}
		complaints.Add(1)
		feel()
	}))
	ctx := log.WithContext(context.Background())
	done := make(chan int, 1)
	var e *engine.Engine
	e, err := engine.Open(ctx, quick(newFile(t), func(ctx context.Context, j *engine.Attempt) error {
		err := j.Do(ctx, "create", nil, func(context.Context) (any, error) {
			effects++
			unlock := lockedByOther(t, e)
			locked.Go(func() {
				<-felt
				unlock()
			})
			return nil, nil
		})
		done <- j.Number
		return err
	}))
	require.NoError(t, err)
	stop := run(t, ctx, e)
	insert(t, e, command("a", "s"))
	require.Equal(t, 1, next(t, done))
	idle(t, e)
	stop()
	locked.Wait()
	require.Equal(t, 1, effects)
	require.EqualValues(t, 1, complaints.Load())
	require.Empty(t, done, "handled once")
}

// lockedByOther lets another program hold the file's write lock, as a backup might.
func lockedByOther(t *testing.T, e *engine.Engine) (unlock func()) {
	t.Helper()
	other, err := e.OtherConnection(context.Background())
	assert.NoError(t, err)
	tx, err := other.Begin()
	assert.NoError(t, err)
	return func() { assert.NoError(t, errors.Join(tx.Rollback(), other.Close())) }
}

func TestStatsShowTheBacklog(t *testing.T) {
	onEach(t, func(t *testing.T, store string) {
		inside, release := make(chan struct{}), make(chan struct{})
		e, _ := start(t, quick(store, func(context.Context, *engine.Attempt) error {
			inside <- struct{}{}
			<-release
			return nil
		}))
		old := command("a", "s")
		old.ReceivedAt = time.Now().Add(-time.Hour)
		insert(t, e, old, command("b", "s"), command("c", "s"))
		next(t, inside)
		s, err := e.Stats(context.Background())
		require.NoError(t, err)
		require.Equal(t, 1, s.Running)
		require.Equal(t, 2, s.Queued)
		require.InDelta(t, time.Hour, s.Oldest, float64(time.Minute))
		close(release)
		next(t, inside)
		next(t, inside)
		idle(t, e)
	})
}
