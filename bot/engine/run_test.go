package engine_test

import (
	"context"
	"database/sql/driver"
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

func TestRunWaitsForRunningJobs(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		inside, release := make(chan struct{}), make(chan struct{})
		var done atomic.Bool
		c := quickConfig(store, func(ctx context.Context, a *engine.Attempt) error {
			close(inside)
			<-release
			done.Store(ctx.Err() == nil)
			return nil
		})
		c.Workers = 1 // so that the queue knows of the end before it could begin another one
		e := open(t, c)
		ctx, cancel := context.WithCancel(silentContext())
		ended := make(chan error, 1)
		go func() { ended <- e.Run(ctx) }()
		insert(t, e, newJob("a", "s"))
		next(t, inside)
		cancel()
		insert(t, e, newJob("b", "other")) // no new attempt begins
		close(release)
		require.NoError(t, next(t, ended))
		require.True(t, done.Load(), "the attempt was not cancelled")
		stats, err := e.Stats(context.Background())
		require.NoError(t, err)
		require.Equal(t, 1, stats.Queued)
		require.NoError(t, e.Close())
	})
}

func TestAJobThatRunCancelsGoesOnAtTheNextStart(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		inside := make(chan struct{})
		attempts := make(chan int, 2)
		steps := 0
		c := quickConfig(store, func(ctx context.Context, a *engine.Attempt) error {
			attempts <- a.Number
			err := a.Do(ctx, "first half", nil, func(context.Context) (any, error) { steps++; return nil, nil })
			if err != nil {
				return err
			}
			close(inside)
			<-ctx.Done()
			return fmt.Errorf("second half: %w", ctx.Err())
		})
		c.Drain = -1
		e, stop := start(t, c)
		insert(t, e, newJob("a", "s"), newJob("b", "s"))
		next(t, inside)
		stop()

		order := make(chan string, 2)
		c.Handle = func(ctx context.Context, a *engine.Attempt) error {
			attempts <- a.Number
			order <- a.ID
			return a.Do(ctx, "first half", nil, func(context.Context) (any, error) { steps++; return nil, nil })
		}
		e, _ = start(t, c)
		require.Equal(t, "a", next(t, order))
		require.Equal(t, 1, next(t, attempts))
		require.Equal(t, 1, next(t, attempts), "an interruption uses no attempt")
		require.Equal(t, "b", next(t, order))
		waitIdle(t, e)
		require.Equal(t, 2, steps, "one each")
	})
}

func TestRunCanBeCalledOnce(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		e, _ := start(t, quickConfig(store, func(context.Context, *engine.Attempt) error { return nil }))
		insert(t, e, newJob("a", ""))
		waitIdle(t, e)
		require.Error(t, e.Run(context.Background()))
	})
}

func TestASecondEngineIsRefused(t *testing.T) {
	t.Parallel()
	c := quickConfig(newFile(t), func(context.Context, *engine.Attempt) error { return nil })
	e := open(t, c)
	defer func() { require.NoError(t, e.Close()) }()

	link := filepath.Join(t.TempDir(), "link.db")
	require.NoError(t, os.Symlink(c.Store.File(), link))
	for _, file := range []string{c.Store.File(), link} {
		c.Store = engine.FileAddress(file)
		_, err := engine.Open(silentContext(), c)
		require.ErrorIs(t, err, engine.ErrLocked)
		require.ErrorContains(t, err, "bot.db: in use by another process")
		require.ErrorContains(t, err, fmt.Sprintf("(process %d)", os.Getpid()))
	}
}

func TestANewerStoreIsRefused(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		c := quickConfig(store, func(context.Context, *engine.Attempt) error { return nil })
		e := open(t, c)
		require.NoError(t, e.SetVersion(context.Background(), 1000))
		require.NoError(t, e.Close())
		_, err := engine.Open(silentContext(), c)
		require.ErrorIs(t, err, engine.ErrNewer)
		_, err = engine.Open(silentContext(), c)
		require.ErrorIs(t, err, engine.ErrNewer, "the file is not left locked")
	})
}

func TestAnOlderStoreIsBroughtUpToDate(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		ctx := context.Background()
		e := open(t, quickConfig(store, doNothing))
		require.NoError(t, e.Exec(ctx, `DELETE FROM schema_version WHERE version > 2`))
		require.NoError(t, e.Exec(ctx, `DROP TABLE note`))
		require.NoError(t, e.Exec(ctx, `ALTER TABLE command DROP COLUMN journal`))
		require.NoError(t, e.Exec(ctx, `DROP INDEX command_unerased`))
		require.NoError(t, e.Exec(ctx, `ALTER TABLE command DROP COLUMN record`))
		require.NoError(t, e.Exec(ctx, `ALTER TABLE command DROP COLUMN forget`))
		for _, statement := range []string{`DROP INDEX command_held`, `ALTER TABLE command DROP COLUMN held`,
			`ALTER TABLE command DROP COLUMN owner`, `DROP TABLE quota`, `DROP TABLE act`,
			`ALTER TABLE command DROP COLUMN lane`, `ALTER TABLE command DROP COLUMN failing_since`,
			`DROP TABLE audit`, `DROP TABLE audit_unlinked`, `DROP TABLE audit_facts`,
			`ALTER TABLE replica DROP COLUMN label`, `DROP TABLE question`, `DROP TABLE permit`} {
			require.NoError(t, e.Exec(ctx, statement))
		}
		require.NoError(t, e.Close())
		_, err := engine.Inspect(ctx, store)
		require.ErrorIs(t, err, engine.ErrOlder)
		require.NoError(t, open(t, quickConfig(store, doNothing)).Close())
		i, err := engine.Inspect(ctx, store)
		require.NoError(t, err)
		require.NoError(t, i.Close())
	})
}

