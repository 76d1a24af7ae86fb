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

func TestActsOfOperatorsAreReportedOnce(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		reported := make(chan engine.Act, 10)
		c := quickConfig(store, func(context.Context, *engine.Attempt) error { return engine.GiveUp(errors.New("broken")) })
		e, stop := start(t, c)
		insert(t, e, newJob("a", "s"))
		waitIdle(t, e)
		stop()

		ctx := engine.WithOperator(context.Background(), "ann")
		i, err := engine.Inspect(ctx, store)
		require.NoError(t, err)
		require.Error(t, i.Cancel(ctx, "a"), "it has ended")
		require.NoError(t, i.Retry(ctx, "a"))
		require.NoError(t, i.Cancel(ctx, "a"))
		require.NoError(t, i.Close())

		c.ReportAct = func(_ context.Context, act engine.Act) { reported <- act }
		e, _ = start(t, c)
		for _, name := range []string{"retry", "cancel"} {
			act := next(t, reported)
			require.WithinDuration(t, time.Now(), act.At, time.Minute)
			act.At = time.Time{}
			require.Equal(t, engine.Act{Name: name, Operator: "ann", Job: "a"}, act)
		}
		waitIdle(t, e)
		require.NoError(t, e.Retry(context.Background(), "a"), "nobody from the shell")
		require.Eventually(t, func() bool {
			n, err := e.Count(context.Background(), "act")
			return err == nil && n == 0
		}, patience, 10*time.Millisecond)
		require.Empty(t, reported)
	})
}

// A store may write what several ask for at a time in one transaction, of which one is the writer.
func TestActsAreReportedBesideOtherWrites(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		const acts = 30
		reported := make(chan engine.Act, 2*acts)
		c := quickConfig(store, func(context.Context, *engine.Attempt) error { return nil })
		c.ReportAct = func(_ context.Context, act engine.Act) { reported <- act }
		e, _ := start(t, c)
		writing, stop := context.WithCancel(t.Context())
		var others sync.WaitGroup
		for n := range 4 {
			others.Go(func() {
				for writing.Err() == nil {
					_ = e.SetNote(writing, fmt.Sprint("note", n), n) // the end may cut one off
				}
			})
		}
		ctx := engine.WithOperator(t.Context(), "ann")
		for range acts {
			_, err := e.Pause(ctx, engine.Pause{Kind: "some", By: "Ann"})
			require.NoError(t, err)
		}
		stop()
		others.Wait()
		for range acts {
			require.Equal(t, "ann", next(t, reported).Operator)
		}
	})
}
