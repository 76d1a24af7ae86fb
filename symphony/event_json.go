package symphony

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// wireHead is what all of the vendor's V4Events have.
type wireHead struct {
	ID         EventID   `json:"id"`
	MessageID  MessageID `json:"messageId,omitempty"`
	Timestamp  millis    `json:"timestamp"`
	Type       string    `json:"type"`
	Diagnostic string    `json:"diagnostic,omitempty"`
	Initiator  struct {
		User Participant `json:"user"`
	} `json:"initiator"`
}

// wireEvent is the vendor's V4Event.
type wireEvent struct {
	wireHead
	Payload map[string]json.RawMessage `json:"payload"`
}

func (w wireHead) head() EventHead {
	return EventHead{w.ID, w.MessageID, w.Timestamp.time(), w.Initiator.User, w.Diagnostic}
}

// eventShape is how a type of event lies on the wire.
type eventShape struct {
	// key is the only one of the payload.
	key string
	// read reads the payload; without one the event has only its head.
	read func(payload json.RawMessage, head EventHead) (Event, error)
}

func readEvent[E Event, P interface {
	*E
	setHead(EventHead)
}](payload json.RawMessage, head EventHead) (Event, error) {
	var e E
	if payload != nil {
		if err := json.Unmarshal(payload, &e); err != nil {
			return nil, err
		}
	}
	P(&e).setHead(head)
	return e, nil
}

// eventShapes are the types of event by the vendor's names.
var eventShapes = map[string]eventShape{
	"MESSAGESENT":                {"messageSent", readEvent[MessageSent]},
	"SHAREDPOST":                 {"sharedPost", readEvent[SharedPost]},
	"INSTANTMESSAGECREATED":      {"instantMessageCreated", readEvent[IMCreated]},
	"ROOMCREATED":                {"roomCreated", readEvent[RoomCreated]},
	"ROOMUPDATED":                {"roomUpdated", readEvent[RoomUpdated]},
	"ROOMDEACTIVATED":            {"roomDeactivated", readEvent[RoomDeactivated]},
	"ROOMREACTIVATED":            {"roomReactivated", readEvent[RoomReactivated]},
	"USERREQUESTEDTOJOINROOM":    {"userRequestedToJoinRoom", readEvent[JoinRequested]},
	"USERJOINEDROOM":             {"userJoinedRoom", readEvent[UserJoined]},
	"USERLEFTROOM":               {"userLeftRoom", readEvent[UserLeft]},
	"ROOMMEMBERPROMOTEDTOOWNER":  {"roomMemberPromotedToOwner", readEvent[OwnerPromoted]},
	"ROOMMEMBERDEMOTEDFROMOWNER": {"roomMemberDemotedFromOwner", readEvent[OwnerDemoted]},
	"CONNECTIONREQUESTED":        {"connectionRequested", readEvent[ConnectionRequested]},
	"CONNECTIONACCEPTED":         {"connectionAccepted", readEvent[ConnectionAccepted]},
	"MESSAGESUPPRESSED":          {"messageSuppressed", readEvent[MessageSuppressed]},
	"SYMPHONYELEMENTSACTION":     {"symphonyElementsAction", readEvent[FormSubmitted]},
	"GENERICSYSTEMEVENT":         {"genericSystemEvent", readEvent[SystemEvent]},
}

// ParseEvent reads one event. It never fails and never panics: what cannot be read is an [Unknown]
// that says why.
func ParseEvent(raw []byte) Event { return parseSafely(raw, parseEvent) }

// parseSafely is what parse reads, or an Unknown whose Err is a [PanicError].
func parseSafely(raw []byte, parse func(raw []byte) Event) (e Event) {
	if caught := CatchPanic(func() { e = parse(raw) }); caught != nil {
		return readBroken(raw, caught)
	}
	return e
}

func parseEvent(raw []byte) Event {
	if e, ok := parseMessage(raw); ok {
		return e
	}
	var w wireEvent
	if err := json.Unmarshal(raw, &w); err != nil {
		return readUnknown(raw, fmt.Errorf("event: %w", err))
	}
	e, err := w.toEvent()
	if e == nil {
		return Unknown{EventHead: w.head(), Type: w.Type, Raw: raw, Err: err}
	}
	return e
}

// toEvent is nil without an error for an unknown type.
func (w wireEvent) toEvent() (Event, error) {
	s, known := eventShapes[w.Type]
	if !known {
		return nil, nil
	}
	payload, there := w.Payload[s.key]
	if !there {
		return nil, fmt.Errorf("event %s: no %s in the payload", w.Type, s.key)
	}
	e, err := s.read(payload, w.head())
	if err == nil {
		err = checkComplete(e)
	}
	if err != nil {
		return nil, fmt.Errorf("event %s: %w", w.Type, err)
	}
	return e, nil
}

// parseMessage reads an undamaged MessageSent, which most of what comes is, at one go. What is left
// over is read in steps, each of which may fail for itself.
func parseMessage(raw []byte) (e MessageSent, ok bool) {
	var w struct {
		wireHead
		Payload struct {
			MessageSent struct {
				Message wireMessage `json:"message"`
			} `json:"messageSent"`
		} `json:"payload"`
	}
	if !bytes.Contains(raw, []byte(`"messageSent"`)) || json.Unmarshal(raw, &w) != nil || w.Type != e.kind() {
		return e, false
	}
	e = MessageSent{w.head(), w.Payload.MessageSent.Message.value()}
	return e, checkComplete(e) == nil
}

// readUnknown makes out what it can of an event whose head cannot be read.
func readUnknown(raw []byte, err error) Unknown {
	u := Unknown{Raw: raw, Err: err}
	var parts map[string]json.RawMessage
	if json.Unmarshal(raw, &parts) != nil {
		return u
	}
	for name, into := range map[string]any{"id": &u.ID, "messageId": &u.MessageID, "type": &u.Type} {
		_ = json.Unmarshal(parts[name], into) // as far as it goes
	}
	return u
}

// checkComplete is an error for an event without what everything done with it rests on.
func checkComplete(e Event) error {
	switch e := e.(type) {
	case MessageSent:
		if e.Message.ID == "" || e.Message.Stream.ID == "" {
			return errors.New("a message without its id or stream")
		}
	case FormSubmitted:
		if e.Stream.ID == "" {
			return errors.New("a form without its stream")
		}
	}
	return nil
}

// MarshalEvent writes an event in the vendor's shape, so that ParseEvent reads it again.
func MarshalEvent(e Event) ([]byte, error) {
	if u, unknown := e.(Unknown); unknown {
		return u.Raw, nil
	}
	s, known := eventShapes[e.kind()]
	if !known {
		return nil, fmt.Errorf("event %T has no shape", e)
	}
	payload, err := json.Marshal(e)
	if err != nil {
		return nil, err
	}
	h := e.Head()
	w := wireEvent{
		wireHead{ID: h.ID, MessageID: h.MessageID, Timestamp: toMillis(h.Time), Type: e.kind(), Diagnostic: h.Diagnostic},
		map[string]json.RawMessage{s.key: payload},
	}
	w.Initiator.User = h.Initiator
	return json.Marshal(w)
}
