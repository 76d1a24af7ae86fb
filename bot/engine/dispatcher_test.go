package engine_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/bot/engine"
)

func TestAJobIsFetchedWithItsInsertAndTheNextWithItsEnd(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		c := quickConfig(store, doNothing)
		c.Workers = 1
		e, _ := start(t, c)
		insert(t, e, newJob("first", "s")) // by now the worker waits
		waitIdle(t, e)
		fewest := int64(1000)
		for round := range 5 { // the maintenance commits as well, now and then
			before := e.Commits()
			var jobs []engine.Job
			for n := range 10 {
				id := fmt.Sprint(round, " ", n)
				jobs = append(jobs, newJob(id, id))
			}
			insert(t, e, jobs...)
			waitIdle(t, e)
			fewest = min(fewest, e.Commits()-before)
		}
		require.LessOrEqual(t, fewest, int64(1+10+1), "one for all, one for each, and a look at the end")
	})
}

func TestARowOfAnotherProgramInTheQueueHoldsNobodyUp(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		e, ran := startRecording(t, store)
		ctx := context.Background()
		require.NoError(t, e.Exec(ctx, `INSERT INTO river_job (args, kind, max_attempts) VALUES ('{}', 'other', 1)`))
		insert(t, e, newJob("a", "s"))
		require.Equal(t, "a", next(t, ran))
		waitIdle(t, e)
		require.Eventually(t, func() bool {
			n, err := e.Count(ctx, `river_job WHERE kind = 'other' AND state = 'completed'`)
			return err == nil && n == 1
		}, patience, 10*time.Millisecond)
	})
}

func TestAJobThatRiverHasPutOffIsDelivered(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		e := open(t, quickConfig(store, doNothing))
		insert(t, e, newJob("scheduled", "s"), newJob("retryable", "t"))
		for _, state := range []string{"scheduled", "retryable"} {
			require.NoError(t, e.Exec(context.Background(),
				`UPDATE river_job SET state = '`+state+`' WHERE id = (SELECT job FROM command WHERE id = $1)`, state))
		}
		require.NoError(t, e.Close())
		_, ran := startRecording(t, store)
		require.ElementsMatch(t, []string{"scheduled", "retryable"}, []string{next(t, ran), next(t, ran)})
	})
}
