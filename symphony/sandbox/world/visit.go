package world

// Enter is what a client does with a link to a room: a public one lets people in. With ask, the
// owners of a private one are told who is there.
func (w *World) Enter(who *Person, st *Stream, ask bool) error {
	switch {
	case st.HasMember(who.ID):
		return nil
	case st.IsRoom() && st.Room.Public:
		return w.addMember(who, st, who.ID)
	case !st.IsRoom() || !ask:
		return forbidden("This room is private; ask one of its owners to add you")
	}
	var owners []int64
	for _, m := range st.Members {
		if m.Owner {
			owners = append(owners, m.User)
		}
	}
	w.emit(st, &Event{Kind: JoinRequested, Initiator: who.ID, Users: owners}, append([]int64{who.ID}, owners...))
	return forbidden("This room is private; its owners have been asked to add you")
}

// Leave takes somebody out of a room at their own wish.
func (w *World) Leave(who *Person, st *Stream) error {
	if !st.IsRoom() || !st.HasMember(who.ID) {
		return invalid("%s is not in this room", who.Display)
	}
	w.leave(who, st, who.ID)
	return nil
}
