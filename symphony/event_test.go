package symphony_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/symphony"
)

// sameButForEmpty requires that two JSON texts are equal when what is empty, false, null or zero
// counts as absent.
func sameButForEmpty(t *testing.T, want, got string) {
	t.Helper()
	var a, b any
	require.NoError(t, decode(want, &a))
	require.NoError(t, decode(got, &b))
	require.Equal(t, prune(a), prune(b))
}

func decode(s string, v any) error {
	d := json.NewDecoder(strings.NewReader(s))
	d.UseNumber()
	return d.Decode(v)
}

func prune(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, e := range v {
			if v[k] = prune(e); v[k] == nil {
				delete(v, k)
			}
		}
		if len(v) == 0 {
			return nil
		}
		return v
	case []any:
		for i := range v {
			v[i] = prune(v[i])
		}
		if len(v) == 0 {
			return nil
		}
		return v
	case string:
		if v == "" {
			return nil
		}
	case json.Number:
		if v == "0" {
			return nil
		}
	case bool:
		if !v {
			return nil
		}
	}
	return v
}

// payloads are one event of each type, with the type it is read as.
func payloads(t testing.TB) []json.RawMessage {
	t.Helper()
	content, err := os.ReadFile("testdata/events.json")
	require.NoError(t, err)
	var events []json.RawMessage
	require.NoError(t, json.Unmarshal(content, &events))
	return events
}

func TestEveryTypeOfEventIsReadAndWritten(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, raw := range payloads(t) {
		e := symphony.ParseEvent(raw)
		require.IsNotType(t, symphony.Unknown{}, e, string(raw))
		seen[fmt.Sprintf("%T", e)] = true
		again, err := symphony.MarshalEvent(e)
		require.NoError(t, err)
		sameButForEmpty(t, string(raw), string(again))
		twice, err := symphony.MarshalEvent(symphony.ParseEvent(again))
		require.NoError(t, err)
		require.JSONEq(t, string(again), string(twice))
	}
	require.Len(t, seen, 17, "a type of event has no payload here")
}

func TestMessageEventIsReadCompletely(t *testing.T) {
	t.Parallel()
	e, ok := symphony.ParseEvent(payloads(t)[0]).(symphony.MessageSent)
	require.True(t, ok)
	require.EqualValues(t, "k3Xq9Z", e.Head().ID)
	require.Equal(t, time.UnixMilli(1717000000000).UTC(), e.Head().Time)
	require.Equal(t, symphony.Participant{
		ID: 7078106103901, FirstName: "Ana", LastName: "Ruiz", DisplayName: "Ana Ruiz", Email: "ana@acme.test", Username: "ana.ruiz",
	}, e.Head().Initiator)
	require.Equal(t, e.Head().MessageID, e.Message.ID)
	require.Equal(t, symphony.IM, e.Message.Stream.Type)
	require.Contains(t, e.Message.PresentationML, "/room Q3")
	require.Contains(t, e.Message.Data, "7078106103815")
}

func TestEditNamesTheMessageItReplaces(t *testing.T) {
	t.Parallel()
	e := symphony.ParseEvent([]byte(`{"id":"a","messageId":"n","type":"MESSAGESENT","payload":{"messageSent":{"message":{
		"messageId":"n+/=","replacing":"m+/=","initialMessageId":"m+/=","stream":{"streamId":"s"}}}}}`)).(symphony.MessageSent)
	require.EqualValues(t, "m-_", e.Message.Replaces)
	require.EqualValues(t, "n-_", e.Message.ID)
}

func TestUnreadableEventIsUnknownWithAReason(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]struct {
		kind, message, why string
	}{
		`{"id":"a","messageId":"m","type":"MESSAGEREACTION","payload":{"x":{}}}`:                               {"MESSAGEREACTION", "m", ""},
		`{"id":"a","messageId":"m","type":"MESSAGESENT","payload":{}}`:                                         {"MESSAGESENT", "m", "no messageSent"},
		`{"id":"a","messageId":"m","type":"MESSAGESENT","payload":{"messageSent":null}}`:                       {"MESSAGESENT", "m", "without its id"},
		`{"id":"a","messageId":"m","type":"MESSAGESENT","payload":{"messageSent":{"message":{"user":"ana"}}}}`: {"MESSAGESENT", "m", "cannot unmarshal"},
		`{"id":"a","messageId":"m","type":"ROOMCREATED","timestamp":"soon","payload":{}}`:                      {"ROOMCREATED", "m", "whole number"},
		`{"id":"a","messageId":"m","type":"ROOMCREATED","payload":[]}`:                                         {"ROOMCREATED", "m", "cannot unmarshal"},
		`"text"`: {"", "", "cannot unmarshal"},
		`null`:   {"", "", ""},
	} {
		u, ok := symphony.ParseEvent([]byte(raw)).(symphony.Unknown)
		require.True(t, ok, raw)
		require.Equal(t, want.kind, u.Type)
		require.EqualValues(t, want.message, u.MessageID)
		require.Equal(t, raw, string(u.Raw))
		if want.why == "" {
			require.NoError(t, u.Err)
		} else {
			require.ErrorContains(t, u.Err, want.why)
		}
	}
}

