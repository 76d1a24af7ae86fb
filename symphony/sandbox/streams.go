package sandbox

import (
	"slices"
	"strings"
)

const (
	typeIM   = "IM"
	typeRoom = "ROOM"
)

// stream is a conversation: a room, or a chat of two or more.
type stream struct {
	ID      string
	Type    string
	Created int64 // milliseconds
	Creator int64
	Active  bool
	Found   int64 // milliseconds: from when on searches find it
	Pinned  string
	Room    attributes
	Members []*member
	Groups  []groupItem
}

// member is somebody in a stream. Who came only with groups leaves with the last of them.
type member struct {
	User    int64
	Owner   bool
	Joined  int64 // milliseconds
	Direct  bool  // added by name, or created the stream
	Through []int64
}

// groupItem is a distribution list in a room.
type groupItem struct {
	ID      int64 `json:"id"`
	AddedBy int64 `json:"addedBy"`
}

func (st *stream) member(user int64) *member {
	for _, m := range st.Members {
		if m.User == user {
			return m
		}
	}
	return nil
}

func (st *stream) memberIDs() []int64 {
	ids := make([]int64, 0, len(st.Members))
	for _, m := range st.Members {
		ids = append(ids, m.User)
	}
	return ids
}

// external tells whether a stream has, or may have, people of another company.
func (s *state) external(st *stream) bool {
	if st.Room.CrossPod {
		return true
	}
	return slices.ContainsFunc(st.Members, func(m *member) bool { return tenantOf(m.User) != homeTenant })
}

// stream finds a conversation by its id in either alphabet.
func (p *Pod) stream(id string) (*stream, error) {
	if st, ok := p.state.streams[canonical(id)]; ok {
		return st, nil
	}
	if !wellFormed(id, streamMark) {
		return nil, badRequest("Invalid stream id: %s", id)
	}
	return nil, badRequest("Could not find a stream with the id %s", id)
}

func (p *Pod) createIM(c *call) (any, error) {
	var ids []int64
	if err := c.decode(&ids); err != nil {
		return nil, err
	}
	st, err := p.openIM(c.caller, ids)
	if err != nil {
		return nil, err
	}
	return map[string]string{"id": st.ID}, nil
}

// openIM gives the chat of these people, which is made when it does not exist.
func (p *Pod) openIM(by *person, ids []int64) (*stream, error) {
	who := []int64{by.ID}
	for _, id := range ids {
		if _, err := p.state.user(id); err != nil {
			return nil, err
		}
		who = addOnce(who, id)
	}
	if len(who) < 2 {
		return nil, badRequest("At least one other user is required")
	}
	if st := p.im(who); st != nil {
		return st, nil
	}
	if err := p.mayChat(by, who); err != nil {
		return nil, err
	}
	return p.makeIM(by, who), nil
}

// mayChat applies the rules of new chats: accounts, connections, the barrier.
func (p *Pod) mayChat(by *person, who []int64) error {
	if len(who) > 2 {
		return badRequest("Chats of more than two people can no longer be created; create a room instead")
	}
	for _, id := range who[1:] {
		other := p.state.people[id]
		switch {
		case !other.Active:
			return badRequest("The user %s is disabled", other.Display)
		case tenantOf(other.ID) != tenantOf(by.ID) && !p.state.Rights.ExternalIMs:
			return errEntitlement
		case !p.connected(by.ID, other.ID):
			return forbidden("%s is not connected to %s", by.Display, other.Display)
		}
	}
	return p.state.barrier(who)
}

func (p *Pod) im(who []int64) *stream {
	for _, st := range p.state.Streams {
		if st.Type == typeIM && sameIDs(st.memberIDs(), who) {
			return st
		}
	}
	return nil
}

func (p *Pod) makeIM(by *person, who []int64) *stream {
	st := &stream{ID: mint(streamMark, p.now()), Type: typeIM, Created: p.now().UnixMilli(), Creator: by.ID, Active: true}
	for _, id := range who {
		st.Members = append(st.Members, &member{User: id, Owner: true, Joined: st.Created, Direct: true})
	}
	st.Room.CrossPod = tenantOf(who[0]) != tenantOf(who[1])
	p.state.addStream(st)
	v := p.state.v4(st)
	for _, id := range who {
		v.Members = append(v.Members, p.state.people[id].v4())
	}
	p.emit(eventIM, by, map[string]any{"stream": v}, who)
	p.showChat(st)
	return st
}

