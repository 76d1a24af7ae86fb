package world

import "slices"

// SystemLine is what a room shows of a change between its messages, as clients write it there.
type SystemLine struct {
	ID   string    `json:"id"`   // of the system message
	Time int64     `json:"time"` // milliseconds since 1970
	Kind EventKind `json:"kind"`
	By   int64     `json:"by"`             // who made the change
	User int64     `json:"user,omitempty"` // whom it is about
	Name string    `json:"name,omitempty"` // that the room was given
}

// maxSystemLines bounds what a room keeps: beyond it the oldest tenth is forgotten.
const maxSystemLines = 2000

// keepSystemLine keeps what a room shows of an event, if anything.
func (st *Stream) keepSystemLine(e *Event) {
	line := SystemLine{ID: e.MessageID, Time: e.Time, Kind: e.Kind, By: e.Initiator}
	switch e.Kind {
	case MemberJoined, MemberLeft, MemberPromoted, MemberDemoted:
		line.User = e.Users[0]
	case RoomCreated:
		line.Name = e.Room.Name
	case RoomUpdated:
		if e.Room.Name != st.lastName() {
			line.Name = e.Room.Name
		}
	case RoomDeactivated, RoomReactivated:
	default:
		return
	}
	st.Lines = append(st.Lines, line)
	if len(st.Lines) > maxSystemLines {
		st.Lines = slices.Clone(st.Lines[maxSystemLines/10:])
	}
}

// lastName is the name that the kept lines give the room; without one, the name that it has.
func (st *Stream) lastName() string {
	for _, line := range slices.Backward(st.Lines) {
		if line.Name != "" {
			return line.Name
		}
	}
	return st.Room.Name
}

// SystemLinesFor are a stream's system lines that somebody sees, oldest first: members see those
// from their own joining on where history is not shared.
func (st *Stream) SystemLinesFor(who *Person) []SystemLine {
	member := st.Member(who.ID)
	if member == nil {
		return nil
	}
	var lines []SystemLine
	for _, line := range st.Lines {
		if st.Room.ViewHistory || line.Time >= member.Joined {
			lines = append(lines, line)
		}
	}
	return lines
}
