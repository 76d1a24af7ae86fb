package engine_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/bot/engine"
)

// The quickest of several counts: the machine may have much else to do.
func TestWhatAnotherProcessAsksForIsDoneWithinASecond(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		ctx := context.Background()
		inside, reported, again := make(chan string, 9), make(chan string, 9), make(chan string, 9)
		c := quickConfig(store, func(ctx context.Context, a *engine.Attempt) error {
			if a.Series > 1 {
				again <- a.ID
				return nil
			}
			inside <- a.ID
			if a.Conversation == "busy" {
				<-ctx.Done()
				return ctx.Err()
			}
			return engine.Postpone(time.Hour)
		})
		c.ReportFailure = func(_ context.Context, a *engine.Attempt, _ error) error { reported <- a.ID; return nil }
		e, _ := start(t, c)
		quickest := map[string]time.Duration{"cancel, busy": time.Hour, "cancel, pausing": time.Hour, "retry": time.Hour}
		measure := func(what, id string, act func(*engine.Inspector, context.Context, string) error, done chan string) {
			i, err := engine.Inspect(ctx, store)
			require.NoError(t, err)
			begin := time.Now()
			require.NoError(t, act(i, ctx, id))
			require.NoError(t, i.Close())
			require.Equal(t, id, next(t, done))
			quickest[what] = min(quickest[what], time.Since(begin))
			waitIdle(t, e)
		}
		for n := range 5 {
			busy, pausing := fmt.Sprint("busy ", n), fmt.Sprint("pausing ", n)
			insert(t, e, newJob(busy, "busy"))
			next(t, inside)
			measure("cancel, busy", busy, (*engine.Inspector).Cancel, reported)
			insert(t, e, newJob(pausing, "pausing"))
			next(t, inside)
			measure("cancel, pausing", pausing, (*engine.Inspector).Cancel, reported)
			measure("retry", pausing, (*engine.Inspector).Retry, again)
		}
		for what, took := range quickest {
			require.Less(t, took, time.Second, what)
		}
	})
}
