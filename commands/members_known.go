package commands

import (
	"sync"

	"roombot/symphony"
)

// knownMembers is who is in a room as far as an attempt knows: from Symphony's list if it was read,
// and from the answers to the attempt's own calls. An answer names nobody else as a member or
// owner.
type knownMembers struct {
	mu      sync.Mutex // guards all below
	listed  bool       // Symphony's list was read
	people  map[symphony.UserID]symphony.Member
	groups  map[symphony.UserID]bool
	refused map[symphony.UserID]Cause
}

func newKnownMembers() *knownMembers {
	return &knownMembers{
		people: map[symphony.UserID]symphony.Member{}, groups: map[symphony.UserID]bool{}, refused: map[symphony.UserID]Cause{},
	}
}

// noteList notes Symphony's list of the members.
func (k *knownMembers) noteList(members []symphony.Member) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.listed = true
	for _, m := range members {
		k.people[m.User] = m
		for _, group := range m.Through {
			k.groups[group] = true
		}
	}
}

// noteLaterList notes a list that was read when nobody was being added any more: whoever is not in
// it is not in the room.
func (k *knownMembers) noteLaterList(members []symphony.Member) {
	k.mu.Lock()
	clear(k.people)
	k.mu.Unlock()
	k.noteList(members)
}

// noteAdded notes that Symphony has added an invitee by name.
func (k *knownMembers) noteAdded(who invitee) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.add(who)
}

func (k *knownMembers) add(who invitee) {
	if who.Group {
		k.groups[who.ID] = true
		return
	}
	m := k.people[who.ID]
	m.User, m.Through = who.ID, nil
	k.people[who.ID] = m
}

// notePromoted notes that Symphony has made a member an owner.
func (k *knownMembers) notePromoted(id symphony.UserID) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.promote(id)
}

func (k *knownMembers) promote(id symphony.UserID) {
	m := k.people[id]
	m.User, m.Owner = id, true
	k.people[id] = m
}

// noteRefused notes why somebody could not be added, or not as wanted.
func (k *knownMembers) noteRefused(id symphony.UserID, cause Cause) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.refused[id] = cause
}

// noteResults notes what a stored step says of its invitees. A list knows better who is in the room
// by now, but not which groups without people are.
func (k *knownMembers) noteResults(invitees []invitee, absent []absentee) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, who := range invitees {
		cause := who.cause(absent)
		if cause != "" {
			k.refused[who.ID] = cause
		}
		if k.listed && !who.Group || cause != "" && !cause.isOfOwnership() {
			continue
		}
		k.add(who)
		if who.Owner && cause == "" {
			k.promote(who.ID)
		}
	}
}

// has reports whether an invitee is in the room, a person by name or with a group.
func (k *knownMembers) has(who invitee) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if who.Group {
		return k.groups[who.ID]
	}
	_, inside := k.people[who.ID]
	return inside
}

// hasByName reports whether an invitee needs not be added. A person who came only with a group is
// not a member by name, and would leave with the group.
func (k *knownMembers) hasByName(who invitee) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if who.Group {
		return k.groups[who.ID]
	}
	m, inside := k.people[who.ID]
	return inside && len(m.Through) == 0
}

// isOwner reports whether somebody is an owner of the room.
func (k *knownMembers) isOwner(id symphony.UserID) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.people[id].Owner
}

// isListed reports whether Symphony's list was read.
func (k *knownMembers) isListed() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.listed
}

// refusedSoFar are those of the invitees of whom Symphony has refused something.
func (k *knownMembers) refusedSoFar(invitees []invitee) (absent []absentee) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, who := range invitees {
		if cause, refused := k.refused[who.ID]; refused {
			absent = append(absent, absentee{ID: who.ID, Name: who.Name, Cause: cause})
		}
	}
	return absent
}

// correctAbsentees makes of what the steps have stored what is so now: somebody else may have added
// or promoted an absentee, and a person who was added may have left.
func (k *knownMembers) correctAbsentees(invitees []invitee, absent []absentee) (now []absentee) {
	for _, who := range invitees {
		m, isAbsent := who.absentee(absent)
		if !isAbsent {
			m = absentee{ID: who.ID, Name: who.Name}
		}
		switch inside := k.has(who); {
		case inside && (!who.Owner || k.isOwner(who.ID)):
			continue
		case inside && !m.Cause.isOfOwnership() && m.Cause != CauseNoAnswer:
			continue
		case !inside && (m.Cause == "" || m.Cause.isOfOwnership()):
			m.Cause = CauseLeft
		}
		now = append(now, m)
	}
	return now
}
