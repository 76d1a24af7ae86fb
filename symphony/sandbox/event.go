package sandbox

import (
	"encoding/json"
	"strings"

	"roombot/symphony/sandbox/rest"
	"roombot/symphony/sandbox/world"
)

type v4Event struct {
	ID        string         `json:"id"`
	MessageID string         `json:"messageId"`
	Timestamp int64          `json:"timestamp"`
	Type      string         `json:"type"`
	Initiator v4Initiator    `json:"initiator"`
	Payload   map[string]any `json:"payload"` // exactly one key
}

type v4Initiator struct {
	User v4User `json:"user"`
}

// encodeEvent makes of an event what a datafeed's reader gets. Its type is the key of its payload,
// in capitals.
func (p *Pod) encodeEvent(e *world.Event) json.RawMessage {
	if e.Kind == world.Injected {
		return json.RawMessage(e.Raw)
	}
	return rest.Marshal(v4Event{
		ID: e.ID, MessageID: e.MessageID, Timestamp: e.Time, Type: strings.ToUpper(string(e.Kind)),
		Initiator: v4Initiator{User: p.encodeV4User(e.Initiator)}, Payload: map[string]any{string(e.Kind): p.encodePayload(e)},
	})
}

func (p *Pod) encodePayload(e *world.Event) any {
	switch e.Kind {
	case world.MessageCreated:
		return map[string]any{"message": p.encodeV4Message(e.Message, *e.Stream)}
	case world.MessageSuppressed:
		return map[string]any{"messageId": e.Subject, "stream": v4Stream{StreamID: e.Stream.ID}}
	case world.FormSubmitted:
		return map[string]any{
			"stream": encodeV4Stream(*e.Stream), "formMessageId": e.Form.MessageID, "formId": e.Form.FormID,
			"formValues": p.encodeFormValues(e.Form.Values),
		}
	case world.ConnectionRequested:
		return map[string]any{"toUser": p.encodeV4User(e.Users[0])}
	case world.ConnectionAccepted:
		return map[string]any{"fromUser": p.encodeV4User(e.Users[0])}
	default:
		return p.encodeStreamPayload(e)
	}
}

// encodeStreamPayload is the payload of an event about a stream and who is in it.
func (p *Pod) encodeStreamPayload(e *world.Event) any {
	stream := encodeV4Stream(*e.Stream)
	switch e.Kind {
	case world.ChatCreated:
		stream.Members = p.encodeV4Users(e.Users)
		return map[string]any{"stream": stream}
	case world.RoomCreated:
		return map[string]any{"stream": stream, "roomProperties": p.encodeV4Room(*e.Stream, e.Room)}
	case world.RoomUpdated:
		return map[string]any{"stream": stream, "newRoomProperties": p.encodeV4Room(*e.Stream, e.Room)}
	case world.RoomDeactivated:
		return map[string]any{"stream": v4Stream{StreamID: e.Stream.ID, StreamType: e.Stream.Type}}
	case world.RoomReactivated:
		return map[string]any{"stream": stream}
	case world.JoinRequested:
		bare := map[string]any{"streamId": e.Stream.ID, "streamType": e.Stream.Type, "members": []any{}}
		return map[string]any{"stream": bare, "affectedUsers": p.encodeV4Users(e.Users)}
	default: // somebody has joined, left, or changed their part
		return map[string]any{"stream": stream, "affectedUser": p.encodeV4User(e.Users[0])}
	}
}

// encodeFormValues makes strings of all values for kits that cannot read anything else.
func (p *Pod) encodeFormValues(values map[string]any) map[string]any {
	if !p.cfg.StrictFormValues {
		return values
	}
	texts := map[string]any{}
	for name, value := range values {
		text, ok := value.(string)
		if !ok {
			text = string(rest.Marshal(value))
		}
		texts[name] = text
	}
	return texts
}
