package world

import "slices"

// Member is somebody in a stream. Who came only with groups leaves with the last of them.
type Member struct {
	User    int64   `json:"user"`
	Owner   bool    `json:"owner"`
	Joined  int64   `json:"joined"` // milliseconds since 1970
	Direct  bool    `json:"direct"` // added by name, or created the stream
	Through []int64 `json:"through,omitempty"`
}

// AddMember adds a person, or everybody behind a distribution list, to an active room. Somebody of
// another company is invited and comes in later.
func (w *World) AddMember(by *Person, st *Stream, id int64) error {
	if err := checkActive(st); err != nil {
		return err
	}
	return w.addMember(by, st, id)
}

func checkActive(st *Stream) error {
	if !st.Active {
		return invalid("The room is deactivated; its membership cannot be changed")
	}
	return nil
}

func (w *World) addMember(by *Person, st *Stream, id int64) error {
	if !mayAdd(by, st, id) {
		return ErrEntitlement
	}
	if g := w.ActiveGroup(id); g != nil && w.MaySeeGroup(by, g) {
		return w.addGroup(by, st, g)
	}
	who, err := w.User(id)
	if err != nil {
		return err
	}
	if m := st.Member(id); m != nil {
		m.Direct = true // adding somebody again changes nothing they could see
		return nil
	}
	if err := w.checkMember(by, st, who); err != nil {
		return err
	}
	switch {
	case who.IsColleagueOf(by):
		w.join(by, st, who, 0)
	case !w.IsInvited(st, id):
		w.invitePerson(by, st, who)
	}
	return nil
}

// mayAdd reports whether somebody may add: owners, members where members may invite, overseers,
// and everybody themselves to a public room.
func mayAdd(by *Person, st *Stream, id int64) bool {
	m := st.Member(by.ID)
	if m != nil && (m.Owner || st.Room.MembersCanInvite) {
		return true
	}
	return (m == nil && by.mayOversee()) || (by.ID == id && st.Room.Public)
}

// checkMember applies the rules of who may be in a room: active accounts, connected outsiders in
// external rooms, one side of the barrier.
func (w *World) checkMember(by *Person, st *Stream, who *Person) error {
	outside := !who.IsColleagueOf(by)
	switch {
	case !who.Active:
		return invalid("The user %s is disabled", who.Display)
	case outside && !st.Room.CrossPod:
		return forbidden("%s belongs to another company, and the room is internal", who.Display)
	case outside && !w.AreConnected(by.ID, who.ID):
		return forbidden("%s is not connected to %s", who.Display, by.Display)
	case outside && !st.Room.MultiLateral && len(addOnce(w.companiesWithInvited(st), CompanyOf(who.ID))) > 2:
		return forbidden("The room may hold people of two companies only")
	}
	return w.CheckBarrier(append(st.MemberIDs(), who.ID))
}

// join puts somebody into a stream; through is the group they come with, or 0.
func (w *World) join(by *Person, st *Stream, who *Person, through int64) {
	m := &Member{User: who.ID, Joined: w.Now().UnixMilli(), Direct: through == 0}
	if through != 0 {
		m.Through = []int64{through}
	}
	st.Members = append(st.Members, m)
	w.emitMember(MemberJoined, by, st, who.ID, st.MemberIDs())
	w.notify(Change{Kind: StreamChanged, Stream: st})
}

func (w *World) emitMember(kind EventKind, by *Person, st *Stream, user int64, audience []int64) {
	w.emit(st, &Event{Kind: kind, Initiator: by.ID, Users: []int64{user}}, audience)
}

// addGroup adds everybody in a distribution list; one whom a rule keeps out keeps out the list.
func (w *World) addGroup(by *Person, st *Stream, g *Group) error {
	if err := w.CheckBarrier(append(st.MemberIDs(), g.MemberIDs()...)); err != nil {
		return err
	}
	if slices.ContainsFunc(st.Groups, func(added AddedGroup) bool { return added.ID == g.Profile }) {
		return nil
	}
	st.Groups = append(st.Groups, AddedGroup{ID: g.Profile, AddedBy: by.ID})
	for _, id := range g.MemberIDs() {
		w.joinThrough(by, st, id, g.Profile)
	}
	w.notify(Change{Kind: StreamChanged, Stream: st})
	return nil
}

func (w *World) joinThrough(by *Person, st *Stream, id, group int64) {
	who := w.directory.byID[id]
	if who == nil || !who.Active {
		return
	}
	if m := st.Member(id); m != nil {
		m.Through = addOnce(m.Through, group)
		return
	}
	w.join(by, st, who, group)
}

// RemoveMember takes a person, or a distribution list, out of an active room.
func (w *World) RemoveMember(by *Person, st *Stream, id int64) error {
	if err := checkActive(st); err != nil {
		return err
	}
	m := st.Member(by.ID)
	if id != by.ID && !st.IsOwner(by.ID) && !by.HasRole(RoleUsers) && (m != nil || !by.mayOversee()) {
		return ErrEntitlement
	}
	if w.ActiveGroup(id) != nil {
		return w.removeGroup(by, st, id)
	}
	if _, err := w.User(id); err != nil {
		return err
	}
	invited := w.withdrawInvitation(st, id)
	switch {
	case st.HasMember(id):
		w.leave(by, st, id)
	case !invited:
		return invalid("The user %d is not a member of the room", id)
	default:
		w.noteChange()
	}
	return nil
}

func (w *World) removeGroup(by *Person, st *Stream, id int64) error {
	at := slices.IndexFunc(st.Groups, func(added AddedGroup) bool { return added.ID == id })
	if at < 0 {
		return invalid("The group %d is not in the room", id)
	}
	st.Groups = slices.Delete(st.Groups, at, at+1)
	for _, m := range slices.Clone(st.Members) {
		m.Through = slices.DeleteFunc(m.Through, func(through int64) bool { return through == id })
		if !m.Direct && len(m.Through) == 0 {
			w.leave(by, st, m.User)
		}
	}
	w.notify(Change{Kind: StreamChanged, Stream: st})
	return nil
}

// leave takes somebody out. When the last owner goes, the member of longest standing who is no
// service account follows.
func (w *World) leave(by *Person, st *Stream, id int64) {
	audience := st.MemberIDs()
	st.Members = slices.DeleteFunc(st.Members, func(m *Member) bool { return m.User == id })
	w.emitMember(MemberLeft, by, st, id, audience)
	if !slices.ContainsFunc(st.Members, isOwner) {
		heir := slices.IndexFunc(st.Members, func(m *Member) bool { return w.directory.byID[m.User].Type == TypeNormal })
		if heir >= 0 {
			st.Members[heir].Owner = true
		}
	}
	w.notify(Change{Kind: StreamChanged, Stream: st})
	w.notify(Change{Kind: MemberGone, Stream: st, User: id})
}

func isOwner(m *Member) bool { return m.Owner }
