package engine_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/bot/engine"
)

// writeOnce is a handler whose jobs write once, as soon as no pause holds them. written gets their
// ids.
func writeOnce(written chan<- string, most engine.HoldBounds) handler {
	return func(ctx context.Context, a *engine.Attempt) error {
		a.Kind = "write"
		if len(a.ID) > 5 && a.ID[:5] == "other" {
			a.Kind = "other"
		}
		err := a.IntendFirst(ctx, "room")
		if paused, ok := errors.AsType[*engine.PausedError](err); ok {
			if paused.Pause.Drop {
				return engine.GiveUp(err)
			}
			if err := a.Hold(ctx, most); err != nil {
				return engine.GiveUp(err)
			}
			return engine.WaitForResume()
		}
		if err == nil {
			written <- a.ID
		}
		return err
	}
}

var manyHeld = engine.HoldBounds{PerOwner: 1000, Total: 1000}

func waitForHeld(t *testing.T, e *engine.Engine, n int) {
	t.Helper()
	require.Eventually(t, func() bool {
		s, err := e.Stats(context.Background())
		return err == nil && s.Held+s.Asking == n && s.Queued+s.Running == 0
	}, patience, 5*time.Millisecond)
}

func pause(t *testing.T, e *engine.Engine, kind string) {
	t.Helper()
	_, err := e.Pause(context.Background(), engine.Pause{Kind: kind, By: "Olivia"})
	require.NoError(t, err)
}

func resume(t *testing.T, e *engine.Engine, kind string) (ended []engine.Pause, freed int) {
	t.Helper()
	ended, freed, err := e.Resume(context.Background(), kind)
	require.NoError(t, err)
	return ended, freed
}

func TestAPauseHoldsWhatHasNotBegunToWriteUntilItEnds(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		written := make(chan string, 100)
		e, _ := start(t, quickConfig(store, writeOnce(written, manyHeld)))
		pause(t, e, engine.EveryKind)
		pause(t, e, engine.EveryKind) // twice is once
		var jobs []engine.Job
		for i := range 30 {
			jobs = append(jobs, newJob(fmt.Sprintf("%02d", i), "chat"))
		}
		insert(t, e, jobs...)
		waitForHeld(t, e, 30)
		require.Empty(t, written)
		open, err := e.UnfinishedJobs(context.Background(), "chat")
		require.NoError(t, err)
		require.Empty(t, open, "they count for no bound of the chat")
		held, err := e.List(context.Background(), engine.Filter{State: engine.Held})
		require.NoError(t, err)
		require.Len(t, held, 30)
		require.Equal(t, engine.Held, held[0].State)
		waiting, err := e.List(context.Background(), engine.Filter{State: engine.Waiting})
		require.NoError(t, err)
		require.Empty(t, waiting)
		require.NoError(t, e.LoseReleaseAndRepair(context.Background()))
		waitForHeld(t, e, 30)

		ended, freed := resume(t, e, "")
		require.Len(t, ended, 1)
		require.Equal(t, 30, freed)
		for i := range 30 {
			require.Equal(t, fmt.Sprintf("%02d", i), next(t, written), "in order")
		}
		ended, freed = resume(t, e, "")
		require.Empty(t, ended, "twice is once")
		require.Zero(t, freed)
	})
}

func TestAPauseOfOneKindHoldsNoOther(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		written := make(chan string, 100)
		e, _ := start(t, quickConfig(store, writeOnce(written, manyHeld)))
		pause(t, e, "write")
		insert(t, e, newJob("a", "chat"), newJob("other", "chat"), newJob("other 2", "chat"))
		require.Equal(t, "other 2", next(t, written), "what is held holds nobody up")
		pause(t, e, engine.EveryKind)
		waitForHeld(t, e, 2)
		resume(t, e, "write")
		waitForHeld(t, e, 2)
		resume(t, e, engine.EveryKind)
		require.ElementsMatch(t, []string{"a", "other"}, []string{next(t, written), next(t, written)})
	})
}

