package control_test

import (
	"encoding/json"
	"net/http"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/symphony/messageml"
)

func TestMessagesOfThePodArePagedInOrder(t *testing.T) {
	b := loggedIn(t)
	b.Says("bob", "one")
	b.Says("alice", "two")
	first := b.Get("/sandbox/v1/messages?limit=1").OK()
	require.Equal(t, []any{"one"}, texts(first))
	rest := b.Get("/sandbox/v1/messages?after=" + number(first["last"])).OK()
	require.Equal(t, []any{"two"}, texts(rest))
	require.Equal(t, []any{"one"}, texts(b.Get("/sandbox/v1/messages?from=bob").OK()))
	require.Empty(t, texts(b.Get("/sandbox/v1/messages?after="+number(rest["last"])).OK()))
	b.Get("/sandbox/v1/messages?after=x").Refused(http.StatusBadRequest)
	b.Get("/sandbox/v1/messages?as=nobody").Refused(http.StatusNotFound)
	b.Get("/sandbox/v1/messages?from=nobody").Refused(http.StatusNotFound)
}

func TestChatterReachesTheFeedAndIsForgotten(t *testing.T) {
	b := loggedIn(t)
	feed := b.Feed()
	b.Post("/sandbox/v1/chatter", map[string]any{"as": "bob", "count": 250}).OK()
	waiting := b.Get("/sandbox/v1/feeds").OK()["feeds"].([]any)[0].(map[string]any)
	require.EqualValues(t, 251, waiting["queued"])
	require.NotZero(t, waiting["oldest"])
	seen, ack := 0, ""
	for seen < 251 { // and the new chat itself
		got := b.Read(feed, ack)
		seen, ack = seen+len(got.Events), got.AckID
	}
	require.Empty(t, texts(b.Get("/sandbox/v1/messages").OK()))
	b.Post("/sandbox/v1/chatter", map[string]any{"as": "bob", "count": 0}).Refused(http.StatusBadRequest)
	b.Post("/sandbox/v1/chatter", map[string]any{"as": "nobody"}).Refused(http.StatusNotFound)
}

func TestChatterMayBeNumbered(t *testing.T) {
	b := loggedIn(t)
	feed := b.Feed()
	b.Post("/sandbox/v1/chatter", map[string]any{"as": "bob", "text": "room {n} for @alice and {n}", "count": 3}).OK()
	var said []string
	for ack := ""; len(said) < 3; {
		got := b.Read(feed, ack)
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
	b.SaysIn("bob", "alice", "for alice")
	b.SaysIn("bob", "carol", "for carol")
	readBy := func(username string) []any { return texts(b.Get("/sandbox/v1/messages?as=" + username).OK()) }
	require.Equal(t, []any{"for alice", "for carol"}, readBy("bob"))
	require.Equal(t, []any{"for alice"}, readBy("alice"))
	require.Empty(t, readBy("kim"))
	require.InDelta(t, 1, b.Get("/sandbox/v1/chats?as=alice").OK()["chats"].([]any)[0].(map[string]any)["unread"], 0)
}
