package sandbox

import "slices"

// memberView is a member as the membership list shows it.
type memberView struct {
	ID      int64   `json:"id"`
	Owner   bool    `json:"owner"`
	Joined  int64   `json:"joinDate"`
	Through []int64 `json:"addedThroughGroups,omitempty"`
}

func (st *stream) memberViews() []memberView {
	views := make([]memberView, 0, len(st.Members))
	for _, m := range st.Members {
		views = append(views, memberView{ID: m.User, Owner: m.Owner, Joined: m.Joined, Through: m.Through})
	}
	return views
}

func (p *Pod) listMembers(c *call) (any, error) {
	st, err := p.room(c.params["id"])
	if err != nil {
		return nil, err
	}
	if st.member(c.caller.ID) == nil && !mayOversee(c.caller) {
		return nil, errEntitlement
	}
	return st.memberViews(), nil
}

// change reads what every membership change has: an active room and the id in the body.
func (p *Pod) change(c *call) (*stream, int64, error) {
	st, err := p.room(c.params["id"])
	if err != nil {
		return nil, 0, err
	}
	var body struct{ ID *int64 }
	if err := c.decode(&body); err != nil {
		return nil, 0, err
	}
	if body.ID == nil {
		return nil, 0, badRequest("The field id is required")
	}
	if !st.Active {
		return nil, 0, badRequest("The room is deactivated; its membership cannot be changed")
	}
	return st, *body.ID, nil
}

func (p *Pod) addMember(c *call) (any, error) {
	st, id, err := p.change(c)
	if err != nil {
		return nil, err
	}
	if err := p.add(st, id, c.caller); err != nil {
		return nil, err
	}
	return success("Member added"), nil
}

// add adds a person, or everybody behind a distribution list.
func (p *Pod) add(st *stream, id int64, by *person) error {
	if err := mayAdd(st, id, by); err != nil {
		return err
	}
	if g := p.state.groupOf(id); g != nil {
		return p.addGroup(st, g, by)
	}
	who, err := p.state.user(id)
	if err != nil {
		return err
	}
	if m := st.member(id); m != nil {
		m.Direct = true // adding somebody again changes nothing they could see
		return nil
	}
	if err := p.mayJoin(st, who, by); err != nil {
		return err
	}
	p.join(st, who, by, 0)
	return nil
}

// mayAdd tells who may add: owners, members where members may invite, overseers, and everybody themselves to a public room.
func mayAdd(st *stream, id int64, by *person) error {
	m := st.member(by.ID)
	switch {
	case m != nil && (m.Owner || st.Room.MembersCanInvite), m == nil && mayOversee(by), by.ID == id && st.Room.Public:
		return nil
	}
	return errEntitlement
}

// mayJoin tells who may be in a room: active accounts, connected outsiders in external rooms, one side of the barrier.
func (p *Pod) mayJoin(st *stream, who, by *person) error {
	outside := tenantOf(who.ID) != tenantOf(by.ID)
	switch {
	case !who.Active:
		return badRequest("The user %s is disabled", who.Display)
	case outside && !st.Room.CrossPod:
		return forbidden("%s belongs to another company, and the room is internal", who.Display)
	case outside && !p.connected(by.ID, who.ID):
		return forbidden("%s is not connected to %s", who.Display, by.Display)
	case outside && !st.Room.MultiLateral && p.thirdCompany(st, who):
		return forbidden("The room may hold people of two companies only")
	}
	return p.state.barrier(append(st.memberIDs(), who.ID))
}

func (p *Pod) thirdCompany(st *stream, who *person) bool {
	companies := []int64{tenantOf(who.ID)}
	for _, m := range st.Members {
		companies = addOnce(companies, tenantOf(m.User))
	}
	return len(companies) > 2
}

// join puts somebody into a stream; through is the group they come with, or 0.
func (p *Pod) join(st *stream, who, by *person, through int64) {
	m := &member{User: who.ID, Joined: p.now().UnixMilli(), Direct: through == 0}
	if through != 0 {
		m.Through = []int64{through}
	}
	st.Members = append(st.Members, m)
	p.emitMember(eventJoined, st, who, by, st.memberIDs())
	p.showChat(st)
}

func (p *Pod) emitMember(event string, st *stream, who, by *person, audience []int64) {
	p.emit(event, by, map[string]any{"stream": p.state.v4(st), "affectedUser": who.v4()}, audience)
}

// addGroup adds everybody in a distribution list; one whom a rule keeps out keeps out the list.
func (p *Pod) addGroup(st *stream, g *group, by *person) error {
	everybody := append(st.memberIDs(), g.memberIDs()...)
	if err := p.state.barrier(everybody); err != nil {
		return err
	}
	if slices.ContainsFunc(st.Groups, func(item groupItem) bool { return item.ID == g.Profile }) {
		return nil
	}
	st.Groups = append(st.Groups, groupItem{ID: g.Profile, AddedBy: by.ID})
	for _, id := range g.memberIDs() {
		p.joinThrough(st, p.state.people[id], by, g.Profile)
	}
	p.showChat(st)
	p.touch()
	return nil
}

func (p *Pod) joinThrough(st *stream, who, by *person, through int64) {
	if who == nil || !who.Active {
		return
	}
	if m := st.member(who.ID); m != nil {
		m.Through = addOnce(m.Through, through)
		return
	}
	p.join(st, who, by, through)
}

func (p *Pod) removeMember(c *call) (any, error) {
	st, id, err := p.change(c)
	if err != nil {
		return nil, err
	}
	m := st.member(c.caller.ID)
	allowed := id == c.caller.ID || (m != nil && m.Owner) || c.caller.has(roleUsers) || (m == nil && mayOversee(c.caller))
	if !allowed {
		return nil, errEntitlement
	}
	if err := p.remove(st, id, c.caller); err != nil {
		return nil, err
	}
	return success("Member removed"), nil
}

func (p *Pod) remove(st *stream, id int64, by *person) error {
	if p.state.groupOf(id) != nil {
		return p.removeGroup(st, id, by)
	}
	if _, err := p.state.user(id); err != nil {
		return err
	}
	if st.member(id) == nil {
		return badRequest("The user %d is not a member of the room", id)
	}
	p.leave(st, id, by)
	return nil
}

func (p *Pod) removeGroup(st *stream, id int64, by *person) error {
	at := slices.IndexFunc(st.Groups, func(item groupItem) bool { return item.ID == id })
	if at < 0 {
		return badRequest("The group %d is not in the room", id)
	}
	st.Groups = slices.Delete(st.Groups, at, at+1)
	for _, m := range slices.Clone(st.Members) {
		m.Through = slices.DeleteFunc(m.Through, func(g int64) bool { return g == id })
		if !m.Direct && len(m.Through) == 0 {
			p.leave(st, m.User, by)
		}
	}
	p.showChat(st)
	return nil
}

// leave takes somebody out; when the last owner goes, the member of longest standing who is no service account follows.
func (p *Pod) leave(st *stream, id int64, by *person) {
	audience := st.memberIDs()
	st.Members = slices.DeleteFunc(st.Members, func(m *member) bool { return m.User == id })
	p.emitMember(eventLeft, st, p.state.people[id], by, audience)
	if !slices.ContainsFunc(st.Members, func(m *member) bool { return m.Owner }) {
		for _, m := range st.Members {
			if p.state.people[m.User].Type == typeNormal {
				m.Owner = true
				break
			}
		}
	}
	p.showChat(st)
	p.showGone(st, id)
}
