package symphony

import (
	"bytes"
	"strconv"

	"github.com/go-json-experiment/json"
)

// ownEvents reads the events that self has caused: of those that the feed brings most are the
// caller's own doings, which nobody needs whole.
type ownEvents struct {
	self   UserID
	digits []byte // of self
}

func newOwnEvents(self UserID) ownEvents {
	return ownEvents{self, strconv.AppendInt(nil, int64(self), 10)}
}

// wireOwn is what is read of a V4Event of the caller's own.
type wireOwn struct {
	ID        EventID   `json:"id"`
	MessageID MessageID `json:"messageId"`
	Timestamp millis    `json:"timestamp"`
	Type      string    `json:"type"`
	Initiator struct {
		User struct {
			ID UserID `json:"userId"`
		} `json:"user"`
	} `json:"initiator"`
}

// parse reads the head of an event whose initiator is self. It reports false for everything else,
// and where it is in doubt, such as about an unknown type: then the event is read whole.
func (o ownEvents) parse(raw []byte) (Event, bool) {
	if o.self == 0 || !bytes.Contains(raw, o.digits) {
		return nil, false
	}
	var w wireOwn
	if json.Unmarshal(raw, &w) != nil || w.Initiator.User.ID != o.self {
		return nil, false
	}
	s, known := eventShapes[w.Type]
	if !known {
		return nil, false
	}
	e, err := s.read(nil, EventHead{ID: w.ID, MessageID: w.MessageID, Time: w.Timestamp.time(), Initiator: Participant{ID: o.self}})
	return e, err == nil
}
