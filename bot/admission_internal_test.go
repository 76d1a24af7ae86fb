package bot

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/bot/engine"
	"roombot/symphony"
)

// openAdmission is an admission on a store whose jobs nobody executes.
func openAdmission(t *testing.T, bounds Bounds) *admission {
	t.Helper()
	store, err := engine.Open(t.Context(), engine.Config{
		Store: engine.FileAddress(filepath.Join(t.TempDir(), "bot.db")), Workers: 1,
		Handle: func(context.Context, *engine.Attempt) error { return nil },
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	a, err := newAdmission(t.Context(), store, bounds.withDefaults())
	require.NoError(t, err)
	return a
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

func TestAdmissionTakesAgainWhenHalfIsDone(t *testing.T) {
	t.Parallel()
	b := backlog{}
	for n := range 4 {
		require.True(t, b.admit(fmt.Sprint(n), 4))
	}
	require.False(t, b.admit("4", 4))
	b.unfinished = 3
	require.False(t, b.admit("5", 4))
	b.unfinished = 2
	require.True(t, b.admit("6", 4))
	require.Equal(t, "6", b.newest)
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

func TestAdmissionForgetsWhatCouldNotBeStored(t *testing.T) {
	t.Parallel()
	a := openAdmission(t, Bounds{PerConversation: 2})
	_, err := a.take(t.Context(), arrive("a", 1, 1))
	require.NoError(t, err)
	before := a.backlogs["a"]
	_, err = a.take(t.Context(), []arrival{{id: "not text \x00", request: storedRequest{Stream: "a"}}})
	require.Error(t, err)
	require.Equal(t, before, a.backlogs["a"])
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
	a.noteFinished("a")
	cancel()
	require.ErrorIs(t, <-ended, context.Canceled)
	<-a.turn
	_, err := a.take(t.Context(), arrive("a", 1, 1))
	require.NoError(t, err)
}
