package engine_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/bot/engine"
	"roombot/bot/engine/postgrestest"
)

func TestCommandsAreListedWithTheirState(t *testing.T) {
	onEach(t, func(t *testing.T, store string) {
		ctx := context.Background()
		inside, release := make(chan struct{}), make(chan struct{})
		c := quick(store, func(ctx context.Context, j *engine.Attempt) error {
			switch j.ID {
			case "broken":
				return engine.GiveUp(errors.New("no answer from https://me:secret@host/x with eyJhbGciOi.eyJzdWIi.c2ln\x00"))
			case "running":
				if err := j.Intend(ctx, "create"); err != nil {
					return err
				}
				close(inside)
				<-release
			}
			return nil
		})
		e, _ := start(t, c)
		insert(t, e, command("done", "x"), command("broken", "y"))
		idle(t, e)
		insert(t, e, command("running", "s"), command("waiting", "s"))
		next(t, inside)

		i, err := engine.Inspect(ctx, store)
		require.NoError(t, err)
		all, err := i.List(ctx, engine.Filter{})
		require.NoError(t, err)
		states := map[string]engine.State{}
		for _, s := range all {
			states[s.ID] = s.State
		}
		require.Equal(t, map[string]engine.State{
			"done": engine.Done, "broken": engine.Failed, "running": engine.Running, "waiting": engine.Waiting,
		}, states)

		for state, id := range map[engine.State]string{engine.Failed: "broken", engine.Waiting: "waiting", engine.Running: "running"} {
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
		_, err = i.Show(ctx, "unheard of")
		require.ErrorIs(t, err, engine.ErrUnknown)
		require.NoError(t, i.Close())
		close(release)
	})
}

func TestAFailedCommandIsTriedAgainInAFreshSeries(t *testing.T) {
	onEach(t, func(t *testing.T, store string) {
		ctx := context.Background()
		effects := 0
		type try struct{ series, attempt int }
		var tries []try
		told := 0
		c := quick(store, func(ctx context.Context, j *engine.Attempt) error {
			tries = append(tries, try{j.Series, j.Number})
			err := j.Do(ctx, "create", nil, func(context.Context) (any, error) { effects++; return nil, nil })
			if err != nil || len(tries) < 4 {
				return errors.Join(err, errBroken)
			}
			return nil
		})
		c.MaxAttempts = 2
		c.ReportFailure = func(context.Context, *engine.Attempt, error) error { told++; return nil }
		e, _ := start(t, c)
		insert(t, e, command("a", "s"))
		idle(t, e)
		require.NoError(t, e.Retry(ctx, "a"))
		idle(t, e)
		require.Equal(t, []try{{1, 1}, {1, 2}, {2, 1}, {2, 2}}, tries)
		require.Equal(t, 1, effects)
		require.Equal(t, 1, told)
		d, err := e.Show(ctx, "a")
		require.NoError(t, err)
		require.Equal(t, engine.Done, d.State)
		require.Equal(t, 2, d.Series)
		require.ErrorContains(t, e.Retry(ctx, "a"), "it has not failed")
		require.ErrorIs(t, e.Retry(ctx, "unheard of"), engine.ErrUnknown)
	})
}

func TestACancelledCommandEndsAndTheUserIsTold(t *testing.T) {
	onEach(t, func(t *testing.T, store string) {
		ctx := context.Background()
		inside := make(chan string, 3)
		told := make(chan error, 3)
		c := quick(store, func(ctx context.Context, j *engine.Attempt) error {
			inside <- j.ID
			if j.ID == "retrying" {
				return errBroken
			}
			<-ctx.Done()
			return ctx.Err()
		})
		c.BackoffFloor, c.BackoffCeiling = time.Hour, time.Hour
		c.ReportFailure = func(_ context.Context, _ *engine.Attempt, cause error) error {
			told <- cause
			return nil
		}
		e, _ := start(t, c)
		insert(t, e, command("running", "s"), command("waiting", "s"), command("retrying", "t"))
		first, second := next(t, inside), next(t, inside)
		require.ElementsMatch(t, []string{"running", "retrying"}, []string{first, second})
		for _, id := range []string{"waiting", "running", "retrying"} {
			require.NoError(t, e.Cancel(ctx, id))
			require.ErrorContains(t, e.Cancel(ctx, id), "it has ended already")
		}
		for range 3 {
			require.ErrorIs(t, next(t, told), engine.ErrCancelled)
		}
		idle(t, e)
		all, err := e.List(ctx, engine.Filter{State: engine.Failed})
		require.NoError(t, err)
		require.Len(t, all, 3)
		require.Equal(t, "cancelled by an operator", all[0].LastError)
		require.Empty(t, inside, "what waited was never begun")
	})
}

func TestAnotherProcessCancelsOnPostgreSQL(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	inside, told := make(chan struct{}), make(chan error, 1)
	c := quick(postgrestest.Database(t), func(ctx context.Context, _ *engine.Attempt) error {
		close(inside)
		<-ctx.Done()
		return ctx.Err()
	})
	c.ReportFailure = func(_ context.Context, _ *engine.Attempt, cause error) error { told <- cause; return nil }
	e, _ := start(t, c)
	insert(t, e, command("a", "s"))
	next(t, inside)
	i, err := engine.Inspect(ctx, c.Store)
	require.NoError(t, err)
	defer func() { require.NoError(t, i.Close()) }()
	require.NoError(t, i.Cancel(ctx, "a"))
	require.ErrorIs(t, next(t, told), engine.ErrCancelled)
}

func TestACancellationThatTheAttemptDoesNotNoticeIsNotPutOff(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]error{"failed": errBroken, "to come back": engine.Postpone(time.Hour)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inside, cancelled, told := make(chan string, 1), make(chan struct{}), make(chan error, 1)
			c := quick(postgrestest.Database(t), func(_ context.Context, j *engine.Attempt) error {
				inside <- j.ID
				<-cancelled
				return end
			})
			c.BackoffFloor, c.BackoffCeiling = time.Hour, time.Hour
			c.ReportFailure = func(_ context.Context, _ *engine.Attempt, cause error) error { told <- cause; return nil }
			e, _ := start(t, c)
			insert(t, e, command("a", "s"))
			next(t, inside)
			i, err := engine.Inspect(context.Background(), c.Store) // as another process, of which this one hears later
			require.NoError(t, err)
			require.NoError(t, i.Cancel(context.Background(), "a"))
			close(cancelled)
			require.NoError(t, i.Close())
			require.ErrorIs(t, next(t, told), engine.ErrCancelled)
			idle(t, e)
			require.Empty(t, inside)
		})
	}
}

