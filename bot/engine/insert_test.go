package engine_test

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"roombot/bot/engine"
)

func TestHandleGetsTheJobAsItWasInserted(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		got := make(chan engine.Attempt, 1)
		e, _ := start(t, quickConfig(store, func(_ context.Context, a *engine.Attempt) error {
			got <- *a
			return nil
		}))
		want := engine.Job{
			ID: "m1", Conversation: "s1", ReceivedAt: time.UnixMicro(1_700_000_000_123_456),
			Payload: json.RawMessage(`{"text":"a\u0000b é 💬",  "id": 71811853189212, "x": 1e5}`),
		}
		insert(t, e, want)
		j := next(t, got)
		require.Equal(t, want.ID, j.ID)
		require.Equal(t, want.Conversation, j.Conversation)
		require.Equal(t, string(want.Payload), string(j.Payload), "not a byte is changed")
		require.True(t, want.ReceivedAt.Equal(j.ReceivedAt))
		require.Equal(t, 1, j.Number)
		require.Equal(t, 12, j.MaxAttempts)
	})
}

func TestAFinishedJobIsRecognizedAndNotRun(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		e, ran := startRecording(t, store)
		finished := newJob("finished", "s")
		finished.Finished = true
		insert(t, e, newJob("first", "s"), finished, newJob("last", "s"))
		insert(t, e, newJob("finished", "s"))
		require.Equal(t, "first", next(t, ran))
		require.Equal(t, "last", next(t, ran))
		waitIdle(t, e)
		require.Empty(t, ran)
		found, err := e.HasJob(context.Background(), "finished")
		require.NoError(t, err)
		require.True(t, found)
	})
}

func TestAJobThatIsFinishedTheSecondTimeRuns(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		e, ran := startRecording(t, store)
		again := newJob("twice", "s")
		again.Finished = true
		insert(t, e, newJob("twice", "s"), again)
		require.Equal(t, "twice", next(t, ran))
		waitIdle(t, e)
		insert(t, e, again)
		waitIdle(t, e)
		require.Empty(t, ran)
	})
}

func TestAnIDRunsOnce(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		var mu sync.Mutex
		runs := map[string]int{}
		c := quickConfig(store, func(_ context.Context, a *engine.Attempt) error {
			mu.Lock()
			defer mu.Unlock()
			runs[a.ID]++
			return nil
		})
		e, stop := start(t, c)
		insert(t, e, newJob("a", "s"), newJob("b", "s"), newJob("a", "s"))
		insert(t, e, newJob("a", "other"))
		waitIdle(t, e)
		insert(t, e, newJob("b", "s"), newJob("c", "s"))
		waitIdle(t, e)
		stop()

		e, _ = start(t, c)
		insert(t, e, newJob("a", "s"), newJob("d", "s"))
		waitIdle(t, e)
		require.Equal(t, map[string]int{"a": 1, "b": 1, "c": 1, "d": 1}, runs)
	})
}

func TestAnInsertIsAllOrNothing(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		e, _ := start(t, quickConfig(store, func(context.Context, *engine.Attempt) error { return nil }))
		ctx := context.Background()
		require.Error(t, e.Insert(ctx, newJob("a", "s"), engine.Job{}), "no id")
		require.Error(t, e.Insert(ctx, newJob("a", "s"), engine.Job{ID: "b", Payload: json.RawMessage(`{`)}), "not JSON")
		n, err := e.Count(ctx, "command")
		require.NoError(t, err)
		require.Zero(t, n)
		require.NoError(t, e.Insert(ctx), "nothing to insert")
	})
}

func TestAConversationKeepsItsOrder(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		const n = 30
		var mu sync.Mutex
		var order []string
		postponed := map[string]bool{}
		inside := 0
		e, _ := start(t, quickConfig(store, func(_ context.Context, a *engine.Attempt) error {
			mu.Lock()
			inside++
			first := !postponed[a.ID] && len(order)%3 == 0
			postponed[a.ID] = true
			assert.Equal(t, 1, inside, "one at a time")
			mu.Unlock()
			defer func() { mu.Lock(); inside--; mu.Unlock() }()
			if first {
				return engine.Postpone(0) // keeps the place of its job
			}
			mu.Lock()
			order = append(order, a.ID)
			mu.Unlock()
			return nil
		}))
		ids := numberedIDs("c", n)
		for _, id := range ids[:n/2] {
			insert(t, e, newJob(id, "s"))
		}
		var rest []engine.Job
		for _, id := range ids[n/2:] {
			rest = append(rest, newJob(id, "s"))
		}
		insert(t, e, rest...)
		waitIdle(t, e)
		require.Equal(t, ids, order)
	})
}

func TestAFloodInOneConversationUsesOneWorker(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		release := make(chan struct{})
		started := make(chan string, 300)
		c := quickConfig(store, func(_ context.Context, a *engine.Attempt) error {
			started <- a.Conversation
			<-release
			return nil
		})
		c.Workers = 4
		e, _ := start(t, c)
		for _, id := range numberedIDs("flood", 60) {
			insert(t, e, newJob(id, "noisy"))
		}
		insert(t, e, newJob("x", "quiet 1"), newJob("y", "quiet 2"), newJob("z", "quiet 3"))
		seen := []string{next(t, started), next(t, started), next(t, started), next(t, started)}
		require.ElementsMatch(t, []string{"noisy", "quiet 1", "quiet 2", "quiet 3"}, seen)
		close(release)
		waitIdle(t, e)
	})
}

