package sandbox

import (
	"slices"
	"strings"
	"unicode"
)

// keyword is a room's label and its value.
type keyword struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// attributes describe a room, in the words of the pod's API.
type attributes struct {
	Name             string    `json:"name"`
	Keywords         []keyword `json:"keywords,omitempty"`
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

// roomRequest is what create and update take: what is absent stays as it is.
type roomRequest struct {
	Name             *string    `json:"name"`
	Keywords         *[]keyword `json:"keywords"`
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

// on lays a request over attributes.
func (r roomRequest) on(a attributes) attributes {
	lay(&a.Name, r.Name)
	lay(&a.Keywords, r.Keywords)
	lay(&a.Description, r.Description)
	lay(&a.MembersCanInvite, r.MembersCanInvite)
	lay(&a.Discoverable, r.Discoverable)
	lay(&a.Public, r.Public)
	lay(&a.ReadOnly, r.ReadOnly)
	lay(&a.CopyProtected, r.CopyProtected)
	lay(&a.CrossPod, r.CrossPod)
	lay(&a.ViewHistory, r.ViewHistory)
	lay(&a.MultiLateral, r.MultiLateral)
	lay(&a.ScheduledMeeting, r.ScheduledMeeting)
	lay(&a.Pinned, r.Pinned)
	a.Pinned = canonical(a.Pinned)
	a.Name = strings.TrimFunc(a.Name, unicode.IsSpace)
	return a
}

func lay[T any](field *T, value *T) {
	if value != nil {
		*field = *value
	}
}

// roomView is a room as create, info, update and search show it.
type roomView struct {
	Attributes attributes  `json:"roomAttributes"`
	System     systemInfo  `json:"roomSystemInfo"`
	Groups     []groupItem `json:"groups,omitempty"`
}

type systemInfo struct {
	ID      string `json:"id"`
	Created int64  `json:"creationDate"`
	Creator int64  `json:"createdByUserId"`
	Active  bool   `json:"active"`
}

func (st *stream) view() roomView {
	return roomView{Attributes: st.Room, System: st.system(), Groups: st.Groups}
}

func (st *stream) system() systemInfo {
	return systemInfo{ID: st.ID, Created: st.Created, Creator: st.Creator, Active: st.Active}
}

func (p *Pod) createRoom(c *call) (any, error) {
	var body roomRequest
	if err := c.decode(&body); err != nil {
		return nil, err
	}
	wanted := body.on(attributes{})
	if err := p.mayCreate(wanted); err != nil {
		return nil, err
	}
	st := &stream{
		ID: mint(streamMark, c.now), Type: typeRoom, Created: c.now.UnixMilli(), Creator: c.caller.ID, Active: true, Room: wanted,
		Members: []*member{{User: c.caller.ID, Owner: true, Joined: c.now.UnixMilli(), Direct: true}},
	}
	st.Found = c.now.Add(p.searchLag()).UnixMilli()
	p.state.addStream(st)
	p.emitRoom(eventCreated, "roomProperties", st, c.caller)
	p.showChat(st)
	return st.view(), nil
}

func (p *Pod) emitRoom(event, key string, st *stream, by *person) {
	p.emit(event, by, map[string]any{"stream": p.state.v4(st), key: p.state.v4Room(st)}, st.memberIDs())
}

// room finds a stream that is a room.
func (p *Pod) room(id string) (*stream, error) {
	st, err := p.stream(id)
	if err != nil {
		return nil, err
	}
	if st.Type != typeRoom {
		return nil, badRequest("The stream %s is not a room", id)
	}
	return st, nil
}

// mayOversee tells who may look into rooms without being in them.
func mayOversee(who *person) bool { return who.has(roleCompliance) || who.has(roleUsers) }

func (p *Pod) roomInfo(c *call) (any, error) {
	st, err := p.room(c.params["id"])
	if err != nil {
		return nil, err
	}
	if st.member(c.caller.ID) == nil && !mayOversee(c.caller) {
		return nil, errEntitlement
	}
	return st.view(), nil
}

func (p *Pod) updateRoom(c *call) (any, error) {
	st, err := p.room(c.params["id"])
	if err != nil {
		return nil, err
	}
	if err := mayOwn(st, c.caller); err != nil {
		return nil, err
	}
	var body roomRequest
	if err := c.decode(&body); err != nil {
		return nil, err
	}
	if body == (roomRequest{}) {
		return nil, badRequest("At least one attribute must be supplied")
	}
	wanted := body.on(st.Room)
	if err := p.mayUpdate(st, body, wanted); err != nil {
		return nil, err
	}
	st.Room = wanted
	p.emitRoom(eventUpdated, "newRoomProperties", st, c.caller)
	p.showChat(st)
	return st.view(), nil
}

// mayOwn allows a room's owners, and administrators.
func mayOwn(st *stream, who *person) error {
	if m := st.member(who.ID); (m != nil && m.Owner) || who.has(roleUsers) {
		return nil
	}
	return errEntitlement
}

func (p *Pod) setActive(c *call) (any, error) {
	st, err := p.room(c.params["id"])
	if err != nil {
		return nil, err
	}
	if mayOwn(st, c.caller) != nil && !c.caller.has(roleCompliance) {
		return nil, errEntitlement
	}
	wanted, given := c.flag("active")
	if !given {
		return nil, badRequest("The parameter active must be true or false")
	}
	if wanted && len(st.Members) == 0 {
		return nil, badRequest("A room without members cannot be reactivated")
	}
	p.activate(st, wanted, c.caller)
	a := st.Room
	return map[string]any{
		"roomAttributes": map[string]any{
			"name": a.Name, "description": a.Description, "membersCanInvite": a.MembersCanInvite, "discoverable": a.Discoverable,
		},
		"roomSystemInfo": st.system(),
		"immutableRoomAttributes": map[string]any{
			"readOnly": a.ReadOnly, "copyProtected": a.CopyProtected, "public": a.Public,
		},
	}, nil
}

func (p *Pod) activate(st *stream, active bool, by *person) {
	if st.Active == active {
		return
	}
	st.Active = active
	event, v := eventReactivated, p.state.v4(st)
	if !active {
		event, v = eventDeactivated, v4Stream{StreamID: st.ID, StreamType: st.Type}
	}
	p.emit(event, by, map[string]any{"stream": v}, st.memberIDs())
	p.showChat(st)
}

func (s *state) roomNamed(name string, but *stream) bool {
	return slices.ContainsFunc(s.Streams, func(st *stream) bool {
		return st != but && st.Type == typeRoom && nameKey(st.Room.Name) == nameKey(name)
	})
}

// nameKey is what makes two room names the same: "R O O M 1" is "room1".
func nameKey(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, name)
}
