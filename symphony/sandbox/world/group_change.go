package world

import "strings"

// GroupChange is what somebody wants a group to be. What is nil stays as it is.
type GroupChange struct {
	Name         string
	Status       string
	Members      *[]int64
	Details      *string
	Restrictions Restrictions
}

// firstMadeGroup lies below the user ids of the groups that are made after the first ones.
const firstMadeGroup = HomeCompany<<companyBits + 1000

// CreateGroup makes a distribution list.
func (w *World) CreateGroup(by *Person, change GroupChange) (*Group, error) {
	if err := w.checkGroup(change); err != nil {
		return nil, err
	}
	w.state.LastUser++
	g := newGroup(change.Name, firstMadeGroup+w.state.LastUser, by.ID, w.Now())
	w.applyGroupChange(g, change)
	w.state.Groups = append(w.state.Groups, g)
	w.noteChange()
	return g, nil
}

// UpdateGroup changes a distribution list, unless it is no longer as it was read.
func (w *World) UpdateGroup(by *Person, g *Group, tag string, change GroupChange) error {
	if tag != g.ETag {
		return refuse(Conflict, "The group was changed by somebody else; read it again")
	}
	if err := w.checkGroup(change); err != nil {
		return err
	}
	w.applyGroupChange(g, change)
	g.Name = change.Name
	if change.Status == StatusDeleted || change.Status == StatusActive {
		g.Status = change.Status
	}
	w.noteGroupChange(by, g)
	return nil
}

func (w *World) checkGroup(change GroupChange) error {
	if strings.TrimSpace(change.Name) == "" {
		return invalid("The field name is required")
	}
	if change.Members == nil {
		return nil
	}
	return w.checkGroupMembers(*change.Members)
}

// checkGroupMembers applies the rules of who may be in one group: active colleagues, on one side
// of the barrier.
func (w *World) checkGroupMembers(ids []int64) error {
	for _, id := range ids {
		who, err := w.User(id)
		if err != nil {
			return err
		}
		if who.IsExternal() || !who.Active {
			return invalid("%s cannot be in a distribution list of this company", who.Display)
		}
	}
	return w.CheckBarrier(ids)
}

func (w *World) applyGroupChange(g *Group, change GroupChange) {
	if change.Members != nil {
		var ids []int64
		for _, id := range *change.Members {
			ids = addOnce(ids, id)
		}
		g.Members = nil
		for _, id := range ids {
			g.Members = append(g.Members, GroupMember{User: id, Added: w.Now().UnixMilli()})
		}
	}
	setGiven(&g.Details, change.Details)
	g.Restrictions = change.Restrictions
}

// noteGroupChange gives a changed group its new tag.
func (w *World) noteGroupChange(by *Person, g *Group) {
	g.ETag, g.Updated, g.Updater = uuid(), w.Now(), by.ID
	w.noteChange()
}

// AddToGroup adds somebody to a distribution list, and to the rooms the list is in.
func (w *World) AddToGroup(by *Person, g *Group, id int64) error {
	members := g.MemberIDs()
	if err := w.checkGroupMembers(append(members, id)); err != nil {
		return err
	}
	if len(addOnce(members, id)) == len(members) {
		return nil
	}
	g.Members = append(g.Members, GroupMember{User: id, Added: w.Now().UnixMilli()})
	for _, st := range w.state.Streams {
		w.joinWithGroup(by, st, id, g)
	}
	w.noteGroupChange(by, g)
	return nil
}

// joinWithGroup adds a newcomer of a group to a room that the group is in, unless a barrier stands
// between them and those in it.
func (w *World) joinWithGroup(by *Person, st *Stream, id int64, g *Group) {
	for _, added := range st.Groups {
		if added.ID == g.Profile && st.Active && w.CheckBarrier(append(st.MemberIDs(), id)) == nil {
			w.joinThrough(by, st, id, g.Profile)
		}
	}
}

// SetGroupAvatar gives a group a picture of a content type.
func (w *World) SetGroupAvatar(by *Person, g *Group, contentType string) {
	g.Avatar = contentType
	w.noteGroupChange(by, g)
}