func TestAnotherProcessMayOnlyLookAtAFileInUse(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	store := newFile(t)
	_, err := engine.Inspect(ctx, store)
	require.Error(t, err, "nothing there")
	require.NoFileExists(t, store)
	c := quick(store, func(context.Context, *engine.Attempt) error { return engine.GiveUp(errBroken) })
	e, stop := start(t, c)
	insert(t, e, command("a", "s"))
	idle(t, e)
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

func TestAPasswordIsNotInAnError(t *testing.T) {
	t.Parallel()
	_, err := engine.Inspect(context.Background(), "postgres://bot:hunter2@"+strings.Repeat("x", 300)+"/db?connect_timeout=1")
	require.Error(t, err)
	require.NotContains(t, err.Error(), "hunter2")
	_, err = engine.Open(silent(), engine.Config{Store: "postgres://bot:hunter2@host:not-a-port/db", Handle: nothing})
	require.Error(t, err)
	require.NotContains(t, err.Error(), "hunter2")
	_, err = engine.Open(silent(), engine.Config{Store: filepath.Join(t.TempDir(), "x.db")})
	require.ErrorContains(t, err, "no handler")
}

func TestADatabaseThatNoBotHasSeenIsEmpty(t *testing.T) {
	t.Parallel()
	_, err := engine.Inspect(context.Background(), postgrestest.Database(t))
	require.ErrorIs(t, err, engine.ErrEmpty)
}
