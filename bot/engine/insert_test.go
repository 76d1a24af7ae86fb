package engine_test

import (
	"context"
	"encoding/json"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"roombot/bot/engine"
)

func TestACommandIsHandedOverAsItCame(t *testing.T) {
	onEach(t, func(t *testing.T, store string) {
		got := make(chan engine.Attempt, 1)
		e, _ := start(t, quick(store, func(_ context.Context, j *engine.Attempt) error {
			got <- *j
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

func TestASettledCommandIsKnownAndNotRun(t *testing.T) {
	onEach(t, func(t *testing.T, store string) {
		e, ran := startNoting(t, store)
		settled := command("settled", "s")
		settled.Settled = true
		insert(t, e, command("first", "s"), settled, command("last", "s"))
		insert(t, e, command("settled", "s"))
		require.Equal(t, "first", next(t, ran))
		require.Equal(t, "last", next(t, ran))
		idle(t, e)
		require.Empty(t, ran)
		known, err := e.Known(context.Background(), "settled")
		require.NoError(t, err)
		require.True(t, known)
	})
}

func TestACommandThatIsSettledTheSecondTimeRuns(t *testing.T) {
	onEach(t, func(t *testing.T, store string) {
		e, ran := startNoting(t, store)
		again := command("twice", "s")
		again.Settled = true
		insert(t, e, command("twice", "s"), again)
		require.Equal(t, "twice", next(t, ran))
		idle(t, e)
		insert(t, e, again)
		idle(t, e)
		require.Empty(t, ran)
	})
}

func TestAnIDRunsOnce(t *testing.T) {
	onEach(t, func(t *testing.T, store string) {
		var mu sync.Mutex
		runs := map[string]int{}
		c := quick(store, func(_ context.Context, j *engine.Attempt) error {
			mu.Lock()
			defer mu.Unlock()
			runs[j.ID]++
			return nil
		})
		e, stop := start(t, c)
		insert(t, e, command("a", "s"), command("b", "s"), command("a", "s"))
		insert(t, e, command("a", "other"))
		idle(t, e)
		insert(t, e, command("b", "s"), command("c", "s"))
		idle(t, e)
		stop()

		e, _ = start(t, c)
		insert(t, e, command("a", "s"), command("d", "s"))
		idle(t, e)
		require.Equal(t, map[string]int{"a": 1, "b": 1, "c": 1, "d": 1}, runs)
	})
}

func TestAnInsertIsAllOrNothing(t *testing.T) {
	onEach(t, func(t *testing.T, store string) {
		e, _ := start(t, quick(store, func(context.Context, *engine.Attempt) error { return nil }))
		ctx := context.Background()
		require.Error(t, e.Insert(ctx, command("a", "s"), engine.Job{}), "no id")
		require.Error(t, e.Insert(ctx, command("a", "s"), engine.Job{ID: "b", Payload: json.RawMessage(`{`)}), "not JSON")
		n, err := e.Count(ctx, "command")
		require.NoError(t, err)
		require.Zero(t, n)
		require.NoError(t, e.Insert(ctx), "nothing to insert")
	})
}

func TestAConversationKeepsItsOrder(t *testing.T) {
	onEach(t, func(t *testing.T, store string) {
		const n = 30
		var mu sync.Mutex
		var order []string
		inside := 0
		e, _ := start(t, quick(store, func(_ context.Context, j *engine.Attempt) error {
			mu.Lock()
			inside++
			first := j.Number == 1 && len(order)%3 == 0
			assert.Equal(t, 1, inside, "one at a time")
			mu.Unlock()
			defer func() { mu.Lock(); inside--; mu.Unlock() }()
			if first {
				return context.DeadlineExceeded // a failed attempt keeps its place
			}
			mu.Lock()
			order = append(order, j.ID)
			mu.Unlock()
			return nil
		}))
		ids := names("c", n)
		for _, id := range ids[:n/2] {
			insert(t, e, command(id, "s"))
		}
		var rest []engine.Job
		for _, id := range ids[n/2:] {
			rest = append(rest, command(id, "s"))
		}
		insert(t, e, rest...)
		idle(t, e)
		require.Equal(t, ids, order)
	})
}

func TestAFloodInOneConversationTakesOneWorker(t *testing.T) {
	onEach(t, func(t *testing.T, store string) {
		release := make(chan struct{})
		started := make(chan string, 300)
		c := quick(store, func(_ context.Context, j *engine.Attempt) error {
			started <- j.Conversation
			<-release
			return nil
		})
		c.Workers = 4
		e, _ := start(t, c)
		for _, id := range names("flood", 60) {
			insert(t, e, command(id, "noisy"))
		}
		insert(t, e, command("x", "quiet 1"), command("y", "quiet 2"), command("z", "quiet 3"))
		seen := []string{next(t, started), next(t, started), next(t, started), next(t, started)}
		require.ElementsMatch(t, []string{"noisy", "quiet 1", "quiet 2", "quiet 3"}, seen)
		close(release)
		idle(t, e)
	})
}

func TestTheNextOfAFloodGoesBehindWhoeverIsReady(t *testing.T) {
	onEach(t, func(t *testing.T, store string) {
		started, release := make(chan string, 10), make(chan struct{})
		c := quick(store, func(_ context.Context, j *engine.Attempt) error {
			started <- j.ID
			<-release
			return nil
		})
		c.Workers = 1
		e, _ := start(t, c)
		for _, id := range names("flood", 3) {
			insert(t, e, command(id, "noisy"))
		}
		first := next(t, started)
		insert(t, e, command("x", "quiet 1"), command("y", "quiet 2"))
		close(release)
		require.ElementsMatch(t, []string{"x", "y"}, []string{next(t, started), next(t, started)}, "after %s", first)
		idle(t, e)
	})
}

func TestCommandsWithoutConversationWaitForNobody(t *testing.T) {
	onEach(t, func(t *testing.T, store string) {
		both := make(chan struct{}, 2)
		release := make(chan struct{})
		e, _ := start(t, quick(store, func(context.Context, *engine.Attempt) error {
			both <- struct{}{}
			<-release
			return nil
		}))
		insert(t, e, command("a", ""), command("b", ""))
		next(t, both)
		next(t, both)
		close(release)
	})
}

func TestALostReleaseIsMadeUpFor(t *testing.T) {
	onEach(t, func(t *testing.T, store string) {
		done := make(chan string, 2)
		e := open(t, quick(store, func(_ context.Context, j *engine.Attempt) error {
			done <- j.ID
			return nil
		}))
		insert(t, e, command("a", "s"), command("b", "s"))
		require.NoError(t, e.LoseReleaseAndSweep(context.Background()))
		run(t, silent(), e)
		require.Equal(t, "a", next(t, done))
		require.Equal(t, "b", next(t, done))
	})
}

func TestAThousandCommandsFromManySides(t *testing.T) {
	onEach(t, func(t *testing.T, store string) {
		var mu sync.Mutex
		runs := map[string]int{}
		order := map[string][]string{}
		e, _ := start(t, quick(store, func(ctx context.Context, j *engine.Attempt) error {
			err := j.Do(ctx, "count", nil, func(context.Context) (any, error) {
				mu.Lock()
				defer mu.Unlock()
				runs[j.ID]++
				order[j.Conversation] = append(order[j.Conversation], j.ID)
				return nil, nil
			})
			return err
		}))
		want := map[string][]string{}
		var sides sync.WaitGroup
		for _, conversation := range names("s", 20) {
			ids := names(conversation+"/", 50)
			want[conversation] = ids
			sides.Go(func() {
				for _, id := range ids {
					insert(t, e, command(id, conversation), command(id, conversation))
				}
			})
		}
		sides.Wait()
		idle(t, e)
		require.Len(t, runs, 1000)
		require.Equal(t, want, order)
	})
}

func TestTheBacklogIsOfOneConversation(t *testing.T) {
	onEach(t, func(t *testing.T, store string) {
		inside, release := make(chan struct{}, 3), make(chan struct{})
		e, _ := start(t, quick(store, func(context.Context, *engine.Attempt) error {
			inside <- struct{}{}
			<-release
			return nil
		}))
		has := func(conversation string, open int, newest string) {
			n, last, err := e.Backlog(context.Background(), conversation)
			require.NoError(t, err)
			require.Equal(t, open, n, conversation)
			require.Equal(t, newest, last, conversation)
		}
		settled := command("d", "long")
		settled.Settled = true
		insert(t, e, command("a", "long"), command("b", "long"), command("c", "long"), settled, command("e", "short"))
		next(t, inside)
		next(t, inside)
		has("long", 3, "c")
		has("short", 1, "e")
		has("none", 0, "")
		close(release)
		idle(t, e)
		has("long", 0, "")
	})
}
