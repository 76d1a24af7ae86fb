package world

import (
	"slices"
	"strings"
	"unicode"
)

// Keyword is a room's label and its value.
type Keyword struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// Attributes describe a room, in the words of the service.
type Attributes struct {
	Name             string    `json:"name"`
	Keywords         []Keyword `json:"keywords,omitempty"`
	Description      string    `json:"description"`
	MembersCanInvite bool      `json:"membersCanInvite"`
	Discoverable     bool      `json:"discoverable"`
	ReadOnly         bool      `json:"readOnly"`
	CopyProtected    bool      `json:"copyProtected"`
	CrossPod         bool      `json:"crossPod"`
	ViewHistory      bool      `json:"viewHistory"`
	MultiLateral     bool      `json:"multiLateralRoom"`
	ScheduledMeeting bool      `json:"scheduledMeeting"`
	Public           bool      `json:"public"`
	GroupChat        bool      `json:"groupChat"`
	Pinned           string    `json:"pinnedMessageId,omitempty"`
}

// RoomChange is what somebody wants of a room, in the words of the service: what is nil stays as
// it is.
type RoomChange struct {
	Name             *string    `json:"name"`
	Keywords         *[]Keyword `json:"keywords"`
	Description      *string    `json:"description"`
	MembersCanInvite *bool      `json:"membersCanInvite"`
	Discoverable     *bool      `json:"discoverable"`
	Public           *bool      `json:"public"`
	ReadOnly         *bool      `json:"readOnly"`
	CopyProtected    *bool      `json:"copyProtected"`
	CrossPod         *bool      `json:"crossPod"`
	ViewHistory      *bool      `json:"viewHistory"`
	MultiLateral     *bool      `json:"multiLateralRoom"`
	ScheduledMeeting *bool      `json:"scheduledMeeting"`
	Pinned           *string    `json:"pinnedMessageId"`
}

// applyTo lays a change over attributes.
func (c RoomChange) applyTo(a Attributes) Attributes {
	setGiven(&a.Name, c.Name)
	setGiven(&a.Keywords, c.Keywords)
	setGiven(&a.Description, c.Description)
	setGiven(&a.MembersCanInvite, c.MembersCanInvite)
	setGiven(&a.Discoverable, c.Discoverable)
	setGiven(&a.Public, c.Public)
	setGiven(&a.ReadOnly, c.ReadOnly)
	setGiven(&a.CopyProtected, c.CopyProtected)
	setGiven(&a.CrossPod, c.CrossPod)
	setGiven(&a.ViewHistory, c.ViewHistory)
	setGiven(&a.MultiLateral, c.MultiLateral)
	setGiven(&a.ScheduledMeeting, c.ScheduledMeeting)
	setGiven(&a.Pinned, c.Pinned)
	a.Pinned = CanonicalID(a.Pinned)
	a.Name = strings.TrimFunc(a.Name, unicode.IsSpace)
	return a
}

func setGiven[T any](field *T, value *T) {
	if value != nil {
		*field = *value
	}
}

// FindRoom finds a stream that is a room, and refuses when there is none.
func (w *World) FindRoom(id string) (*Stream, error) {
	st, err := w.FindStream(id)
	if err != nil {
		return nil, err
	}
	if !st.IsRoom() {
		return nil, invalid("The stream %s is not a room", id)
	}
	return st, nil
}

// CreateRoom makes a room, whose only member and owner is who makes it.
func (w *World) CreateRoom(by *Person, change RoomChange) (*Stream, error) {
	attributes := change.applyTo(newAttributes(change))
	if err := w.checkNewRoom(by, attributes); err != nil {
		return nil, err
	}
	now := w.Now()
	st := &Stream{
		ID: MintID(StreamMark, now), Type: TypeRoom, Created: now.UnixMilli(), Creator: by.ID, Active: true, Room: attributes,
		Members: []*Member{{User: by.ID, Owner: true, Joined: now.UnixMilli(), Direct: true}},
		Found:   now.UnixMilli() + w.cfg.Faults.SearchLag(),
	}
	w.keepStream(st)
	w.emitRoom(RoomCreated, st, by)
	w.notify(Change{Kind: StreamChanged, Stream: st})
	return st, nil
}

// UpdateRoom changes a room's attributes.
func (w *World) UpdateRoom(by *Person, st *Stream, change RoomChange) error {
	if err := checkOwnership(st, by); err != nil {
		return err
	}
	if change == (RoomChange{}) {
		return invalid("At least one attribute must be supplied")
	}
	attributes := change.applyTo(st.Room)
	if err := w.checkRoomChange(st, change, attributes); err != nil {
		return err
	}
	w.setAttributes(st, attributes)
	w.emitRoom(RoomUpdated, st, by)
	w.notify(Change{Kind: StreamChanged, Stream: st})
	return nil
}

// newAttributes are a new room's where the change says nothing. What a public room cannot be
// without is only refused where somebody asks for it.
func newAttributes(change RoomChange) Attributes {
	public := change.Public != nil && *change.Public
	return Attributes{ViewHistory: public, Discoverable: public, MembersCanInvite: public}
}

func (w *World) emitRoom(kind EventKind, st *Stream, by *Person) {
	attributes := st.Room
	w.emit(st, &Event{Kind: kind, Initiator: by.ID, Room: &attributes}, st.MemberIDs())
}

// SetActive deactivates or reactivates a room.
func (w *World) SetActive(by *Person, st *Stream, active bool) error {
	if checkOwnership(st, by) != nil && !by.HasRole(RoleCompliance) {
		return ErrEntitlement
	}
	if active && len(st.Members) == 0 {
		return invalid("A room without members cannot be reactivated")
	}
	if st.Active == active {
		return nil
	}
	st.Active = active
	kind := RoomDeactivated
	if active {
		kind = RoomReactivated
	}
	w.emit(st, &Event{Kind: kind, Initiator: by.ID}, st.MemberIDs())
	w.notify(Change{Kind: StreamChanged, Stream: st})
	return nil
}

// hasRoomNamed reports whether a room other than this one has this name.
func (w *World) hasRoomNamed(name string, other *Stream) bool {
	return slices.ContainsFunc(w.named[NameKey(name)], func(st *Stream) bool { return st != other })
}

// setAttributes changes what a room is, and the index of names with it.
func (w *World) setAttributes(st *Stream, a Attributes) {
	old := NameKey(st.Room.Name)
	w.named[old] = slices.DeleteFunc(w.named[old], func(other *Stream) bool { return other == st })
	if len(w.named[old]) == 0 {
		delete(w.named, old)
	}
	st.Room = a
	w.named[NameKey(a.Name)] = append(w.named[NameKey(a.Name)], st)
}

// NameKey is what makes two room names the same: "R O O M 1" is "room1".
func NameKey(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, name)
}