func TestUnreadableEventCostsNoOtherOfItsBatch(t *testing.T) {
	t.Parallel()
	events := payloads(t)
	b, err := symphony.DecodeBatch(encodeBatch(`5`, string(events[0]), `{"type":"NEW"}`, string(events[1])))
	require.NoError(t, err)
	require.Len(t, b.Events, 4)
	require.IsType(t, symphony.Unknown{}, b.Events[0])
	require.IsType(t, symphony.MessageSent{}, b.Events[1])
	require.IsType(t, symphony.Unknown{}, b.Events[2])
	require.Equal(t, "x", b.AckID)
	for _, empty := range []string{`{"ackId":"x","events":null}`, `{"ackId":"x"}`, `{"ackId":"x","events":[]}`} {
		b, err := symphony.DecodeBatch([]byte(empty))
		require.NoError(t, err)
		require.Equal(t, symphony.Batch{AckID: "x"}, b)
	}
}

func TestFormValuesOfEveryShape(t *testing.T) {
	t.Parallel()
	var v symphony.FormValues
	require.NoError(t, json.Unmarshal([]byte(`{"action":"submit","roomName":"Q3 desk","members":[7078106103902,"7078106103903"],
		"visibility":"","history":"on","count":5,"many":["a","b"],"nobody":[],"blank":"",
		"rooms":{"userIds":["7078106103902"],"streamIds":["V1TMjaYeorLs6xhXPC7zA3///nA7a8R/dA=="]},"bad":["ana"],"nothing":null}`), &v))
	require.Equal(t, "submit", v.Action())
	require.Equal(t, "Q3 desk", v.Text("roomName"))
	require.Equal(t, "5", v.Text("count"))
	require.Equal(t, []string{"a", "b"}, v.Texts("many"))
	require.True(t, v.Checked("history"))
	require.False(t, v.Checked("visibility"))
	require.False(t, v.Checked("absent"))
	require.False(t, v.Checked("nothing"))
	for field, want := range map[string][]symphony.UserID{
		"members": {7078106103902, 7078106103903}, "nobody": nil, "blank": nil, "absent": nil, "rooms": {7078106103902}, "nothing": nil,
	} {
		got, err := v.Users(field)
		require.NoError(t, err, field)
		require.Equal(t, want, got, field)
	}
	_, err := v.Users("bad")
	require.Error(t, err)
	require.Equal(t, []symphony.StreamID{"V1TMjaYeorLs6xhXPC7zA3___nA7a8R_dA"}, v.Streams("rooms"))
	require.Empty(t, v.Streams("members"))
}

func FuzzParseEvent(f *testing.F) {
	for _, raw := range payloads(f) {
		f.Add([]byte(raw))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		e := symphony.ParseEvent(raw)
		require.NotNil(t, e)
		if !json.Valid(raw) {
			return
		}
		again, err := symphony.MarshalEvent(e)
		require.NoError(t, err)
		require.Equal(t, e.Head(), symphony.ParseEvent(again).Head())
		b, err := symphony.DecodeBatch(encodeBatch(string(raw), `{"type":"NEW"}`))
		require.NoError(t, err)
		require.Len(t, b.Events, 2)
		require.IsType(t, e, b.Events[0])
	})
}

// encodeBatch is the answer to a read that brings these events.
func encodeBatch(events ...string) []byte {
	return []byte(`{"ackId":"x","events":[` + strings.Join(events, ",") + `]}`)
}

func BenchmarkDecodeABatch(b *testing.B) {
	events := payloads(b)
	for name, kinds := range map[string][]json.RawMessage{"of messages": events[:1], "of every type": events, "of own messages": events[:1]} {
		self := symphony.UserID(0)
		if name == "of own messages" {
			self = 7078106103901
		}
		var hundred []string
		for i := range 100 {
			hundred = append(hundred, string(kinds[i%len(kinds)]))
		}
		body := encodeBatch(hundred...)
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := symphony.DecodeBatchOf(body, self); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