func TestTheNextJobOfAFloodRunsAfterThoseThatAreReady(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		started, release := make(chan string, 10), make(chan struct{})
		c := quickConfig(store, func(_ context.Context, a *engine.Attempt) error {
			started <- a.ID
			<-release
			return nil
		})
		c.Workers = 1
		e, _ := start(t, c)
		for _, id := range numberedIDs("flood", 3) {
			insert(t, e, newJob(id, "noisy"))
		}
		first := next(t, started)
		insert(t, e, newJob("x", "quiet 1"), newJob("y", "quiet 2"))
		<-time.After(2 * time.Millisecond) // SQLite's clock has milliseconds, and within one of them the older job is first
		close(release)
		require.ElementsMatch(t, []string{"x", "y"}, []string{next(t, started), next(t, started)}, "after %s", first)
		waitIdle(t, e)
	})
}

func TestJobsWithoutConversationRunSideBySide(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		both := make(chan struct{}, 2)
		release := make(chan struct{})
		e, _ := start(t, quickConfig(store, func(context.Context, *engine.Attempt) error {
			both <- struct{}{}
			<-release
			return nil
		}))
		insert(t, e, newJob("a", ""), newJob("b", ""))
		next(t, both)
		next(t, both)
		close(release)
	})
}

func TestALostReleaseIsRepaired(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		done := make(chan string, 2)
		e := open(t, quickConfig(store, func(_ context.Context, a *engine.Attempt) error {
			done <- a.ID
			return nil
		}))
		insert(t, e, newJob("a", "s"), newJob("b", "s"))
		require.NoError(t, e.LoseReleaseAndRepair(context.Background()))
		run(t, silentContext(), e)
		require.Equal(t, "a", next(t, done))
		require.Equal(t, "b", next(t, done))
	})
}

func TestAThousandJobsInsertedConcurrently(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		var mu sync.Mutex
		runs := map[string]int{}
		order := map[string][]string{}
		e, _ := start(t, quickConfig(store, func(ctx context.Context, a *engine.Attempt) error {
			err := a.Do(ctx, "count", nil, func(context.Context) (any, error) {
				mu.Lock()
				defer mu.Unlock()
				runs[a.ID]++
				order[a.Conversation] = append(order[a.Conversation], a.ID)
				return nil, nil
			})
			return err
		}))
		want := map[string][]string{}
		var sides sync.WaitGroup
		for _, conversation := range numberedIDs("s", 20) {
			ids := numberedIDs(conversation+"/", 50)
			want[conversation] = ids
			sides.Go(func() {
				for _, id := range ids {
					insert(t, e, newJob(id, conversation), newJob(id, conversation))
				}
			})
		}
		sides.Wait()
		waitIdle(t, e)
		require.Len(t, runs, 1000)
		require.Equal(t, want, order)
	})
}

func TestUnfinishedListsTheJobsOfOneConversationInOrder(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		inside, release := make(chan struct{}, 3), make(chan struct{})
		e, _ := start(t, quickConfig(store, func(context.Context, *engine.Attempt) error {
			inside <- struct{}{}
			<-release
			return nil
		}))
		has := func(conversation string, open ...engine.UnfinishedJob) {
			listed, err := e.UnfinishedJobs(context.Background(), conversation)
			require.NoError(t, err)
			require.Equal(t, open, listed, conversation)
		}
		owned := func(id, conversation, owner string) engine.Job {
			job := newJob(id, conversation)
			job.Owner = owner
			return job
		}
		finished := owned("d", "long", "bob")
		finished.Finished = true
		insert(t, e, owned("a", "long", "bob"), owned("c", "long", "alice"), owned("b", "long", "bob"), finished, newJob("e", "short"))
		next(t, inside)
		next(t, inside)
		has("long", engine.UnfinishedJob{ID: "a", Owner: "bob"}, engine.UnfinishedJob{ID: "c", Owner: "alice"}, engine.UnfinishedJob{ID: "b", Owner: "bob"})
		has("short", engine.UnfinishedJob{ID: "e"})
		has("none")
		close(release)
		waitIdle(t, e)
		has("long")
	})
}

func TestAClaimIsMadeForAJobBeforeItIsInserted(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		ctx := context.Background()
		e, _ := start(t, quickConfig(store, func(ctx context.Context, a *engine.Attempt) error {
			owner, err := a.Claim(ctx, "key")
			if err == nil && owner != "first" {
				err = engine.GiveUp(fmt.Errorf("the claim is that of %q", owner))
			}
			return err
		}))
		owner, err := e.ClaimOwner(ctx, "key")
		require.NoError(t, err)
		require.Empty(t, owner)
		for _, job := range []string{"first", "second", "first"} {
			owner, err := e.ClaimFor(ctx, "key", job)
			require.NoError(t, err)
			require.Equal(t, "first", owner)
		}
		owner, err = e.ClaimOwner(ctx, "key")
		require.NoError(t, err)
		require.Equal(t, "first", owner)
		insert(t, e, newJob("first", "a"), newJob("second", "b"))
		waitIdle(t, e)
		require.Equal(t, map[string]engine.JobState{"first": engine.Done, "second": engine.Done}, listStates(t, e.List))
	})
}
