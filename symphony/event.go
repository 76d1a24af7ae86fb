package symphony

import (
	"encoding/json"
	"time"
)

// Event is something that happened in a conversation of the caller's. It is one of the types of
// this package and nothing else; what the client does not know or cannot read is an [Unknown]. To
// keep one, write it with [MarshalEvent].
type Event interface {
	// Head is what all events have in common.
	Head() EventHead
	// kind is the vendor's name of the type; it also closes the set of events.
	kind() string
}

// EventHead is what all events have in common.
type EventHead struct {
	// ID is a short name. Two events of one action may share it, and the same event may come again:
	// distinguish events by MessageID.
	ID EventID
	// MessageID is the message's, or that of the system message behind another event.
	MessageID MessageID
	Time      time.Time
	// Initiator is who did it, the caller itself included.
	Initiator Participant
	// Diagnostic is set when the agent could not read the event fully.
	Diagnostic string
}

// Head is h itself, for every type that embeds an EventHead.
func (h EventHead) Head() EventHead { return h }

func (h *EventHead) setHead(head EventHead) { *h = head }

// MessageSent is a new message, or an edit of one: see [Message].Replaces.
type MessageSent struct {
	EventHead `json:"-"`
	Message   Message `json:"message"`
}

// SharedPost is a wall post that was shared.
type SharedPost struct {
	EventHead `json:"-"`
	Message   Message `json:"message"`
	Shared    Message `json:"sharedMessage"`
}

// IMCreated is a new conversation between people, whom Stream.Members names.
type IMCreated struct {
	EventHead `json:"-"`
	Stream    Conversation `json:"stream"`
}

// RoomCreated is a new room.
type RoomCreated struct {
	EventHead `json:"-"`
	Stream    Conversation   `json:"stream"`
	Room      RoomProperties `json:"roomProperties"`
}

// RoomUpdated is a change of a room; Room is how it is now.
type RoomUpdated struct {
	EventHead `json:"-"`
	Stream    Conversation   `json:"stream"`
	Room      RoomProperties `json:"newRoomProperties"`
}

// RoomDeactivated is the end of a room. Its stream has no name.
type RoomDeactivated struct {
	EventHead `json:"-"`
	Stream    Conversation `json:"stream"`
}

// RoomReactivated is a deactivated room that is back.
type RoomReactivated struct {
	EventHead `json:"-"`
	Stream    Conversation `json:"stream"`
}

// JoinRequested is the initiator's wish to join a room.
type JoinRequested struct {
	EventHead `json:"-"`
	Stream    Conversation `json:"stream"`
	// Owners are the people who may grant it.
	Owners []Participant `json:"affectedUsers"`
}

// UserJoined is somebody new in a room. User equals the initiator who joined by themselves.
type UserJoined struct {
	EventHead `json:"-"`
	Stream    Conversation `json:"stream"`
	User      Participant  `json:"affectedUser"`
}

// UserLeft is somebody who left a room or was removed.
type UserLeft struct {
	EventHead `json:"-"`
	Stream    Conversation `json:"stream"`
	User      Participant  `json:"affectedUser"`
}

// OwnerPromoted is a member who became an owner.
type OwnerPromoted struct {
	EventHead `json:"-"`
	Stream    Conversation `json:"stream"`
	User      Participant  `json:"affectedUser"`
}

// OwnerDemoted is an owner who became a plain member.
type OwnerDemoted struct {
	EventHead `json:"-"`
	Stream    Conversation `json:"stream"`
	User      Participant  `json:"affectedUser"`
}

// ConnectionRequested is the initiator's wish to be connected with To.
type ConnectionRequested struct {
	EventHead `json:"-"`
	To        Participant `json:"toUser"`
}

// ConnectionAccepted is the initiator's consent to From's wish.
type ConnectionAccepted struct {
	EventHead `json:"-"`
	From      Participant `json:"fromUser"`
}

// MessageSuppressed is a message that was taken back. The initiator may be a bare id.
type MessageSuppressed struct {
	EventHead  `json:"-"`
	Suppressed MessageID    `json:"messageId"`
	Stream     Conversation `json:"stream"`
}

// FormSubmitted is a filled form of the caller's own. Nothing keeps people from submitting one
// again; each time has its own head's MessageID.
type FormSubmitted struct {
	EventHead   `json:"-"`
	Stream      Conversation `json:"stream"`
	FormMessage MessageID    `json:"formMessageId"`
	FormID      string       `json:"formId"`
	Values      FormValues   `json:"formValues"`
}

// SystemEvent is an event of another system; Source and Subtype say which.
type SystemEvent struct {
	EventHead  `json:"-"`
	Stream     Conversation               `json:"stream"`
	At         int64                      `json:"eventTimestamp,omitempty"` // milliseconds since 1970
	Source     string                     `json:"sourceSystem,omitempty"`
	Subtype    string                     `json:"eventSubtype,omitempty"`
	Parameters map[string]json.RawMessage `json:"parameters,omitempty"`
}

// Unknown is an event of a type that this client does not know, or one that it cannot read. Its
// head is as full as could be made out.
type Unknown struct {
	EventHead
	Type string
	Raw  json.RawMessage
	// Err says why a known type could not be read, nil for an unknown type. It is a [PanicError]
	// where reading it panicked.
	Err error
	// Source is the message that could not be read because of a panic, as far as it could be made
	// out: its id, chat, sender, text, data and client. Of a form it is the id of the submission,
	// the chat and the sender. In all other cases it is empty.
	Source Message
}

// IsForm reports whether the event is a filled form of the caller's own.
func (u Unknown) IsForm() bool { return u.Type == FormSubmitted{}.kind() }

func (MessageSent) kind() string         { return "MESSAGESENT" }
func (SharedPost) kind() string          { return "SHAREDPOST" }
func (IMCreated) kind() string           { return "INSTANTMESSAGECREATED" }
func (RoomCreated) kind() string         { return "ROOMCREATED" }
func (RoomUpdated) kind() string         { return "ROOMUPDATED" }
func (RoomDeactivated) kind() string     { return "ROOMDEACTIVATED" }
func (RoomReactivated) kind() string     { return "ROOMREACTIVATED" }
func (JoinRequested) kind() string       { return "USERREQUESTEDTOJOINROOM" }
func (UserJoined) kind() string          { return "USERJOINEDROOM" }
func (UserLeft) kind() string            { return "USERLEFTROOM" }
func (OwnerPromoted) kind() string       { return "ROOMMEMBERPROMOTEDTOOWNER" }
func (OwnerDemoted) kind() string        { return "ROOMMEMBERDEMOTEDFROMOWNER" }
func (ConnectionRequested) kind() string { return "CONNECTIONREQUESTED" }
func (ConnectionAccepted) kind() string  { return "CONNECTIONACCEPTED" }
func (MessageSuppressed) kind() string   { return "MESSAGESUPPRESSED" }
func (FormSubmitted) kind() string       { return "SYMPHONYELEMENTSACTION" }
func (SystemEvent) kind() string         { return "GENERICSYSTEMEVENT" }
func (u Unknown) kind() string           { return u.Type }
