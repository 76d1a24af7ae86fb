package world

import "slices"

// OpenChat gives the chat of somebody and others, which is made when it does not exist.
func (w *World) OpenChat(by *Person, others []int64) (*Stream, error) {
	ids := []int64{by.ID}
	for _, id := range others {
		if _, err := w.User(id); err != nil {
			return nil, err
		}
		ids = addOnce(ids, id)
	}
	if len(ids) < 2 {
		return nil, invalid("At least one other user is required")
	}
	if st := w.findChat(ids); st != nil {
		return st, nil
	}
	if err := w.checkChat(by, ids); err != nil {
		return nil, err
	}
	return w.makeChat(by, ids), nil
}

// checkChat applies the rules of new chats: accounts, connections, the barrier.
func (w *World) checkChat(by *Person, ids []int64) error {
	if len(ids) > 2 {
		return invalid("Chats of more than two people can no longer be created; create a room instead")
	}
	for _, id := range ids[1:] {
		other := w.directory.byID[id]
		switch {
		case !other.Active:
			return invalid("The user %s is disabled", other.Display)
		case !other.IsColleagueOf(by) && !w.state.Rights.ExternalIMs:
			return ErrEntitlement
		case !w.AreConnected(by.ID, other.ID):
			return forbidden("%s is not connected to %s", by.Display, other.Display)
		}
	}
	return w.CheckBarrier(ids)
}

func (w *World) findChat(ids []int64) *Stream {
	for _, st := range w.state.Streams {
		if st.Type == TypeIM && haveSameIDs(st.MemberIDs(), ids) {
			return st
		}
	}
	return nil
}

func haveSameIDs(a, b []int64) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(id int64) bool { return !slices.Contains(b, id) })
}

func (w *World) makeChat(by *Person, ids []int64) *Stream {
	now := w.Now()
	st := &Stream{ID: MintID(StreamMark, now), Type: TypeIM, Created: now.UnixMilli(), Creator: by.ID, Active: true}
	for _, id := range ids {
		st.Members = append(st.Members, &Member{User: id, Owner: true, Joined: st.Created, Direct: true})
	}
	st.Room.CrossPod = CompanyOf(ids[0]) != CompanyOf(ids[1])
	w.keepStream(st)
	w.emit(st, &Event{Kind: ChatCreated, Initiator: by.ID, Users: ids}, ids)
	w.notify(Change{Kind: StreamChanged, Stream: st})
	return st
}

// OwnChat finds a chat that somebody is in.
func (w *World) OwnChat(who *Person, id string) (*Stream, error) {
	st, err := w.FindStream(id)
	if err != nil {
		return nil, err
	}
	if st.Type != TypeIM || !st.HasMember(who.ID) {
		return nil, ErrEntitlement
	}
	return st, nil
}

// PinInChat pins a message in a chat; "" pins none.
func (w *World) PinInChat(st *Stream, messageID string) {
	st.Pinned = CanonicalID(messageID)
	w.noteChange()
}