func TestNoJobBeginsToWriteAfterThePauseInAnyReplica(t *testing.T) {
	t.Parallel()
	store := newDatabase(t)
	written := make(chan string, 1000)
	replicas := make([]*engine.Engine, 3)
	for i := range replicas {
		replicas[i], _ = start(t, quickConfig(store, writeOnce(written, manyHeld)))
	}
	var inserting sync.WaitGroup
	for r, e := range replicas {
		inserting.Go(func() {
			for i := range 100 {
				insert(t, e, newJob(fmt.Sprintf("%d/%d", r, i), fmt.Sprint("chat ", i%7)))
			}
		})
	}
	for range 20 {
		next(t, written)
	}
	pause(t, replicas[0], engine.EveryKind)
	begun, err := replicas[1].Count(t.Context(), "intent")
	require.NoError(t, err)
	done, err := replicas[1].Count(t.Context(), "command WHERE state = 'done'")
	require.NoError(t, err)
	most := begun + done // an intention is gone with the end of its job
	inserting.Wait()
	require.Eventually(t, func() bool {
		s, err := replicas[2].Stats(context.Background())
		return err == nil && s.Queued+s.Running == 0
	}, patience, 5*time.Millisecond)
	done, err = replicas[1].Count(t.Context(), "command WHERE state = 'done'")
	require.NoError(t, err)
	require.LessOrEqual(t, done, most, "those that had begun before")
	s, err := replicas[2].Stats(t.Context())
	require.NoError(t, err)
	require.Equal(t, 300-done, s.Held)
	require.Positive(t, s.Held)

	resume(t, replicas[1], "")
	seen := map[string]bool{}
	for range 280 {
		id := next(t, written)
		require.False(t, seen[id], "each once")
		seen[id] = true
	}
	require.Empty(t, written)
}

func TestAHeldJobSurvivesTheEndOfItsProcess(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		written := make(chan string, 10)
		c := quickConfig(store, nil)
		held := make(chan struct{}, 1)
		c.Handle = func(ctx context.Context, a *engine.Attempt) error { // ends between the two
			a.Kind = "write"
			if err := a.Hold(ctx, manyHeld); err != nil {
				return err
			}
			held <- struct{}{}
			<-ctx.Done()
			return ctx.Err()
		}
		c.Drain = time.Millisecond
		e, stop := start(t, c)
		pause(t, e, "write")
		insert(t, e, newJob("a", "chat"))
		next(t, held)
		stop()

		c.Handle, c.Drain = writeOnce(written, manyHeld), patience
		e, stop = start(t, c)
		waitForHeld(t, e, 1)
		require.NoError(t, e.Exec(context.Background(), `UPDATE note SET value = '[]' WHERE name = 'pauses'`), "its process ended before it freed what it held")
		require.Equal(t, "a", next(t, written))
		stop()
	})
}

func TestHeldJobsHaveBoundsOfTheirOwn(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		refused := make(chan string, 10)
		c := quickConfig(store, writeOnce(make(chan string, 10), engine.HoldBounds{PerOwner: 2, Total: 3}))
		c.ReportFailure = func(_ context.Context, a *engine.Attempt, cause error) error {
			require.ErrorContains(t, cause, engine.ErrHeldFull.Error())
			refused <- a.ID
			return nil
		}
		e, _ := start(t, c)
		pause(t, e, engine.EveryKind)
		for i, owner := range []string{"bob", "bob", "bob", "kim", "kim"} {
			job := newJob(fmt.Sprint(owner, i), "chat")
			job.Owner = owner
			insert(t, e, job)
		}
		require.Equal(t, "bob2", next(t, refused), "of one owner")
		require.Equal(t, "kim4", next(t, refused), "in all")
		waitForHeld(t, e, 3)
	})
}

