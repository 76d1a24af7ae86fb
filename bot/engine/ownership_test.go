package engine_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/bot/engine"
)

func TestAJobThatWasTakenOverStoresNothing(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		ctx := context.Background()
		inside, release, errs := make(chan struct{}), make(chan struct{}), make(chan error, 4)
		second := make(chan string, 1)
		var handouts atomic.Int64
		c := quickConfig(store, func(ctx context.Context, a *engine.Attempt) error {
			if handouts.Add(1) == 1 {
				close(inside)
				<-release
				_, claimed := a.Claim(ctx, "key")
				errs <- a.Do(ctx, "create", nil, func(context.Context) (any, error) { return "first", nil })
				errs <- a.Intend(ctx, "create")
				errs <- claimed
				errs <- a.Release(ctx, "key")
				return engine.GiveUp(errBroken)
			}
			var got string
			err := a.Do(ctx, "create", &got, func(context.Context) (any, error) { return "second", nil })
			second <- got
			return err
		})
		e, _ := start(t, c)
		insert(t, e, newJob("a", "s"))
		next(t, inside)
		require.NoError(t, e.Exec(ctx, `UPDATE river_job SET state = 'available' WHERE state = 'running'`))
		require.Equal(t, "second", next(t, second))
		close(release)
		for range 4 {
			require.ErrorIs(t, next(t, errs), engine.ErrTaken)
		}
		waitIdle(t, e)
		d, err := e.Show(ctx, "a")
		require.NoError(t, err)
		require.Equal(t, engine.Done, d.State, "its end does not count either")
		require.Equal(t, []engine.Step{{Name: "create", Done: true}}, d.Steps)
	})
}

func TestAnAttemptWithProgressMayTakeLonger(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		done := make(chan int, 1)
		var stored atomic.Int64
		c := quickConfig(store, func(ctx context.Context, a *engine.Attempt) error {
			err := a.Do(ctx, fmt.Sprint("step ", stored.Load()), nil, func(context.Context) (any, error) { return nil, nil })
			if errors.Is(err, context.DeadlineExceeded) { // the machine stood still, and this attempt got nowhere
				return engine.Postpone(0)
			}
			if err != nil {
				return err
			}
			if stored.Add(1) < 4 {
				<-ctx.Done()
				return ctx.Err()
			}
			done <- a.Number
			return nil
		})
		c.Timeout, c.MaxAttempts = 200*time.Millisecond, 1
		e, _ := start(t, c)
		insert(t, e, newJob("a", "s"))
		require.Equal(t, 1, next(t, done))
	})
}
