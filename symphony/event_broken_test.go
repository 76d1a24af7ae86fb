package symphony_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/symphony"
)

// breakParser has the client panic, with the text of the event, while it reads events that contain
// a word.
func breakParser(c *symphony.Client, word string) {
	c.SetParseEvent(func(parse func([]byte) symphony.Event) func([]byte) symphony.Event {
		return func(raw []byte) symphony.Event {
			if strings.Contains(string(raw), word) {
				panic("cannot read " + string(raw))
			}
			return parse(raw)
		}
	})
}

const brokenMessage = `{"id":"e2","messageId":"m2+/","type":"MESSAGESENT","timestamp":1717000000000,
	"initiator":{"user":{"userId":7078106103901,"displayName":"Ana Ruiz"}},"payload":{"messageSent":{"message":{
	"messageId":"m2+/","timestamp":1717000000000,"message":"<div>BREAKS secret</div>","data":"{\"0\":{}}","userAgent":"Agent-1",
	"user":{"userId":"7078106103901","displayName":"Ana Ruiz"},"stream":{"streamId":"s+/","streamType":"IM"}}}}}`

func TestEventWhoseReadingPanicsCostsNoOtherAndIsAcknowledged(t *testing.T) {
	t.Parallel()
	r := newReader(t, batch("x1", messageEvent("m1"), brokenMessage, messageEvent("m3")), batch("x2", messageEvent("m4")))
	r.change = func(c *symphony.Client) { breakParser(c, "BREAKS") }
	require.NoError(t, r.run(t, symphony.FeedConfig{}, 2))
	require.Equal(t, []string{"m1", "m2-_", "m3", "m4"}, r.handled)
	require.Equal(t, []string{`5 {"ackId":""}`, `5 {"ackId":"x1"}`, `5 {"ackId":"x2"}`}, r.acks())
	require.EqualValues(t, 1, r.feed.Stats().Unknown)
	require.NoError(t, r.feed.Stats().LastError)
}

// readBroken is an event of a batch whose reading panics.
func readBroken(t *testing.T, raw string) symphony.Unknown {
	t.Helper()
	e := symphony.ParseSafely([]byte(raw), func([]byte) symphony.Event { panic("cannot read " + raw) })
	require.IsType(t, symphony.Unknown{}, e)
	return e.(symphony.Unknown)
}

func TestEventWhoseReadingPanicsKeepsItsSender(t *testing.T) {
	t.Parallel()
	t.Run("a message", func(t *testing.T) {
		t.Parallel()
		u := readBroken(t, brokenMessage)
		require.EqualValues(t, "e2", u.Head().ID)
		require.EqualValues(t, 7078106103901, u.Head().Initiator.ID)
		require.False(t, u.IsForm())
		source := u.Source
		require.EqualValues(t, "m2-_", source.ID)
		require.Equal(t, symphony.Conversation{ID: "s-_", Type: symphony.IM}, source.Stream)
		require.Equal(t, symphony.Participant{ID: 7078106103901, DisplayName: "Ana Ruiz"}, source.From)
		require.EqualValues(t, 1717000000000, source.Time.UnixMilli())
		require.Equal(t, `{"0":{}}`, source.Data)
		require.Equal(t, "Agent-1", source.UserAgent)
		require.Equal(t, "<div>BREAKS secret</div>", source.PresentationML)
	})
	t.Run("a form", func(t *testing.T) {
		t.Parallel()
		i := slices.IndexFunc(payloads(t), func(raw json.RawMessage) bool { return strings.Contains(string(raw), "SYMPHONYELEMENTSACTION") })
		raw := payloads(t)[i]
		whole := symphony.ParseEvent(raw).(symphony.FormSubmitted)
		u := readBroken(t, string(raw))
		require.True(t, u.IsForm())
		require.Equal(t, whole.Head().MessageID, u.Source.ID)
		require.Equal(t, whole.Stream.ID, u.Source.Stream.ID)
		require.Equal(t, whole.Head().Initiator.ID, u.Source.From.ID)
	})
	t.Run("another type", func(t *testing.T) {
		t.Parallel()
		u := readBroken(t, `{"id":"a","messageId":"m","type":"ROOMCREATED","payload":[]}`)
		require.EqualValues(t, "m", u.Head().MessageID)
		require.Zero(t, u.Source.ID)
	})
	t.Run("no event at all", func(t *testing.T) {
		t.Parallel()
		require.Empty(t, readBroken(t, `"text"`).Type)
	})
}

func TestPanicIsNamedWithoutTheTextThatWasRead(t *testing.T) {
	t.Parallel()
	u := readBroken(t, brokenMessage)
	caught, ok := errors.AsType[*symphony.PanicError](u.Err)
	require.True(t, ok)
	require.EqualError(t, caught, "panic: string")
	require.Contains(t, string(caught.Stack), "event_broken_test.go")
	require.NotContains(t, string(caught.Stack), "secret")

	text := "abc"
	caught = symphony.CatchPanic(func() { _ = text[len(text)+1:] })
	require.EqualError(t, caught, "panic: runtime error: slice bounds out of range [4:3]")
	require.Nil(t, symphony.CatchPanic(func() {}))
}
