package engine_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

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

func TestAnotherProcessMayCancelOnPostgreSQL(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	inside, reported := make(chan struct{}, 1), make(chan error, 1)
	c := quickConfig(newDatabase(t), blockUntilCancelled(inside))
	c.ReportFailure = func(_ context.Context, _ *engine.Attempt, cause error) error { reported <- cause; return nil }
	e, _ := start(t, c)
	insert(t, e, newJob("a", "s"))
	next(t, inside)
	i, err := engine.Inspect(ctx, c.Store)
	require.NoError(t, err)
	defer func() { require.NoError(t, i.Close()) }()
	require.NoError(t, i.Cancel(ctx, "a"))
	require.ErrorIs(t, next(t, reported), engine.ErrCancelled)
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

func TestAFileInUseMayBeInspectedAndNotChanged(t *testing.T) {
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
	err = i.Retry(ctx, "a")
	require.ErrorIs(t, err, engine.ErrLocked)
	require.ErrorContains(t, err, "stop the bot")
	stop()
	require.NoError(t, i.Retry(ctx, "a"))
	d, err := i.Show(ctx, "a")
	require.NoError(t, err)
	require.Equal(t, engine.Ready, d.State)
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
