package sandbox

import "slices"

// Room is a room as it stands in the pod, for tests.
type Room struct {
	StreamID    string
	Name        string
	Description string
	Keywords    map[string]string
	Flags       map[string]bool // by the API's names, e.g. "readOnly"
	Active      bool
	CreatedBy   string       // username
	Members     []RoomMember // in the order of joining
	Groups      []string     // names of the distribution lists in the room
}

// RoomMember is somebody in a room.
type RoomMember struct {
	Username string
	Owner    bool
	Through  []string // names of the groups they came with
}

// Member finds a member by username.
func (r Room) Member(username string) (RoomMember, bool) {
	at := slices.IndexFunc(r.Members, func(m RoomMember) bool { return m.Username == username })
	if at < 0 {
		return RoomMember{}, false
	}
	return r.Members[at], true
}

// Rooms gives all rooms of the pod, oldest first.
func (p *Pod) Rooms() []Room {
	p.mu.Lock()
	defer p.mu.Unlock()
	var rooms []Room
	for _, st := range p.state.Streams {
		if st.Type == typeRoom {
			rooms = append(rooms, p.seen(st))
		}
	}
	return rooms
}

// RoomNamed gives the room of that name, the way the pod compares names: without case and blanks.
func (p *Pod) RoomNamed(name string) (Room, bool) {
	rooms := p.Rooms()
	at := slices.IndexFunc(rooms, func(r Room) bool { return nameKey(r.Name) == nameKey(name) })
	if at < 0 {
		return Room{}, false
	}
	return rooms[at], true
}

func (p *Pod) seen(st *stream) Room {
	a := st.Room
	r := Room{
		StreamID: st.ID, Name: a.Name, Description: a.Description, Keywords: map[string]string{}, Active: st.Active,
		CreatedBy: p.state.people[st.Creator].Username,
		Flags: map[string]bool{
			"membersCanInvite": a.MembersCanInvite, "discoverable": a.Discoverable, "public": a.Public, "readOnly": a.ReadOnly,
			"copyProtected": a.CopyProtected, "crossPod": a.CrossPod, "viewHistory": a.ViewHistory, "multiLateralRoom": a.MultiLateral,
		},
	}
	for _, k := range a.Keywords {
		r.Keywords[k.Key] = k.Value
	}
	for _, m := range p.memberStates(st) {
		r.Members = append(r.Members, RoomMember{Username: m.Username, Owner: m.Owner, Through: m.Through})
	}
	for _, item := range st.Groups {
		if g := p.state.groupOf(item.ID); g != nil {
			r.Groups = append(r.Groups, g.Name)
		}
	}
	return r
}

// Fail switches a fault on.
func (p *Pod) Fail(f Fault) (Fault, error) {
	added, err := p.addFault(f)
	if err != nil {
		return Fault{}, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.showFaults()
	return added, nil
}

// Inject delivers an event as it is, JSON, to all datafeeds of the bot: for events the sandbox does not make itself.
func (p *Pod) Inject(event []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.inject(event)
}

// Heal takes all faults away.
func (p *Pod) Heal() {
	p.faults.remove("")
	p.mu.Lock()
	defer p.mu.Unlock()
	p.showFaults()
}

// Calls gives the wire log, oldest first: the latest calls of the API, without secrets.
func (p *Pod) Calls() []Call { return p.wire.after(0, maxCalls) }

// Operation is one operation of the vendor's API as the sandbox knows it.
type Operation struct {
	Method, Path, Name string
	Implemented        bool
}

// Operations lists the vendor's operations that the sandbox answers, and those it knows and refuses.
func (p *Pod) Operations() []Operation {
	missing := map[string]bool{}
	for _, r := range absentRoutes() {
		missing[r.name] = true
	}
	var list []Operation
	for _, r := range p.api.routes {
		list = append(list, Operation{Method: r.method, Path: r.path, Name: r.name, Implemented: !missing[r.name]})
	}
	return list
}
