package engine_test

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"roombot/bot/engine"
)

// errBroken has bytes that databases do not take as text.
var errBroken = errors.New("broken \x00\xff")

func TestTheLastFailedAttemptIsReported(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		var attempts []int
		type end struct {
			id    string
			cause error
		}
		reported := make(chan end, 1)
		c := quickConfig(store, func(_ context.Context, a *engine.Attempt) error {
			attempts = append(attempts, a.Number)
			return errBroken
		})
		c.MaxAttempts = 3
		c.ReportFailure = func(_ context.Context, a *engine.Attempt, cause error) error {
			reported <- end{a.ID, cause}
			return nil
		}
		e, _ := start(t, c)
		insert(t, e, newJob("a", "s"))
		got := next(t, reported)
		require.Equal(t, "a", got.id)
		require.EqualError(t, got.cause, errBroken.Error()) // the text alone, if the report comes again
		waitIdle(t, e)
		require.Equal(t, []int{1, 2, 3}, attempts)
		stats, err := e.Stats(context.Background())
		require.NoError(t, err)
		stats.Commits = 0
		require.Equal(t, engine.Stats{Failed: 1, Replicas: 1}, stats)
	})
}

func TestAFailedJobReleasesTheNext(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		done := make(chan string, 1)
		e, _ := start(t, quickConfig(store, func(_ context.Context, a *engine.Attempt) error {
			if a.ID == "a" {
				return engine.GiveUp(errBroken)
			}
			done <- a.ID
			return nil
		}))
		insert(t, e, newJob("a", "s"), newJob("b", "s"))
		require.Equal(t, "b", next(t, done))
	})
}

func TestGiveUpUsesOneAttempt(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		var attempts atomic.Int64
		reported := make(chan error, 1)
		c := quickConfig(store, func(context.Context, *engine.Attempt) error {
			attempts.Add(1)
			return engine.GiveUp(errBroken)
		})
		c.ReportFailure = func(_ context.Context, _ *engine.Attempt, cause error) error {
			reported <- cause
			return nil
		}
		e, _ := start(t, c)
		insert(t, e, newJob("a", "s"))
		cause := next(t, reported)
		require.ErrorIs(t, cause, errBroken)
		require.EqualError(t, cause, errBroken.Error())
		waitIdle(t, e)
		require.EqualValues(t, 1, attempts.Load())
	})
}

func TestReportFailureIsRetried(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		var handled, reported atomic.Int64
		c := quickConfig(store, func(context.Context, *engine.Attempt) error {
			handled.Add(1)
			return engine.GiveUp(errBroken)
		})
		c.MaxReports = 4
		c.ReportFailure = func(context.Context, *engine.Attempt, error) error {
			if reported.Add(1) == 2 {
				panic("telling panicked")
			}
			return errors.New("no answer")
		}
		e, _ := start(t, c)
		insert(t, e, newJob("a", "s"))
		waitIdle(t, e)
		require.EqualValues(t, 4, reported.Load(), "bounded as well")
		require.EqualValues(t, 1, handled.Load(), "a failed command is not handled again")
		stats, err := e.Stats(context.Background())
		require.NoError(t, err)
		require.Equal(t, 1, stats.Failed)
	})
}

func TestAFailureIsReportedAfterARestart(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		inside := make(chan struct{})
		c := quickConfig(store, func(context.Context, *engine.Attempt) error { return engine.GiveUp(errBroken) })
		c.Drain = -1
		c.ReportFailure = func(ctx context.Context, _ *engine.Attempt, _ error) error {
			close(inside)
			<-ctx.Done()
			return ctx.Err()
		}
		e, stop := start(t, c)
		insert(t, e, newJob("a", "s"))
		next(t, inside)
		stop()

		reported := make(chan string, 1)
		c.Handle = func(context.Context, *engine.Attempt) error { panic("handled after its end") }
		c.ReportFailure = func(_ context.Context, _ *engine.Attempt, cause error) error {
			reported <- cause.Error()
			return nil
		}
		start(t, c)
		require.Equal(t, "broken \uFFFD", next(t, reported))
	})
}

func TestPostponeUsesNoAttempt(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		var attempts []int
		done := make(chan struct{})
		c := quickConfig(store, func(_ context.Context, a *engine.Attempt) error {
			attempts = append(attempts, a.Number)
			if len(attempts) < 4 {
				return engine.Postpone(time.Millisecond)
			}
			close(done)
			return nil
		})
		c.MaxAttempts, c.MaxCrashes = 1, 1 // nor is it taken for an end of the process
		e, _ := start(t, c)
		insert(t, e, newJob("a", "s"))
		next(t, done)
		waitIdle(t, e)
		require.Equal(t, []int{1, 1, 1, 1}, attempts)
	})
}

func TestPostponeWaits(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		const pause = 300 * time.Millisecond
		calls := make(chan time.Time, 2)
		e, _ := start(t, quickConfig(store, func(context.Context, *engine.Attempt) error {
			calls <- time.Now()
			if len(calls) < 2 {
				return engine.Postpone(pause)
			}
			return nil
		}))
		insert(t, e, newJob("a", "s"))
		waitIdle(t, e)
		require.GreaterOrEqual(t, -(<-calls).Sub(<-calls), pause-time.Millisecond, "the queue knows milliseconds")
	})
}

func TestAPanicIsAFailedAttempt(t *testing.T) {
	t.Parallel()
	for name, panics := range map[string]handler{
		"in Handle": func(context.Context, *engine.Attempt) error { panic("/newroom Project Falcon") },
		"in a step": func(ctx context.Context, a *engine.Attempt) error {
			var errs [2]error
			var both sync.WaitGroup
			for i := range errs {
				both.Go(func() {
					errs[i] = a.Do(ctx, "add", nil, func(context.Context) (any, error) { panic("/newroom Project Falcon") })
				})
			}
			both.Wait()
			return errors.Join(errs[:]...)
		},
	} {
		t.Run(name, func(t *testing.T) {
			onEach(t, func(t *testing.T, store engine.Address) {
				done := make(chan struct{})
				e := open(t, quickConfig(store, func(ctx context.Context, a *engine.Attempt) error {
					if a.Number == 1 {
						return panics(ctx, a)
					}
					close(done)
					return nil
				}))
				var written bytes.Buffer
				log := zerolog.New(zerolog.SyncWriter(&written))
				stop := run(t, log.WithContext(context.Background()), e)
				insert(t, e, newJob("a", "s"))
				next(t, done)
				stop()
				require.NotContains(t, written.String(), "Falcon", "what users wrote is not logged")
				require.Contains(t, written.String(), `"panic":"string"`)
				require.Contains(t, written.String(), "outcome_test.go", "the stack is in the log")
				require.Contains(t, written.String(), `"job":"a"`)
			})
		})
	}
}

func TestAnAttemptEndsAtItsTimeout(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		done := make(chan struct{})
		c := quickConfig(store, func(ctx context.Context, a *engine.Attempt) error {
			if a.Number == 1 {
				<-ctx.Done()
				return ctx.Err()
			}
			close(done)
			return nil
		})
		c.Timeout = 20 * time.Millisecond
		e, _ := start(t, c)
		insert(t, e, newJob("a", "s"))
		next(t, done)
	})
}
