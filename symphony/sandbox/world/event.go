package world

import "slices"

// EventKind says what happened.
type EventKind string

// The kinds of events, by the service's own names.
const (
	MessageCreated      EventKind = "messageSent"
	MessageSuppressed   EventKind = "messageSuppressed"
	FormSubmitted       EventKind = "symphonyElementsAction"
	ChatCreated         EventKind = "instantMessageCreated"
	RoomCreated         EventKind = "roomCreated"
	RoomUpdated         EventKind = "roomUpdated"
	RoomDeactivated     EventKind = "roomDeactivated"
	RoomReactivated     EventKind = "roomReactivated"
	MemberJoined        EventKind = "userJoinedRoom"
	MemberLeft          EventKind = "userLeftRoom"
	MemberPromoted      EventKind = "roomMemberPromotedToOwner"
	MemberDemoted       EventKind = "roomMemberDemotedFromOwner"
	JoinRequested       EventKind = "userRequestedToJoinRoom"
	ConnectionRequested EventKind = "connectionRequested"
	ConnectionAccepted  EventKind = "connectionAccepted"
	Injected            EventKind = "injected" // Raw is the event
)

// Event is something that happened, as it was at that moment. Kind says which of the fields after
// Initiator are set.
type Event struct {
	ID        string      `json:"id"`
	MessageID string      `json:"messageId"` // of the message, or of a system message
	Time      int64       `json:"time"`      // milliseconds since 1970
	Kind      EventKind   `json:"kind"`
	Initiator int64       `json:"initiator"`
	Stream    *StreamInfo `json:"stream,omitempty"`  // where it happened
	Room      *Attributes `json:"room,omitempty"`    // of a room that was made or changed
	Message   *Message    `json:"message,omitempty"` // that was sent; its files without their content
	Subject   string      `json:"subject,omitempty"` // id of the message that was suppressed
	Form      *Submission `json:"form,omitempty"`
	Users     []int64     `json:"users,omitempty"` // whom it is about
	Raw       string      `json:"raw,omitempty"`
}

// emit puts an event about a stream, if any, into the datafeeds of its audience.
func (w *World) emit(st *Stream, e *Event, audience []int64) {
	now := w.Now()
	e.ID, e.Time = mintEventID(), now.UnixMilli()
	if e.MessageID == "" {
		e.MessageID = MintID(SystemMark, now)
	}
	if st != nil {
		info := st.Info()
		e.Stream = &info
		st.keepSystemLine(e)
	}
	hears := func(f *Feed) bool { return slices.Contains(audience, f.Owner) }
	copies := 1
	if slices.ContainsFunc(w.state.Feeds, hears) && w.cfg.Faults.DuplicatesEvent() {
		copies = 2
	}
	w.deliver(e, copies, hears)
}

// Inject puts an event that somebody has made up into the service account's datafeeds, and says
// how many they are. at is when it happened, in milliseconds since 1970.
func (w *World) Inject(raw string, at int64) int {
	return w.deliver(&Event{Kind: Injected, Time: at, Initiator: BotID, Raw: raw}, 1, func(f *Feed) bool { return f.Owner == BotID })
}

// deliver puts an event into datafeeds, and says how many they are.
func (w *World) deliver(e *Event, copies int, hears func(*Feed) bool) int {
	var ids []string
	for _, f := range w.state.Feeds {
		if hears(f) {
			f.push(e, copies)
			ids = append(ids, f.ID)
		}
	}
	w.notify(Change{Kind: FeedsChanged, Feeds: ids})
	return len(ids)
}
