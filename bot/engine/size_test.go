package engine_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/bot/engine"
)

// The size grows by what is stored, also while nothing but the log of writes has it.
func TestTheSizeOfAStoreGrowsByWhatIsStored(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		ctx := context.Background()
		e := open(t, quickConfig(store, doNothing))
		defer func() { require.NoError(t, e.Close()) }()
		before, err := engine.StoreSize(ctx, store)
		require.NoError(t, err)
		var jobs []engine.Job
		const many = 100
		for n := range many {
			jobs = append(jobs, newJob(fmt.Sprintf("%050d", n), "s"))
		}
		insert(t, e, jobs...)
		after, err := engine.StoreSize(ctx, store)
		require.NoError(t, err)
		require.Greater(t, after-before, int64(many*100)) // the id alone is stored twice, and an index has it
		require.Less(t, after-before, int64(many*4096))
	})
}
