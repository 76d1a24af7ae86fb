package engine_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/bot/engine"
)

func TestJobThatLeavesItsConversationHoldsNobodyUp(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		ran := make(chan string, 10)
		e, _ := start(t, quickConfig(store, func(_ context.Context, a *engine.Attempt) error {
			ran <- a.ID
			if a.ID == "slow" && a.Conversation != "" {
				return engine.LeaveConversation(time.Hour)
			}
			return nil
		}))
		insert(t, e, newJob("slow", "s"), newJob("b", "s"), newJob("c", "s"))
		for _, want := range []string{"slow", "b", "c"} {
			require.Equal(t, want, next(t, ran), "in order")
		}
		insert(t, e, newJob("d", "s"))
		require.Equal(t, "d", next(t, ran), "nor those that come later")
		require.Eventually(t, func() bool {
			jobs, err := e.UnfinishedJobs(context.Background(), "s")
			return err == nil && len(jobs) == 0
		}, patience, 10*time.Millisecond)
		d, err := e.Show(context.Background(), "slow")
		require.NoError(t, err)
		require.Equal(t, engine.Ready, d.State, "it waits for the end of its pause")
	})
}

func TestJobThatLeftComesBackWithItsStepsAfterARestart(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		left := make(chan struct{})
		c := quickConfig(store, func(ctx context.Context, a *engine.Attempt) error {
			if err := a.Do(ctx, "room", nil, func(context.Context) (any, error) { return "made", nil }); err != nil {
				return err
			}
			close(left)
			return engine.LeaveConversation(50 * time.Millisecond)
		})
		e, stop := start(t, c)
		insert(t, e, newJob("a", "s"))
		next(t, left)
		stop()

		type seen struct {
			room, conversation string
			number             int
		}
		back := make(chan seen, 1)
		c.Handle = func(_ context.Context, a *engine.Attempt) error {
			var got seen
			_, err := a.Result("room", &got.room)
			got.conversation, got.number = a.Conversation, a.Number
			back <- got
			return err
		}
		again, _ := start(t, c)
		require.Equal(t, seen{room: "made", number: 1}, next(t, back))
		waitIdle(t, again)
	})
}

func TestJobThatLeftIsCancelledAndRetried(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		ctx := context.Background()
		ran, ended := make(chan string, 10), make(chan error, 1)
		c := quickConfig(store, func(_ context.Context, a *engine.Attempt) error {
			ran <- a.ID
			if a.ID == "slow" && a.Series == 1 {
				return engine.LeaveConversation(time.Hour)
			}
			return nil
		})
		c.ReportFailure = func(_ context.Context, _ *engine.Attempt, cause error) error {
			ended <- cause
			return nil
		}
		e, _ := start(t, c)
		insert(t, e, newJob("slow", "s"), newJob("b", "s"))
		require.Equal(t, "slow", next(t, ran))
		require.Equal(t, "b", next(t, ran))
		require.NoError(t, e.Cancel(ctx, "slow"))
		require.ErrorIs(t, next(t, ended), engine.ErrCancelled)
		waitIdle(t, e)
		require.NoError(t, e.Retry(ctx, "slow"))
		require.Equal(t, "slow", next(t, ran))
		waitIdle(t, e)
	})
}

func TestCancelledJobDoesNotWaitWhenItLeaves(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		inside, ended := make(chan struct{}), make(chan error, 1)
		c := quickConfig(store, func(ctx context.Context, _ *engine.Attempt) error {
			close(inside)
			<-ctx.Done()
			if errors.Is(context.Cause(ctx), engine.ErrCancelled) {
				return engine.LeaveConversation(time.Hour)
			}
			return ctx.Err()
		})
		c.ReportFailure = func(_ context.Context, _ *engine.Attempt, cause error) error {
			ended <- cause
			return nil
		}
		e, _ := start(t, c)
		insert(t, e, newJob("slow", "s"))
		next(t, inside)
		require.NoError(t, e.Cancel(context.Background(), "slow"))
		require.ErrorIs(t, next(t, ended), engine.ErrCancelled)
		waitIdle(t, e)
	})
}
