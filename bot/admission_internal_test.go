package bot

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/bot/engine"
	"roombot/symphony"
)

// openAdmission is an admission on a store whose jobs nobody executes.
func openAdmission(t *testing.T, bounds Bounds) *admission {
	t.Helper()
	return newAdmission(openStore(t, 0), bounds.withDefaults())
}

// openStore is a store that executes so many jobs when it runs; the next one never ends.
func openStore(t *testing.T, jobs int32) *engine.Engine {
	t.Helper()
	var begun atomic.Int32
	store, err := engine.Open(t.Context(), engine.Config{
		Store: engine.FileAddress(filepath.Join(t.TempDir(), "bot.db")), Workers: 1, Drain: -1,
		Handle: func(ctx context.Context, _ *engine.Attempt) error {
			if begun.Add(1) > jobs {
				<-ctx.Done()
			}
			return ctx.Err()
		},
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	return store
}

// takeFrom takes in requests of a person in the chat "a", with ids from the first number up to the
// last, and returns which of them are left out and which of those are answered.
func takeFrom(t *testing.T, a *admission, who symphony.UserID, first, last int) (left, answered []string) {
	t.Helper()
	arrived := arrive("a", first, last)
	for i := range arrived {
		arrived[i].request.From.ID = who
	}
	surplus, err := a.take(t.Context(), arrived)
	require.NoError(t, err)
	for _, arrival := range arrived {
		if arrival.request.Surplus != "" {
			left = append(left, arrival.id)
		}
		if arrival.request.Surplus != "" && !arrival.silent {
			answered = append(answered, arrival.id)
		}
	}
	require.Len(t, left, surplus)
	return left, answered
}

// arrive are arrivals of a chat, with ids from the first number up to the last.
func arrive(chat symphony.StreamID, first, last int) []arrival {
	var all []arrival
	for n := first; n <= last; n++ {
		all = append(all, arrival{id: fmt.Sprint(chat, n), request: storedRequest{Stream: chat, At: time.Now()}})
	}
	return all
}

func TestAdmissionLeavesOutTheSurplusAndHasOneOfItAnswered(t *testing.T) {
	t.Parallel()
	a := openAdmission(t, Bounds{PerConversation: 4})
	arrived := arrive("a", 1, 7)
	surplus, err := a.take(t.Context(), arrived)
	require.NoError(t, err)
	require.Equal(t, 3, surplus)
	for i, arrival := range arrived {
		require.Equal(t, i >= 4, arrival.request.Surplus != "", arrival.id)
		require.Equal(t, i >= 5, arrival.silent, arrival.id)
	}
	require.Equal(t, "a4", arrived[4].request.Surplus, "the newest that is not left out")

	more := arrive("a", 8, 8)
	surplus, err = a.take(t.Context(), more)
	require.NoError(t, err)
	require.Equal(t, 1, surplus)
	require.True(t, more[0].silent, "the overflow is answered already")

	surplus, err = a.take(t.Context(), arrive("b", 1, 4))
	require.NoError(t, err)
	require.Zero(t, surplus, "another chat has room")
}

func TestAdmissionBoundsEachPersonInAChat(t *testing.T) {
	t.Parallel()
	a := openAdmission(t, Bounds{PerPerson: 3, PerConversation: 5})
	const bob, alice, carol = 1, 2, 3
	left, answered := takeFrom(t, a, bob, 1, 6)
	require.Equal(t, []string{"a4", "a5", "a6"}, left)
	require.Equal(t, []string{"a4"}, answered)
	left, _ = takeFrom(t, a, alice, 7, 7)
	require.Empty(t, left, "others are not locked out")
	left, answered = takeFrom(t, a, bob, 8, 9)
	require.Len(t, left, 2)
	require.Empty(t, answered, "bob has been told")

	left, answered = takeFrom(t, a, alice, 10, 12)
	require.Equal(t, []string{"a11", "a12"}, left, "the chat is full")
	require.Equal(t, []string{"a11"}, answered)
	left, answered = takeFrom(t, a, carol, 13, 14)
	require.Equal(t, []string{"a13", "a14"}, left)
	require.Equal(t, []string{"a13"}, answered, "each person left out is told")
}

func TestAnotherAdmissionKnowsTheFlood(t *testing.T) {
	t.Parallel()
	a := openAdmission(t, Bounds{PerPerson: 4, PerConversation: 6})
	const bob, alice, carol = 1, 2, 3
	takeFrom(t, a, bob, 1, 5)
	takeFrom(t, a, alice, 6, 8)
	b := newAdmission(a.store, a.bounds) // after a restart, or with another replica
	for n, who := range []symphony.UserID{bob, alice} {
		left, answered := takeFrom(t, b, who, 20+10*n, 21+10*n)
		require.Len(t, left, 2)
		require.Empty(t, answered, "told before")
	}
	left, answered := takeFrom(t, b, carol, 40, 41)
	require.Len(t, left, 2)
	require.Len(t, answered, 1)
}

func TestAFloodLastsUntilHalfIsDone(t *testing.T) {
	t.Parallel()
	a := openAdmission(t, Bounds{PerPerson: 4})
	const bob = 1
	ended := make(chan struct{})
	ctx, cancel := context.WithCancel(t.Context())
	a.store = openStore(t, 3) // which executes two jobs, and the surplus one
	go func() { defer close(ended); _ = a.store.Run(ctx) }()
	defer func() { cancel(); <-ended }()
	left, answered := takeFrom(t, a, bob, 1, 5)
	require.Equal(t, []string{"a5"}, left)
	require.Equal(t, []string{"a5"}, answered)
	require.Eventually(t, func() bool {
		open, err := a.store.UnfinishedJobs(t.Context(), "a")
		return err == nil && len(open) == 2
	}, 10*time.Second, time.Millisecond)
	left, answered = takeFrom(t, a, bob, 6, 8)
	require.Equal(t, []string{"a8"}, left, "there is room for two, and then another flood begins")
	require.Equal(t, []string{"a8"}, answered)
}

func TestEventsThatComeTwiceCountOnce(t *testing.T) {
	t.Parallel()
	a := openAdmission(t, Bounds{PerPerson: 4})
	takeFrom(t, a, 1, 1, 3)
	left, _ := takeFrom(t, a, 1, 2, 4)
	require.Empty(t, left)
	left, answered := takeFrom(t, a, 1, 1, 6)
	require.Equal(t, []string{"a5", "a6"}, left)
	require.Equal(t, []string{"a5"}, answered)
	left, answered = takeFrom(t, a, 1, 1, 6)
	require.Empty(t, left, "all are known")
	require.Empty(t, answered)
}

func TestAdmissionTakesMissedRequestsHoweverMany(t *testing.T) {
	t.Parallel()
	a := openAdmission(t, Bounds{PerConversation: 2})
	missed := arrive("a", 1, 5)
	for i := range missed {
		missed[i].request.Missed = true
	}
	surplus, err := a.take(t.Context(), missed)
	require.NoError(t, err)
	require.Zero(t, surplus)
}

func TestAdmissionTakesNothingWhileTheQueueIsFull(t *testing.T) {
	t.Parallel()
	a := openAdmission(t, Bounds{Queue: 3})
	_, err := a.take(t.Context(), arrive("a", 1, 2))
	require.NoError(t, err)
	_, err = a.take(t.Context(), arrive("b", 1, 1))
	require.NoError(t, err)
	_, err = a.take(t.Context(), arrive("c", 1, 1))
	require.ErrorContains(t, err, "3 jobs wait, and no more than 3 may")
	known, err := a.store.HasJob(t.Context(), "c1")
	require.NoError(t, err)
	require.False(t, known)
}

func TestAdmissionCountsNothingThatCouldNotBeStored(t *testing.T) {
	t.Parallel()
	a := openAdmission(t, Bounds{PerConversation: 2})
	_, err := a.take(t.Context(), arrive("a", 1, 1))
	require.NoError(t, err)
	_, err = a.take(t.Context(), []arrival{{id: "not text \x00", request: storedRequest{Stream: "a"}}})
	require.Error(t, err)
	surplus, err := a.take(t.Context(), arrive("a", 2, 2))
	require.NoError(t, err)
	require.Zero(t, surplus)
}

func TestAdmissionDecidesAboutOneBatchAtATime(t *testing.T) {
	t.Parallel()
	a := openAdmission(t, Bounds{})
	a.turn <- struct{}{} // somebody else decides
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() {
		_, err := a.take(ctx, arrive("a", 1, 1))
		ended <- err
	}()
	a.noteBatch(errors.New("the queue is full"))
	require.Error(t, a.refusal(), "health does not wait for a turn")
	cancel()
	require.ErrorIs(t, <-ended, context.Canceled)
	<-a.turn
	_, err := a.take(t.Context(), arrive("a", 1, 1))
	require.NoError(t, err)
}
