package engine_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/bot/engine"
)

func TestWaitingUntilIdleEndsWithTheLastJob(t *testing.T) {
	t.Parallel()
	inside, release := make(chan struct{}, 2), make(chan struct{})
	e, _ := start(t, quickConfig(newFile(t), func(context.Context, *engine.Attempt) error {
		inside <- struct{}{}
		<-release
		return nil
	}))
	ctx := context.Background()
	e.WaitUntilIdle(ctx, patience) // nothing runs
	insert(t, e, newJob("a", "s"), newJob("b", "t"))
	next(t, inside)
	next(t, inside)
	e.WaitUntilIdle(ctx, time.Millisecond)
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	e.WaitUntilIdle(cancelled, patience)
	idle := make(chan struct{})
	go func() {
		e.WaitUntilIdle(ctx, patience)
		close(idle)
	}()
	release <- struct{}{}
	require.Never(t, func() bool {
		select {
		case <-idle:
			return true
		default:
			return false
		}
	}, 20*time.Millisecond, time.Millisecond, "one job still runs")
	release <- struct{}{}
	next(t, idle)
}
