package engine_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"roombot/bot/engine"
)

func TestListShowsTheStateOfEachJob(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		ctx := context.Background()
		inside, release := make(chan struct{}), make(chan struct{})
		c := quickConfig(store, func(ctx context.Context, a *engine.Attempt) error {
			switch a.ID {
			case "broken":
				return engine.GiveUp(errors.New("no answer from https://me:secret@host/x with eyJhbGciOi.eyJzdWIi.c2ln\x00"))
			case "running":
				if err := a.Intend(ctx, "create"); err != nil {
					return err
				}
				close(inside)
				<-release
			}
			return nil
		})
		e, _ := start(t, c)
		insert(t, e, newJob("done", "x"), newJob("broken", "y"))
		waitIdle(t, e)
		insert(t, e, newJob("running", "s"), newJob("waiting", "s"))
		next(t, inside)

		i, err := engine.Inspect(ctx, store)
		require.NoError(t, err)
		require.Equal(t, map[string]engine.JobState{
			"done": engine.Done, "broken": engine.Failed, "running": engine.Running, "waiting": engine.Waiting,
		}, listStates(t, i.List))

		for state, id := range map[engine.JobState]string{engine.Failed: "broken", engine.Waiting: "waiting", engine.Running: "running"} {
			some, err := i.List(ctx, engine.Filter{State: state})
			require.NoError(t, err)
			require.Len(t, some, 1)
			require.Equal(t, id, some[0].ID)
		}
		some, err := i.List(ctx, engine.Filter{Conversation: "s", Limit: 1})
		require.NoError(t, err)
		require.Len(t, some, 1)
		_, err = i.List(ctx, engine.Filter{State: "odd"})
		require.ErrorContains(t, err, `no state "odd"`)

		d, err := i.Show(ctx, "broken")
		require.NoError(t, err)
		require.Equal(t, "no answer from https://[redacted]@host/x with [redacted]", d.LastError)
		require.False(t, d.Finished.IsZero())
		d, err = i.Show(ctx, "running")
		require.NoError(t, err)
		require.Equal(t, []engine.Step{{Name: "create", Intended: 1}}, d.Steps)
		require.Equal(t, 1, d.Attempts)
		_, err = i.Show(ctx, "unknown")
		require.ErrorIs(t, err, engine.ErrUnknown)
		require.NoError(t, i.Close())
		close(release)
	})
}

func TestRetryBeginsANewSeries(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		ctx := context.Background()
		effects := 0
		type try struct{ series, attempt int }
		var tries []try
		reported := 0
		c := quickConfig(store, func(ctx context.Context, a *engine.Attempt) error {
			tries = append(tries, try{a.Series, a.Number})
			err := a.Do(ctx, "create", nil, func(context.Context) (any, error) { effects++; return nil, nil })
			if err != nil || len(tries) < 4 {
				return errors.Join(err, errBroken)
			}
			return nil
		})
		c.MaxAttempts = 2
		c.ReportFailure = func(context.Context, *engine.Attempt, error) error { reported++; return nil }
		e, _ := start(t, c)
		insert(t, e, newJob("a", "s"))
		waitIdle(t, e)
		require.NoError(t, e.Retry(ctx, "a"))
		waitIdle(t, e)
		require.Equal(t, []try{{1, 1}, {1, 2}, {2, 1}, {2, 2}}, tries)
		require.Equal(t, 1, effects)
		require.Equal(t, 1, reported)
		d, err := e.Show(ctx, "a")
		require.NoError(t, err)
		require.Equal(t, engine.Done, d.State)
		require.Equal(t, 2, d.Series)
		require.ErrorContains(t, e.Retry(ctx, "a"), "it has not failed")
		require.ErrorIs(t, e.Retry(ctx, "unknown"), engine.ErrUnknown)
	})
}