// barrier refuses a conversation that would join both sides of the information barrier.
func (s *state) barrier(who []int64) error {
	var first *person
	for _, id := range who {
		p := s.people[id]
		if p == nil || p.Wall == "" {
			continue
		}
		if first == nil {
			first = p
		}
		if first.Wall != p.Wall {
			return forbidden("Information barrier: %s and %s may not be in one conversation", first.Display, p.Display)
		}
	}
	return nil
}

type streamFilter struct {
	Types []struct {
		Type string `json:"type"`
	} `json:"streamTypes"`
	Inactive bool `json:"includeInactiveStreams"`
}

func (p *Pod) listStreams(c *call) (any, error) {
	var filter streamFilter
	if err := c.decode(&filter); err != nil {
		return nil, err
	}
	skip, limit, err := c.page(50, 1000)
	if err != nil {
		return nil, err
	}
	found := []map[string]any{}
	for _, st := range p.state.Streams {
		if st.member(c.caller.ID) != nil && (st.Active || filter.Inactive) && filter.wants(st.Type) {
			found = append(found, p.streamView(st))
		}
	}
	if found = slice(found, skip, limit); len(found) == 0 {
		return noContent{}, nil
	}
	return found, nil
}

func (f streamFilter) wants(kind string) bool {
	for _, t := range f.Types {
		if strings.EqualFold(t.Type, kind) {
			return true
		}
	}
	return len(f.Types) == 0
}

func (p *Pod) streamView(st *stream) map[string]any {
	v := map[string]any{
		"id": st.ID, "crossPod": st.Room.CrossPod, "active": st.Active, "streamType": map[string]string{"type": st.Type},
	}
	if st.Type == typeRoom {
		v["roomAttributes"] = map[string]any{"name": st.Room.Name}
	} else {
		v["streamAttributes"] = map[string]any{"members": st.memberIDs()}
	}
	return v
}

func (p *Pod) streamInfo(c *call) (any, error) {
	st, err := p.stream(c.params["sid"])
	if err != nil {
		return nil, err
	}
	if st.member(c.caller.ID) == nil && !mayOversee(c.caller) {
		return nil, errEntitlement
	}
	v := p.streamView(st)
	v["origin"] = "INTERNAL"
	if tenantOf(st.Creator) != homeTenant {
		v["origin"] = "EXTERNAL"
	}
	if last := p.lastMessage(st.ID); last != nil {
		v["lastMessageDate"] = last.Time
	}
	if len(st.Groups) > 0 {
		v["roomAttributes"] = map[string]any{"name": st.Room.Name, "groups": st.Groups}
	}
	return v, nil
}

func (p *Pod) imInfo(c *call) (any, error) {
	st, err := p.ownIM(c)
	if err != nil {
		return nil, err
	}
	return st.imView(), nil
}

func (p *Pod) updateIM(c *call) (any, error) {
	st, err := p.ownIM(c)
	if err != nil {
		return nil, err
	}
	var body struct{ PinnedMessageID string }
	if err := c.decode(&body); err != nil {
		return nil, err
	}
	st.Pinned = canonical(body.PinnedMessageID)
	p.touch()
	return st.imView(), nil
}

// ownIM finds a chat that the caller is in.
func (p *Pod) ownIM(c *call) (*stream, error) {
	st, err := p.stream(c.params["id"])
	if err != nil {
		return nil, err
	}
	if st.Type != typeIM || st.member(c.caller.ID) == nil {
		return nil, errEntitlement
	}
	return st, nil
}

func (st *stream) imView() map[string]any {
	pinned := map[string]any{}
	if st.Pinned != "" {
		pinned["pinnedMessageId"] = st.Pinned
	}
	return map[string]any{
		"V1IMAttributes": pinned,
		"IMSystemInfo":   map[string]any{"id": st.ID, "creationDate": st.Created, "active": st.Active},
	}
}

func addOnce(ids []int64, id int64) []int64 {
	if slices.Contains(ids, id) {
		return ids
	}
	return append(ids, id)
}

func sameIDs(a, b []int64) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(id int64) bool { return !slices.Contains(b, id) })
}