func TestAFileMayHaveAnyName(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "a b?c#d%20é", "bot & co.db")
	e := open(t, quickConfig(engine.FileAddress(file), func(context.Context, *engine.Attempt) error { return nil }))
	require.NoError(t, e.Close())
	info, err := os.Stat(file)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), "it holds what people wrote")
}

func TestOldJobsArePurged(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		ctx := context.Background()
		c := quickConfig(store, func(ctx context.Context, a *engine.Attempt) error {
			_, err := a.Claim(ctx, "key of "+a.ID)
			err = errors.Join(err, a.Intend(ctx, "create"),
				a.Do(ctx, "create", nil, func(context.Context) (any, error) { return nil, nil }))
			return engine.GiveUp(errors.Join(err, errBroken)) // the steps of done jobs go at once
		})
		e, _ := start(t, c)
		var all []engine.Job
		for _, id := range numberedIDs("c", 250) {
			all = append(all, newJob(id, id))
		}
		insert(t, e, all...)
		waitIdle(t, e)
		require.NoError(t, e.Purge(ctx, time.Now().Add(-time.Hour)))
		for _, table := range []string{"command", "step", "intent", "claim"} {
			n, err := e.Count(ctx, table)
			require.NoError(t, err)
			if table == "step" && !store.IsPostgres() {
				n /= 2 // a payload is a step there
			}
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

// lineWriter is called with every log line.
type lineWriter func(line string)

func (f lineWriter) Write(p []byte) (int, error) {
	f(string(p))
	return len(p), nil
}

func TestAResultIsStoredAfterAnOutage(t *testing.T) {
	t.Parallel()
	logged := make(chan struct{})
	noteLogged := sync.OnceFunc(func() { close(logged) })
	var locked sync.WaitGroup
	effects := 0
	var complaints atomic.Int64
	log := zerolog.New(lineWriter(func(line string) {
		if !strings.Contains(line, "store is out of order") {
			return
		}
		complaints.Add(1)
		noteLogged()
	}))
	ctx := log.WithContext(context.Background())
	done := make(chan int, 1)
	var e *engine.Engine
	e, err := engine.Open(ctx, quickConfig(newFile(t), func(ctx context.Context, a *engine.Attempt) error {
		err := a.Do(ctx, "create", nil, func(context.Context) (any, error) {
			effects++
			unlock := lockedByOther(t, e)
			locked.Go(func() {
				<-logged
				unlock()
			})
			return nil, nil
		})
		done <- a.Number
		return err
	}))
	require.NoError(t, err)
	stop := run(t, ctx, e)
	insert(t, e, newJob("a", "s"))
	require.Equal(t, 1, next(t, done))
	waitIdle(t, e)
	stop()
	locked.Wait()
	require.Equal(t, 1, effects)
	require.EqualValues(t, 1, complaints.Load())
	require.Empty(t, done, "one attempt")
}

// lockedByOther has another program hold the write lock of the file, as a backup might.
func lockedByOther(t *testing.T, e *engine.Engine) (unlock func()) {
	t.Helper()
	other, err := e.OtherConnection(context.Background())
	var tx driver.Tx
	if err == nil {
		tx, err = other.Begin()
	}
	if err != nil {
		t.Error(err) // the test does not stop here: a worker may be the caller
		return func() {}
	}
	return func() { assert.NoError(t, errors.Join(tx.Rollback(), other.Close())) }
}

func TestStatsShowTheBacklog(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		inside, release := make(chan struct{}), make(chan struct{})
		e, _ := start(t, quickConfig(store, func(context.Context, *engine.Attempt) error {
			inside <- struct{}{}
			<-release
			return nil
		}))
		old := newJob("a", "s")
		old.ReceivedAt = time.Now().Add(-time.Hour)
		insert(t, e, old, newJob("b", "s"), newJob("c", "s"))
		next(t, inside)
		s, err := e.Stats(context.Background())
		require.NoError(t, err)
		require.Equal(t, 1, s.Running)
		require.Equal(t, 2, s.Queued)
		require.InDelta(t, time.Hour, s.Oldest, float64(time.Minute))
		close(release)
		next(t, inside)
		next(t, inside)
		waitIdle(t, e)
	})
}