func TestCancelEndsTheJobAndReportsIt(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		ctx := context.Background()
		inside := make(chan string, 3)
		reported := make(chan error, 3)
		c := quickConfig(store, func(ctx context.Context, a *engine.Attempt) error {
			inside <- a.ID
			if a.ID == "retrying" {
				return errBroken
			}
			<-ctx.Done()
			return ctx.Err()
		})
		c.BackoffFloor, c.BackoffCeiling = time.Hour, time.Hour
		c.ReportFailure = func(_ context.Context, _ *engine.Attempt, cause error) error {
			reported <- cause
			return nil
		}
		e, _ := start(t, c)
		insert(t, e, newJob("running", "s"), newJob("waiting", "s"), newJob("retrying", "t"))
		first, second := next(t, inside), next(t, inside)
		require.ElementsMatch(t, []string{"running", "retrying"}, []string{first, second})
		for _, id := range []string{"waiting", "running", "retrying"} {
			require.NoError(t, e.Cancel(ctx, id))
			require.ErrorContains(t, e.Cancel(ctx, id), "it has ended already")
		}
		for range 3 {
			require.ErrorIs(t, next(t, reported), engine.ErrCancelled)
		}
		waitIdle(t, e)
		all, err := e.List(ctx, engine.Filter{State: engine.Failed})
		require.NoError(t, err)
		require.Len(t, all, 3)
		require.Equal(t, "cancelled by an operator", all[0].LastError)
		require.Empty(t, inside, "no attempt at a job that waited")
	})
}

// actsSoon is how soon a running engine acts on what another process has changed, with some time
// for a machine that has much to do.
const actsSoon = 10 * time.Second

func TestAnotherProcessMayCancelAndRetry(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		ctx := context.Background()
		inside, reported := make(chan string, 10), make(chan error, 10)
		c := quickConfig(store, func(ctx context.Context, a *engine.Attempt) error {
			inside <- a.ID
			if a.Series > 1 {
				return nil
			}
			<-ctx.Done()
			return ctx.Err()
		})
		c.ReportFailure = func(_ context.Context, _ *engine.Attempt, cause error) error { reported <- cause; return nil }
		e, _ := start(t, c)
		insert(t, e, newJob("a", "s"), newJob("behind", "s"))
		require.Equal(t, "a", next(t, inside))
		i, err := engine.Inspect(ctx, c.Store)
		require.NoError(t, err)
		defer func() { require.NoError(t, i.Close()) }()
		began := time.Now()
		require.NoError(t, i.Cancel(ctx, "behind"))
		require.NoError(t, i.Cancel(ctx, "a"))
		require.ErrorIs(t, next(t, reported), engine.ErrCancelled)
		require.ErrorIs(t, next(t, reported), engine.ErrCancelled)
		require.Less(t, time.Since(began), actsSoon)
		waitIdle(t, e)
		began = time.Now()
		require.NoError(t, i.Retry(ctx, "behind"))
		require.Equal(t, "behind", next(t, inside))
		require.Less(t, time.Since(began), actsSoon)
		waitIdle(t, e)
		require.Equal(t, map[string]engine.JobState{"a": engine.Failed, "behind": engine.Done}, listStates(t, i.List))
		require.Empty(t, inside)
	})
}

func TestManyProcessesMayChangeJobsAtOnce(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		ctx := context.Background()
		const jobs = 30
		var tries atomic.Int64
		e, _ := start(t, quickConfig(store, func(_ context.Context, a *engine.Attempt) error {
			tries.Add(1)
			if a.Series > 1 {
				return nil
			}
			return engine.GiveUp(errBroken)
		}))
		ids := numberedIDs("n", jobs)
		for _, id := range ids {
			insert(t, e, newJob(id, id[:2]))
		}
		waitIdle(t, e)
		var succeeded atomic.Int64
		var others sync.WaitGroup
		for range 3 {
			others.Go(func() {
				i, err := engine.Inspect(ctx, store)
				if !assert.NoError(t, err) {
					return
				}
				for _, id := range ids {
					if i.Retry(ctx, id) == nil {
						succeeded.Add(1)
					}
				}
				assert.NoError(t, i.Close())
			})
		}
		others.Wait()
		waitIdle(t, e)
		require.EqualValues(t, jobs, succeeded.Load(), "each is retried by one of them")
		require.EqualValues(t, 2*jobs, tries.Load())
		done, err := e.List(ctx, engine.Filter{State: engine.Done})
		require.NoError(t, err)
		require.Len(t, done, jobs)
	})
}

