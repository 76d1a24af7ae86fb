package world

import "slices"

// Types of streams.
const (
	TypeIM   = "IM"
	TypeRoom = "ROOM"
)

// Stream is a conversation: a room, or a chat of two.
type Stream struct {
	ID      string       `json:"id"`
	Type    string       `json:"type"`
	Created int64        `json:"created"` // milliseconds since 1970
	Creator int64        `json:"creator"`
	Active  bool         `json:"active"`
	Found   int64        `json:"found"` // milliseconds since 1970: from when on searches find it
	Pinned  string       `json:"pinned"`
	Room    Attributes   `json:"room"`
	Members []*Member    `json:"members"`
	Groups  []AddedGroup `json:"groups"`
	Lines   []SystemLine `json:"lines,omitempty"` // oldest first
}

// AddedGroup is a distribution list in a room.
type AddedGroup struct {
	ID      int64 `json:"id"` // the user id of its profile
	AddedBy int64 `json:"addedBy"`
}

// IsRoom reports whether a stream is a room rather than a chat.
func (st *Stream) IsRoom() bool { return st.Type == TypeRoom }

// Member finds somebody in a stream; nil when they are not in it.
func (st *Stream) Member(user int64) *Member {
	at := slices.IndexFunc(st.Members, func(m *Member) bool { return m.User == user })
	if at < 0 {
		return nil
	}
	return st.Members[at]
}

// HasMember reports whether somebody is in a stream.
func (st *Stream) HasMember(user int64) bool { return st.Member(user) != nil }

// IsOwner reports whether somebody owns a stream.
func (st *Stream) IsOwner(user int64) bool {
	m := st.Member(user)
	return m != nil && m.Owner
}

// MemberIDs are the user ids of a stream's members, in the order of joining.
func (st *Stream) MemberIDs() []int64 {
	ids := make([]int64, 0, len(st.Members))
	for _, m := range st.Members {
		ids = append(ids, m.User)
	}
	return ids
}

// IsExternal reports whether a stream has, or may have, people of another company.
func (st *Stream) IsExternal() bool { return st.Room.CrossPod || isExternal(st.companies()) }

func isExternal(companies []int64) bool {
	return slices.ContainsFunc(companies, func(company int64) bool { return company != HomeCompany })
}

// companies are the companies of the members.
func (st *Stream) companies() []int64 {
	var companies []int64
	for _, m := range st.Members {
		companies = addOnce(companies, CompanyOf(m.User))
	}
	return companies
}

// StreamInfo is what messages and events say about their stream: how it was at that moment.
type StreamInfo struct {
	ID        string  `json:"id"`
	Type      string  `json:"type"`
	RoomName  string  `json:"roomName,omitempty"`
	External  bool    `json:"external,omitempty"`
	CrossPod  bool    `json:"crossPod,omitempty"`
	Companies []int64 `json:"companies,omitempty"` // of its members
	Creator   int64   `json:"creator,omitempty"`
	Created   int64   `json:"created,omitempty"` // milliseconds since 1970
}

// HasOutsiders reports whether somebody of another company was in the stream.
func (i StreamInfo) HasOutsiders() bool { return isExternal(i.Companies) }

// Info is a stream as it is now.
func (st *Stream) Info() StreamInfo {
	return StreamInfo{
		ID: st.ID, Type: st.Type, RoomName: st.Room.Name, External: st.IsExternal(), CrossPod: st.Room.CrossPod,
		Companies: st.companies(), Creator: st.Creator, Created: st.Created,
	}
}

// Streams are all conversations, oldest first.
func (w *World) Streams() []*Stream { return w.state.Streams }

// Stream finds a conversation by its id in either alphabet; nil when there is none.
func (w *World) Stream(id string) *Stream { return w.streams[CanonicalID(id)] }

// FindStream finds a conversation by its id in either alphabet, and refuses when there is none.
func (w *World) FindStream(id string) (*Stream, error) {
	if st := w.Stream(id); st != nil {
		return st, nil
	}
	if !IsWellFormedID(id, StreamMark) {
		return nil, invalid("Invalid stream id: %s", id)
	}
	return nil, invalid("Could not find a stream with the id %s", id)
}

// CheckViewer refuses whoever is neither in a stream nor may oversee all of them.
func (st *Stream) CheckViewer(who *Person) error {
	if st.HasMember(who.ID) || who.mayOversee() {
		return nil
	}
	return ErrEntitlement
}
