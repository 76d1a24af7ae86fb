package symphony

import "encoding/json"

// brokenEvent has what is needed to tell a sender that an event could not be read. It is made of
// plain types, since the panic may be in the code of the others.
type brokenEvent struct {
	ID        string      `json:"id"`
	MessageID string      `json:"messageId"`
	Type      string      `json:"type"`
	Timestamp json.Number `json:"timestamp"`
	Initiator struct {
		User brokenUser `json:"user"`
	} `json:"initiator"`
	Payload struct {
		MessageSent struct {
			Message brokenMessage `json:"message"`
		} `json:"messageSent"`
		Form struct {
			Stream brokenStream `json:"stream"`
		} `json:"symphonyElementsAction"`
	} `json:"payload"`
}

// brokenMessage is what can be made out of most messages that cannot be read.
type brokenMessage struct {
	ID        string       `json:"messageId"`
	Timestamp json.Number  `json:"timestamp"`
	Text      string       `json:"message"`
	Data      string       `json:"data"`
	UserAgent string       `json:"userAgent"`
	User      brokenUser   `json:"user"`
	Stream    brokenStream `json:"stream"`
}

func (m brokenMessage) value() Message {
	at, _ := m.Timestamp.Int64()
	return Message{
		ID: MessageID(normaliseID(m.ID)), Stream: m.Stream.conversation(), Time: millis(at).time(),
		From: m.User.participant(), PresentationML: m.Text, Data: m.Data, UserAgent: m.UserAgent,
	}
}

type brokenUser struct {
	ID          json.Number `json:"userId"`
	DisplayName string      `json:"displayName"`
}

type brokenStream struct {
	ID   string `json:"streamId"`
	Type string `json:"streamType"`
}

// readBroken makes out what it can of an event that is not read as others are, because that
// panicked or because of its size.
func readBroken(raw []byte, cause error) Unknown {
	var b brokenEvent
	if CatchPanic(func() { _ = json.Unmarshal(raw, &b) }) != nil { // as far as it goes
		b = brokenEvent{}
	}
	at, _ := b.Timestamp.Int64()
	u := Unknown{
		EventHead: EventHead{
			ID: EventID(b.ID), MessageID: MessageID(normaliseID(b.MessageID)), Time: millis(at).time(),
			Initiator: b.Initiator.User.participant(),
		},
		Type: b.Type, Raw: raw, Err: cause,
	}
	switch m := b.Payload.MessageSent.Message; {
	case b.Type == MessageSent{}.kind():
		u.Source = m.value()
		u.Source.Time = u.Time
	case u.IsForm():
		u.Source = Message{
			ID: u.MessageID, Stream: b.Payload.Form.Stream.conversation(), Time: u.Time, From: u.Initiator,
		}
	}
	return u
}

func (u brokenUser) participant() Participant {
	id, _ := u.ID.Int64()
	return Participant{ID: UserID(id), DisplayName: u.DisplayName}
}

func (s brokenStream) conversation() Conversation {
	return Conversation{ID: StreamID(normaliseID(s.ID)), Type: StreamType(s.Type)}
}
