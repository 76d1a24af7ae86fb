package engine_test

import (
	"fmt"
	"testing"

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
