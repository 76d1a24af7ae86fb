package sandbox_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/symphony/messageml"
)

func TestARoundTripIsAddedToTheAPIOnly(t *testing.T) {
	b := loggedIn(t, func(c *config) { c.RTT = 60 * time.Millisecond })
	started := time.Now()
	b.get("/pod/v2/sessioninfo").ok()
	require.GreaterOrEqual(t, time.Since(started), 60*time.Millisecond)

	far := setupBeside(t, func(c *config) { c.RTT = time.Hour })
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	got, err := far.try(ctx, "GET", "/sandbox/v1/people", "application/json", nil)
	require.NoError(t, err)
	got.ok()
}

func TestTheCrowdHasDistinctNames(t *testing.T) {
	b := loggedIn(t, func(c *config) { c.Crowd = 500 })
	people := b.get("/sandbox/v1/people").ok()["people"].([]any)
	names, emails := map[any]bool{}, map[any]bool{}
	for _, p := range people {
		names[p.(map[string]any)["username"]], emails[p.(map[string]any)["email"]] = true, true
	}
	require.Len(t, names, len(people))
	require.Len(t, emails, len(people))
	require.True(t, names["ada.abbott"])
	b.says("ada.abbott", "hello")
}

func TestMessagesOfThePodArePagedInOrder(t *testing.T) {
	b := loggedIn(t)
	b.says("bob", "one")
	b.says("alice", "two")
	first := b.get("/sandbox/v1/messages?limit=1").ok()
	require.Equal(t, []any{"one"}, texts(first))
	rest := b.get("/sandbox/v1/messages?after=" + number(first["last"])).ok()
	require.Equal(t, []any{"two"}, texts(rest))
	require.Equal(t, []any{"one"}, texts(b.get("/sandbox/v1/messages?from=bob").ok()))
	require.Empty(t, texts(b.get("/sandbox/v1/messages?after="+number(rest["last"])).ok()))
	b.get("/sandbox/v1/messages?after=x").requireRefusal(http.StatusBadRequest)
	b.get("/sandbox/v1/messages?as=nobody").requireRefusal(http.StatusNotFound)
}

func TestChatterReachesTheFeedAndIsForgotten(t *testing.T) {
	b := loggedIn(t)
	feed := b.feed()
	b.post("/sandbox/v1/chatter", map[string]any{"as": "bob", "count": 250}).ok()
	waiting := b.get("/sandbox/v1/feeds").ok()["feeds"].([]any)[0].(map[string]any)
	require.EqualValues(t, 251, waiting["queued"])
	require.NotZero(t, waiting["oldest"])
	seen, ack := 0, ""
	for seen < 251 { // and the new chat itself
		got := b.read(feed, ack)
		seen, ack = seen+len(got.Events), got.AckID
	}
	require.Empty(t, texts(b.get("/sandbox/v1/messages").ok()))
	b.post("/sandbox/v1/chatter", map[string]any{"as": "bob", "count": 0}).requireRefusal(http.StatusBadRequest)
	b.post("/sandbox/v1/chatter", map[string]any{"as": "nobody"}).requireRefusal(http.StatusNotFound)
}

func TestChatterMayBeNumbered(t *testing.T) {
	b := loggedIn(t)
	feed := b.feed()
	b.post("/sandbox/v1/chatter", map[string]any{"as": "bob", "text": "room {n} for @alice and {n}", "count": 3}).ok()
	var said []string
	for ack := ""; len(said) < 3; {
		got := b.read(feed, ack)
		ack = got.AckID
		for _, e := range got.Events {
			var sent struct {
				Message struct{ Message, Data string }
			}
			if e.Type == "MESSAGESENT" {
				require.NoError(t, json.Unmarshal(e.Payload["messageSent"], &sent))
				said = append(said, messageml.Plain(sent.Message.Message, sent.Message.Data))
			}
		}
	}
	require.Equal(t, []string{"room 0 for @Alice Martin and 0", "room 1 for @Alice Martin and 1", "room 2 for @Alice Martin and 2"}, said)
}

func texts(page map[string]any) []any {
	found := []any{}
	for _, m := range page["messages"].([]any) {
		found = append(found, m.(map[string]any)["text"])
	}
	return found
}

func number(n any) string { return strconv.FormatFloat(n.(float64), 'f', 0, 64) }

func TestMessagesOfOneReaderLeaveOutWhatTheyCannotRead(t *testing.T) {
	b := setup(t)
	b.saysIn("bob", "alice", "for alice")
	b.saysIn("bob", "carol", "for carol")
	readBy := func(username string) []any { return texts(b.get("/sandbox/v1/messages?as=" + username).ok()) }
	require.Equal(t, []any{"for alice", "for carol"}, readBy("bob"))
	require.Equal(t, []any{"for alice"}, readBy("alice"))
	require.Empty(t, readBy("kim"))
	require.InDelta(t, 1, b.get("/sandbox/v1/chats?as=alice").ok()["chats"].([]any)[0].(map[string]any)["unread"], 0)
}
