package engine_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/bot/engine"
)

func TestAFailedAttemptEndsTheTurnOfItsJob(t *testing.T) {
	for name, failure := range map[string]error{
		"with the pause of the engine": errors.New("no luck"),
		"with a pause of its own":      engine.RepeatAfter(time.Hour),
	} {
		t.Run(name, func(t *testing.T) {
			onEach(t, func(t *testing.T, store engine.Address) {
				ran := make(chan string, 10)
				c := quickConfig(store, func(_ context.Context, a *engine.Attempt) error {
					ran <- a.ID
					if a.ID == "fails" {
						return failure
					}
					return nil
				})
				c.BackoffFloor, c.BackoffCeiling = time.Hour, time.Hour
				e, _ := start(t, c)
				insert(t, e, newJob("fails", "s"), newJob("b", "s"), newJob("c", "s"))
				for _, want := range []string{"fails", "b", "c"} {
					require.Equal(t, want, next(t, ran), "in order")
				}
				insert(t, e, newJob("d", "s"))
				require.Equal(t, "d", next(t, ran), "nor those that come later")
				require.Equal(t, []string{"fails"}, waitForUnfinished(t, e, 1), "it counts on among the jobs of its conversation")
			})
		})
	}
}

// waitForUnfinished waits until so many jobs of conversation s are unfinished.
func waitForUnfinished(t *testing.T, e *engine.Engine, n int) (ids []string) {
	t.Helper()
	require.Eventually(t, func() bool {
		jobs, err := e.UnfinishedJobs(context.Background(), "s")
		ids = nil
		for _, job := range jobs {
			ids = append(ids, job.ID)
		}
		return err == nil && len(jobs) == n
	}, patience, 10*time.Millisecond)
	return ids
}

func TestHowLongAJobIsFailingEndsWithAPlannedPause(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		seen := make(chan bool, 10)
		n := 0
		e, _ := start(t, quickConfig(store, func(_ context.Context, a *engine.Attempt) error {
			n++
			seen <- !a.FailingSince.IsZero()
			switch n {
			case 1:
				return errors.New("no luck")
			case 2:
				return engine.RepeatAfter(0)
			case 3:
				return engine.RepeatWithin(errors.New("no luck"), 0)
			case 4:
				return engine.Postpone(0)
			case 5:
				return engine.RepeatAfter(time.Hour)
			}
			return nil
		}))
		insert(t, e, newJob("a", "s"))
		var all []bool
		for range 5 {
			all = append(all, next(t, seen))
		}
		require.Equal(t, []bool{false, true, true, true, false}, all)
		require.Eventually(t, func() bool {
			stats, err := e.Stats(context.Background())
			return err == nil && stats.Failing > 0
		}, patience, 10*time.Millisecond)
	})
}

func TestAFailedAttemptIsRepeatedInTime(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		c := quickConfig(store, func(_ context.Context, a *engine.Attempt) error {
			if a.Number == 1 {
				return engine.RepeatWithin(errors.New("no luck"), time.Millisecond)
			}
			return nil
		})
		c.BackoffFloor, c.BackoffCeiling = time.Hour, time.Hour
		e, _ := start(t, c)
		insert(t, e, newJob("a", "s"))
		waitIdle(t, e)
	})
}

func TestJobsOfAnotherLaneWaitForNoneAndHoldNoneUp(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		inside, release := make(chan string, 10), make(chan struct{})
		e, _ := start(t, quickConfig(store, func(ctx context.Context, a *engine.Attempt) error {
			inside <- a.ID
			<-release
			return nil
		}))
		inLane := func(id string, lane engine.Lane) engine.Job {
			j := newJob(id, "s")
			j.Lane = lane
			return j
		}
		insert(t, e, newJob("a", "s"))
		require.Equal(t, "a", next(t, inside))
		insert(t, e, inLane("read", engine.ReadLane), inLane("read after it", engine.ReadLane), newJob("c", "s"))
		require.Equal(t, "read", next(t, inside), "while a has its turn")
		insert(t, e, inLane("free", engine.NoLane))
		require.Equal(t, "free", next(t, inside), "while both have")
		require.ElementsMatch(t, []string{"a", "read", "read after it", "c", "free"}, waitForUnfinished(t, e, 5), "all count")
		close(release)
		require.ElementsMatch(t, []string{"c", "read after it"}, []string{next(t, inside), next(t, inside)})
		waitIdle(t, e)
	})
}

func TestAJobThatWaitsForItsTurnIsReported(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		inside, release, told := make(chan string, 10), make(chan struct{}), make(chan string, 10)
		c := quickConfig(store, func(ctx context.Context, a *engine.Attempt) error {
			inside <- a.ID
			select {
			case <-release:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
		c.WaitingAfter = time.Millisecond
		c.Drain = -1
		c.ReportWaiting = func(ctx context.Context, a *engine.Attempt, ahead []engine.Job) error {
			return a.Do(ctx, "told", nil, func(context.Context) (any, error) {
				told <- fmt.Sprintf("%s after %s, %d", a.ID, ahead[0].ID, len(ahead))
				return nil, nil
			})
		}
		e, stop := start(t, c)
		insert(t, e, newJob("a", "s"))
		require.Equal(t, "a", next(t, inside))
		insert(t, e, newJob("b", "s"), newJob("c", "s"))
		require.ElementsMatch(t, []string{"b after a, 1", "c after a, 2"}, []string{next(t, told), next(t, told)})
		stop()
		again, _ := start(t, c)
		require.Equal(t, "a", next(t, inside))
		insert(t, again, newJob("d", "s"))
		require.Equal(t, "d after a, 3", next(t, told), "and nobody is told twice")
		close(release)
		require.Equal(t, []string{"b", "c", "d"}, []string{next(t, inside), next(t, inside), next(t, inside)})
		waitIdle(t, again)
	})
}

func TestAJobIsStoppedOnce(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		ctx := context.Background()
		ran, ended := make(chan string, 10), make(chan error, 1)
		c := quickConfig(store, func(_ context.Context, a *engine.Attempt) error {
			ran <- a.ID
			return errors.New("no luck")
		})
		c.BackoffFloor, c.BackoffCeiling = time.Hour, time.Hour
		c.ReportFailure = func(_ context.Context, _ *engine.Attempt, cause error) error {
			ended <- cause
			return nil
		}
		e, _ := start(t, c)
		insert(t, e, newJob("a", "s"))
		require.Equal(t, "a", next(t, ran))
		require.NoError(t, e.Stop(ctx, "a"))
		require.ErrorIs(t, e.Stop(ctx, "a"), engine.ErrEnded)
		require.ErrorIs(t, next(t, ended), engine.ErrStopped)
		waitIdle(t, e)
		require.ErrorIs(t, e.Stop(ctx, "a"), engine.ErrEnded)
		require.ErrorIs(t, e.Stop(ctx, "x"), engine.ErrUnknown)
		insert(t, e, newJob("b", "s"))
		require.Equal(t, "b", next(t, ran))
		require.ErrorContains(t, e.Retry(ctx, "a"), "whoever asked for it has stopped it")
	})
}