func TestAHeldJobIsCancelledAtOnceAndRefusedByAPauseThatDrops(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		causes := make(chan string, 10)
		c := quickConfig(store, writeOnce(make(chan string, 10), manyHeld))
		c.ReportFailure = func(_ context.Context, a *engine.Attempt, cause error) error {
			causes <- a.ID + ": " + cause.Error()
			return nil
		}
		e, _ := start(t, c)
		pause(t, e, engine.EveryKind)
		insert(t, e, newJob("a", "chat"), newJob("b", "chat"), newJob("c", "chat"))
		waitForHeld(t, e, 3)
		require.NoError(t, e.Cancel(t.Context(), "b"))
		require.Equal(t, "b: "+engine.ErrCancelled.Error(), next(t, causes))
		earlier, err := e.Pause(t.Context(), engine.Pause{Kind: engine.EveryKind, By: "Olivia", Drop: true})
		require.NoError(t, err)
		require.NotNil(t, earlier)
		require.Contains(t, next(t, causes), "a: ")
		require.Contains(t, next(t, causes), "c: ")
		waitForHeld(t, e, 0)
	})
}

func TestAnotherProcessPausesAndResumesBesideTheBot(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		written := make(chan string, 10)
		acts := make(chan engine.Act, 10)
		c := quickConfig(store, writeOnce(written, manyHeld))
		c.ReportAct = func(_ context.Context, act engine.Act) { acts <- act }
		e, _ := start(t, c)
		shell, err := engine.Inspect(t.Context(), store)
		require.NoError(t, err)
		defer shell.Close()
		ctx := engine.WithOperator(t.Context(), "root")
		_, err = shell.Pause(ctx, engine.Pause{Kind: engine.EveryKind, By: "operator root", Reason: "audit"})
		require.NoError(t, err)
		require.Equal(t, "pause all", next(t, acts).Name)
		insert(t, e, newJob("a", "chat"))
		waitForHeld(t, e, 1)
		all, err := e.Pauses(t.Context())
		require.NoError(t, err)
		require.Len(t, all, 1)
		require.Equal(t, "audit", all[0].Reason)
		_, freed, err := shell.Resume(ctx, "")
		require.NoError(t, err)
		require.Equal(t, 1, freed)
		require.Equal(t, "a", next(t, written))
		require.Equal(t, "resume all", next(t, acts).Name)
	})
}

func TestAnUrgentJobFindsAWorkerWhereAllAreBusy(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		inside, ran := make(chan struct{}, 10), make(chan string, 10)
		block := blockUntilCancelled(inside)
		c := quickConfig(store, func(ctx context.Context, a *engine.Attempt) error {
			if a.ID == "urgent" {
				ran <- a.ID
				return nil
			}
			return block(ctx, a)
		})
		c.Workers, c.Drain = 2, time.Millisecond
		e, _ := start(t, c)
		insert(t, e, newJob("a", "a"), newJob("b", "b"), newJob("c", "c"))
		next(t, inside)
		next(t, inside)
		urgent := newJob("urgent", "a")
		urgent.Lane, urgent.Urgent = engine.NoLane, true
		insert(t, e, urgent)
		require.Equal(t, "urgent", next(t, ran))
		require.Empty(t, inside, "and nobody else does")
	})
}

func TestWhatIsAskedForLaterIsNotTakenBackByWhatComesLate(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		e, _ := start(t, quickConfig(store, doNothing))
		begin := time.Now()
		asked := func(seconds int) context.Context {
			return engine.AskedAt(context.Background(), begin.Add(time.Duration(seconds)*time.Second))
		}
		_, err := e.Pause(asked(10), engine.Pause{Kind: "write", By: "Olivia"})
		require.NoError(t, err)
		_, _, err = e.Resume(asked(20), "")
		require.NoError(t, err)
		_, err = e.Pause(asked(15), engine.Pause{Kind: engine.EveryKind, By: "Olivia"})
		require.ErrorIs(t, err, engine.ErrOvertaken)
		_, _, err = e.Resume(asked(20), "")
		require.NoError(t, err, "what is carried out again after a crash is not overtaken by itself")
		all, err := e.Pauses(context.Background())
		require.NoError(t, err)
		require.Empty(t, all)
		pause(t, e, "write") // from the shell, which nothing overtakes
		_, _, err = e.Resume(asked(5), "")
		require.ErrorIs(t, err, engine.ErrOvertaken)
	})
}