func TestACancelledJobIsReportedWithoutAPause(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]error{"failed": errBroken, "to come back": engine.Postpone(time.Hour)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inside, cancelled, reported := make(chan string, 1), make(chan struct{}), make(chan error, 1)
			c := quickConfig(newDatabase(t), func(_ context.Context, a *engine.Attempt) error {
				inside <- a.ID
				<-cancelled
				return end
			})
			c.BackoffFloor, c.BackoffCeiling = time.Hour, time.Hour
			c.ReportFailure = func(_ context.Context, _ *engine.Attempt, cause error) error { reported <- cause; return nil }
			e, _ := start(t, c)
			insert(t, e, newJob("a", "s"))
			next(t, inside)
			i, err := engine.Inspect(context.Background(), c.Store) // as another process, of which this one hears later
			require.NoError(t, err)
			require.NoError(t, i.Cancel(context.Background(), "a"))
			close(cancelled)
			require.NoError(t, i.Close())
			require.ErrorIs(t, next(t, reported), engine.ErrCancelled)
			waitIdle(t, e)
			require.Empty(t, inside)
		})
	}
}

func TestAFileThatNobodyHasMayBeChanged(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	store := newFile(t)
	_, err := engine.Inspect(ctx, store)
	require.Error(t, err, "nothing there")
	require.NoFileExists(t, store.File())
	c := quickConfig(store, func(context.Context, *engine.Attempt) error { return engine.GiveUp(errBroken) })
	e, stop := start(t, c)
	insert(t, e, newJob("a", "s"))
	waitIdle(t, e)
	i, err := engine.Inspect(ctx, store)
	require.NoError(t, err)
	defer func() { require.NoError(t, i.Close()) }()
	stop()
	require.NoError(t, i.Retry(ctx, "a"))
	d, err := i.Show(ctx, "a")
	require.NoError(t, err)
	require.Equal(t, engine.Ready, d.State)
	require.NoError(t, i.Cancel(ctx, "a"))
	require.NoError(t, open(t, c).Close(), "nobody holds the file")
}

func TestErrorsHideThePassword(t *testing.T) {
	t.Parallel()
	unknownHost := parse(t, "postgres://bot:hunter2@"+strings.Repeat("x", 300)+"/db?connect_timeout=1&sslpassword=hunter3")
	_, err := engine.Inspect(context.Background(), unknownHost)
	require.ErrorContains(t, err, "inspect the store postgres://bot:xxxxx@xxx")
	require.NotContains(t, err.Error(), "hunter")
	_, err = engine.Open(silentContext(), quickConfig(parse(t, "postgres://bot:hunter2@host/db?connect_timeout=soon"), doNothing))
	require.ErrorContains(t, err, "open the store postgres://bot:xxxxx@host/db")
	require.NotContains(t, err.Error(), "hunter")
}

func TestAnEngineNeedsAStoreWorkersAndAHandler(t *testing.T) {
	t.Parallel()
	whole := quickConfig(newFile(t), doNothing)
	for want, lacking := range map[string]func(*engine.Config){
		"neither file nor database": func(c *engine.Config) { c.Store = engine.Address{} },
		"no workers":                func(c *engine.Config) { c.Workers = 0 },
		"no handler":                func(c *engine.Config) { c.Handle = nil },
	} {
		c := whole
		lacking(&c)
		_, err := engine.Open(silentContext(), c)
		require.ErrorContains(t, err, want)
	}
}

func TestInspectReportsAnEmptyDatabase(t *testing.T) {
	t.Parallel()
	_, err := engine.Inspect(context.Background(), newDatabase(t))
	require.ErrorIs(t, err, engine.ErrEmpty)
}
