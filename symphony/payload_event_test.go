package symphony_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/symphony"
	"roombot/symphony/messageml"
)

func mustEncode(t *testing.T, v any) []byte {
	t.Helper()
	encoded, err := json.Marshal(v)
	require.NoError(t, err)
	return encoded
}

// checkEvents has the events as the answer to a read of the feed: a batch, or the list or the
// single event of other payloads in one.
func checkEvents(t *testing.T, f payload, doc node) {
	body, events := f.body, []node{doc}
	switch {
	case f.Kind == "feed-batch":
		events = doc.at("events").list()
	case f.Kind == "feed-events":
		body, events = `{"ackId":"ack_id_string","events":`+body+`}`, doc.list()
	default:
		body = `{"ackId":"ack_id_string","events":[` + body + `]}`
	}
	p := newPod(t)
	p.answer("POST /agent/v5/datafeeds/{datafeedId}/read", http.StatusOK, body)
	batch, err := p.client().ReadDatafeed(t.Context(), symphony.DatafeedRead{Feed: "f"})
	require.NoError(t, err)
	require.Equal(t, "ack_id_string", batch.AckID)
	require.Len(t, batch.Events, len(events))
	for i, want := range events {
		requireEvent(t, want, batch.Events[i])
	}
}

func requireEvent(t *testing.T, doc node, got symphony.Event) {
	t.Helper()
	message := doc.at("payload", "messageSent", "message")
	people := []node{doc.at("initiator", "user"), message.at("user")}
	if u, ok := got.(symphony.Unknown); ok {
		require.Equal(t, doc.at("type").text(), u.Type)
		require.Equal(t, u.Type != "", u.Err != nil)
		incomplete := u.Type == "" || message.at("messageId").text() == "" || message.at("stream", "streamId").text() == ""
		for _, who := range people {
			incomplete = incomplete || !who.hasUserID()
		}
		require.True(t, incomplete, "a complete event is set aside: %v", u.Err)
		return
	}
	head := got.Head()
	require.EqualValues(t, doc.at("id").text(), head.ID)
	require.EqualValues(t, doc.at("messageId").id(), head.MessageID)
	require.Equal(t, doc.at("timestamp").time(), head.Time)
	require.Equal(t, participantOf(doc.at("initiator", "user")), head.Initiator)
	switch e := got.(type) {
	case symphony.MessageSent:
		require.Equal(t, "MESSAGESENT", doc.at("type").text())
		requireMessage(t, message, e.Message)
	case symphony.FormSubmitted:
		form := doc.at("payload", "symphonyElementsAction")
		require.Equal(t, form.at("formId").text(), e.FormID)
		require.EqualValues(t, form.at("stream", "streamId").id(), e.Stream.ID)
		require.JSONEq(t, string(mustEncode(t, form.at("formValues").v)), string(mustEncode(t, e.Values)))
	case symphony.UserJoined:
		joined := doc.at("payload", "userJoinedRoom")
		require.Equal(t, joined.at("affectedUser", "userId").user(), e.User.ID)
		require.EqualValues(t, joined.at("stream", "streamId").id(), e.Stream.ID)
	default:
		require.Fail(t, "an event of this type is not checked", "%T", got)
	}
}

// requireReadable requires that a message becomes text with its entities.
func requireReadable(t *testing.T, m symphony.Message) {
	t.Helper()
	content, err := messageml.Read(m.PresentationML, m.Data)
	require.NoError(t, err)
	require.NotContains(t, content.Text, "<div")
	var data any
	if m.Data != "" {
		require.NoError(t, decode(m.Data, &data))
	}
	marked := entityMark.FindAllStringSubmatch(m.PresentationML, -1)
	require.Len(t, content.Spans, len(marked))
	for i, mark := range marked {
		requireEntity(t, node{t, data}.at(mark[1]), content.Spans[i])
	}
}
