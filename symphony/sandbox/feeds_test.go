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
	got := b.post("/agent/v5/datafeeds", map[string]any{"tag": "mine"})
	require.Equal(t, http.StatusCreated, got.status)
	id := got.object()["id"].(string)
	require.Regexp(t, `^[0-9a-f]{32}_f_[0-9a-f]{5}$`, id)
	require.Equal(t, "fanout", got.object()["type"])

	require.Len(t, b.get("/agent/v5/datafeeds").list(), 1)
	require.Len(t, b.get("/agent/v5/datafeeds/?tag=mine").list(), 1)
	require.Empty(t, b.get("/agent/v5/datafeeds?tag=None").list())
	require.Equal(t, http.StatusNoContent, b.call("DELETE", "/agent/v5/datafeeds/"+id, nil).status)
	require.Equal(t, http.StatusNoContent, b.call("DELETE", "/agent/v5/datafeeds/"+id, nil).status, "an unknown feed is no error")
	b.post("/agent/v5/datafeeds/"+id+"/read", nil).requireRefusal(http.StatusBadRequest)
}

func TestAnAccountHasTwentyFeedsAtMost(t *testing.T) {
	b := loggedIn(t)
	for range 20 {
		b.feed()
	}
	b.post("/agent/v5/datafeeds", nil).requireRefusal(http.StatusForbidden)
}

func TestAnEmptyReadEndsAfterTheLongPoll(t *testing.T) {
	b := loggedIn(t)
	require.Empty(t, b.read(b.feed(), "").Events)
}

func TestAParkedReadReturnsAtOnceWithAnEvent(t *testing.T) {
	b := loggedIn(t, func(c *config) { c.LongPoll = time.Minute })
	feed := b.feed()
	read := make(chan batch)
	go func() { read <- b.read(feed, "") }()
	b.awaitReaders(1)
	b.says("bob", "/help")
	require.Equal(t, "INSTANTMESSAGECREATED", (<-read).types()[0])
}

// awaitReaders waits until so many reads are parked.
func (b *bundle) awaitReaders(n float64) {
	b.Helper()
	require.Eventually(b, func() bool {
		parked := 0.0
		for _, f := range b.get("/sandbox/v1/feeds").ok()["feeds"].([]any) {
			parked += f.(map[string]any)["readers"].(float64)
		}
		return parked == n
	}, patience, 5*time.Millisecond)
}

func TestUnacknowledgedEventsComeAgainAfterTheVisibilityTimeout(t *testing.T) {
	b := loggedIn(t)
	feed := b.feed()
	b.says("bob", "/help")
	first := b.read(feed, "")
	require.Equal(t, []string{"INSTANTMESSAGECREATED", "MESSAGESENT"}, first.types())
	require.Empty(t, b.read(feed, "").Events, "hidden while in flight")

	b.advance(31 * time.Second)
	b.says("bob", "again")
	again := b.read(feed, "")
	require.Equal(t, []string{"INSTANTMESSAGECREATED", "MESSAGESENT", "MESSAGESENT"}, again.types())
	require.Equal(t, first.Events[0].ID, again.Events[0].ID)

	b.read(feed, again.AckID)
	b.advance(31 * time.Second)
	require.Empty(t, b.read(feed, "").Events, "acknowledged is gone")
}

func TestAnAckOfAnotherBatchIsIgnoredAndAMalformedOneRefused(t *testing.T) {
	b := loggedIn(t)
	feed := b.feed()
	b.says("bob", "/help")
	require.Len(t, b.read(feed, "0d3b9f3e-3f43-4c4f-9a55-6f1a7b9b3c11").Events, 2)
	b.post("/agent/v5/datafeeds/"+feed+"/read", map[string]string{"ackId": "what?"}).requireRefusal(http.StatusBadRequest)
}

func TestAFeedDiesAfterThirtyMinutesWithoutARead(t *testing.T) {
	b := loggedIn(t)
	feed := b.feed()
	b.advance(29 * time.Minute)
	b.read(feed, "")
	b.advance(29 * time.Minute)
	b.read(feed, "")
	b.advance(31 * time.Minute)
	require.Empty(t, b.get("/agent/v5/datafeeds").list())
	require.Equal(t, "Could not find a datafeed with the provided id",
		b.post("/agent/v5/datafeeds/"+feed+"/read", nil).requireRefusal(http.StatusBadRequest))
}

func TestCompetingReadersShareAFeedAndSeveralFeedsEachGetEverything(t *testing.T) {
	b := loggedIn(t)
	shared, other := b.feed(), b.feed()
	b.says("bob", "one")
	require.Len(t, b.read(shared, "").Events, 2)
	require.Empty(t, b.read(shared, "").Events, "the second reader gets what the first has not")
	require.Len(t, b.read(other, "").Events, 2)
}

func TestAReaderThatGoesAwayTakesNoEvents(t *testing.T) {
	b := loggedIn(t, func(c *config) { c.LongPoll = time.Minute })
	feed := b.feed()
	ctx, leave := context.WithCancel(t.Context())
	gone := make(chan error)
	go func() {
		_, err := b.try(ctx, "POST", "/agent/v5/datafeeds/"+feed+"/read", "application/json", strings.NewReader(`{}`))
		gone <- err
	}()
	b.awaitReaders(1)
	leave()
	require.ErrorIs(t, <-gone, context.Canceled)
	b.awaitReaders(0)
	b.says("bob", "/help")
	require.Len(t, b.read(feed, "").Events, 2)
}

func TestDeletingAFeedEndsItsParkedReads(t *testing.T) {
	b := loggedIn(t, func(c *config) { c.LongPoll = time.Minute })
	feed := b.feed()
	status := make(chan int)
	go func() { status <- b.post("/agent/v5/datafeeds/"+feed+"/read", nil).status }()
	b.awaitReaders(1)
	b.call("DELETE", "/agent/v5/datafeeds/"+feed, nil)
	require.Equal(t, http.StatusBadRequest, <-status)
}

func TestAFeedHasOnlyTheConversationsOfItsOwner(t *testing.T) {
	b := loggedIn(t)
	feed := b.feed()
	b.saysIn("bob", "alice", "just us")
	require.Empty(t, b.read(feed, "").Events)
}

func TestABatchHasAHundredEventsAtMost(t *testing.T) {
	b := loggedIn(t)
	feed := b.feed()
	for range 120 {
		b.says("bob", "hi")
	}
	require.Len(t, b.read(feed, "").Events, 100)
	require.Len(t, b.read(feed, "").Events, 21)
}
