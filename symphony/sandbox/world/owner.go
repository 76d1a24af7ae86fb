package world

import "slices"

// Promote makes a member an owner. Who is to own a public room must be entitled to make one.
func (w *World) Promote(by *Person, st *Stream, id int64) error {
	m, err := w.memberToChange(by, st, id)
	if err != nil {
		return err
	}
	if st.Room.Public && !w.mayMakePublicRooms(w.directory.byID[id]) {
		return ErrEntitlement
	}
	w.setOwner(by, st, m, true)
	return nil
}

// Demote makes an owner a plain member, unless nobody else owns the room.
func (w *World) Demote(by *Person, st *Stream, id int64) error {
	m, err := w.memberToChange(by, st, id)
	if err != nil {
		return err
	}
	if m.Owner && !slices.ContainsFunc(st.Members, func(other *Member) bool { return other != m && other.Owner }) {
		return invalid("The last owner of a room cannot be demoted")
	}
	w.setOwner(by, st, m, false)
	return nil
}

// memberToChange finds the member whose ownership is to change, and checks the right to it.
func (w *World) memberToChange(by *Person, st *Stream, id int64) (*Member, error) {
	if err := checkActive(st); err != nil {
		return nil, err
	}
	if err := checkOwnership(st, by); err != nil {
		return nil, err
	}
	if _, err := w.User(id); err != nil {
		return nil, err
	}
	m := st.Member(id)
	if m == nil {
		return nil, invalid("The user %d is not a member of the room", id)
	}
	return m, nil
}

func (w *World) setOwner(by *Person, st *Stream, m *Member, owner bool) {
	if m.Owner == owner {
		return
	}
	m.Owner = owner
	kind := MemberDemoted
	if owner {
		kind = MemberPromoted
	}
	w.emitMember(kind, by, st, m.User, st.MemberIDs())
	w.notify(Change{Kind: StreamChanged, Stream: st})
}
