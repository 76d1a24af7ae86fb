package sandbox_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestAFeedIsCreatedListedAndDeleted(t *testing.T) {
	b := loggedIn(t)
	got := b.Post("/agent/v5/datafeeds", map[string]any{"tag": "mine"})
	require.Equal(t, http.StatusCreated, got.Status)
	id := got.Object()["id"].(string)
	require.Regexp(t, `^[0-9a-f]{32}_f_[0-9a-f]{5}$`, id)
	require.Equal(t, "fanout", got.Object()["type"])

	require.Len(t, b.Get("/agent/v5/datafeeds").List(), 1)
	require.Len(t, b.Get("/agent/v5/datafeeds/?tag=mine").List(), 1)
	require.Empty(t, b.Get("/agent/v5/datafeeds?tag=None").List())
	require.Equal(t, http.StatusNoContent, b.Call("DELETE", "/agent/v5/datafeeds/"+id, nil).Status)
	require.Equal(t, http.StatusNoContent, b.Call("DELETE", "/agent/v5/datafeeds/"+id, nil).Status, "an unknown feed is no error")
	b.Post("/agent/v5/datafeeds/"+id+"/read", nil).Refused(http.StatusBadRequest)
}

func TestAnAccountHasTwentyFeedsAtMost(t *testing.T) {
	b := loggedIn(t)
	for range 20 {
		b.Feed()
	}
	b.Post("/agent/v5/datafeeds", nil).Refused(http.StatusForbidden)
}

func TestAnEmptyReadEndsAfterTheLongPoll(t *testing.T) {
	b := loggedIn(t)
	require.Empty(t, b.Read(b.Feed(), "").Events)
}

func TestAParkedReadReturnsAtOnceWithAnEvent(t *testing.T) {
	b := loggedIn(t, func(c *config) { c.LongPoll = time.Minute })
	feed := b.Feed()
	read := make(chan batch)
	go func() { read <- b.Read(feed, "") }()
	b.awaitReaders(1)
	b.Says("bob", "/help")
	require.Equal(t, "INSTANTMESSAGECREATED", (<-read).Types()[0])
}

// awaitReaders waits until so many reads are parked.
func (b *bundle) awaitReaders(n float64) {
	b.Helper()
	require.Eventually(b, func() bool {
		parked := 0.0
		for _, f := range b.Get("/sandbox/v1/feeds").OK()["feeds"].([]any) {
			parked += f.(map[string]any)["readers"].(float64)
		}
		return parked == n
	}, patience, 5*time.Millisecond)
}

func TestUnacknowledgedEventsComeAgainAfterTheVisibilityTimeout(t *testing.T) {
	b := loggedIn(t)
	feed := b.Feed()
	b.Says("bob", "/help")
	first := b.Read(feed, "")
	require.Equal(t, []string{"INSTANTMESSAGECREATED", "MESSAGESENT"}, first.Types())
	require.Empty(t, b.Read(feed, "").Events, "hidden while in flight")

	b.Advance(31 * time.Second)
	b.Says("bob", "again")
	again := b.Read(feed, "")
	require.Equal(t, []string{"INSTANTMESSAGECREATED", "MESSAGESENT", "MESSAGESENT"}, again.Types())
	require.Equal(t, first.Events[0].ID, again.Events[0].ID)

	b.Read(feed, again.AckID)
	b.Advance(31 * time.Second)
	require.Empty(t, b.Read(feed, "").Events, "acknowledged is gone")
}

func TestAnAckOfAnotherBatchIsIgnoredAndAMalformedOneRefused(t *testing.T) {
	b := loggedIn(t)
	feed := b.Feed()
	b.Says("bob", "/help")
	require.Len(t, b.Read(feed, "0d3b9f3e-3f43-4c4f-9a55-6f1a7b9b3c11").Events, 2)
	b.Post("/agent/v5/datafeeds/"+feed+"/read", map[string]string{"ackId": "what?"}).Refused(http.StatusBadRequest)
}

func TestAFeedDiesAfterThirtyMinutesWithoutARead(t *testing.T) {
	b := loggedIn(t)
	feed := b.Feed()
	b.Advance(29 * time.Minute)
	b.Read(feed, "")
	b.Advance(29 * time.Minute)
	b.Read(feed, "")
	b.Advance(31 * time.Minute)
	require.Empty(t, b.Get("/agent/v5/datafeeds").List())
	require.Equal(t, "Could not find a datafeed with the provided id",
		b.Post("/agent/v5/datafeeds/"+feed+"/read", nil).Refused(http.StatusBadRequest))
}

func TestCompetingReadersShareAFeedAndSeveralFeedsEachGetEverything(t *testing.T) {
	b := loggedIn(t)
	shared, other := b.Feed(), b.Feed()
	b.Says("bob", "one")
	require.Len(t, b.Read(shared, "").Events, 2)
	require.Empty(t, b.Read(shared, "").Events, "the second reader gets what the first has not")
	require.Len(t, b.Read(other, "").Events, 2)
}

func TestAReaderThatGoesAwayTakesNoEvents(t *testing.T) {
	b := loggedIn(t, func(c *config) { c.LongPoll = time.Minute })
	feed := b.Feed()
	ctx, leave := context.WithCancel(t.Context())
	gone := make(chan error)
	go func() {
		_, err := b.Try(ctx, "POST", "/agent/v5/datafeeds/"+feed+"/read", "application/json", strings.NewReader(`{}`))
		gone <- err
	}()
	b.awaitReaders(1)
	leave()
	require.ErrorIs(t, <-gone, context.Canceled)
	b.awaitReaders(0)
	b.Says("bob", "/help")
	require.Len(t, b.Read(feed, "").Events, 2)
}

func TestDeletingAFeedEndsItsParkedReads(t *testing.T) {
	b := loggedIn(t, func(c *config) { c.LongPoll = time.Minute })
	feed := b.Feed()
	status := make(chan int)
	go func() { status <- b.Post("/agent/v5/datafeeds/"+feed+"/read", nil).Status }()
	b.awaitReaders(1)
	b.Call("DELETE", "/agent/v5/datafeeds/"+feed, nil)
	require.Equal(t, http.StatusBadRequest, <-status)
}

func TestAFeedHasOnlyTheConversationsOfItsOwner(t *testing.T) {
	b := loggedIn(t)
	feed := b.Feed()
	b.SaysIn("bob", "alice", "just us")
	require.Empty(t, b.Read(feed, "").Events)
}

func TestABatchHasAHundredEventsAtMost(t *testing.T) {
	b := loggedIn(t)
	feed := b.Feed()
	for range 120 {
		b.Says("bob", "hi")
	}
	require.Len(t, b.Read(feed, "").Events, 100)
	require.Len(t, b.Read(feed, "").Events, 21)
}
