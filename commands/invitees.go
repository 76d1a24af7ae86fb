package commands

import "roombot/symphony"

// invitee is an account to be added to a room: a person or a distribution list, which Symphony
// treats as an account of its own.
type invitee struct {
	ID    symphony.UserID
	Name  string
	Group bool
	Owner bool
	// IsMember is true where only the ownership is missing.
	IsMember bool
}

// absentee finds an invitee among absentees. Groups without an account share the id 0.
func (who invitee) absentee(absent []absentee) (m absentee, isAbsent bool) {
	for _, m := range absent {
		if m.ID == who.ID && (who.ID != 0 || m.Name == who.Name) {
			return m, true
		}
	}
	return absentee{}, false
}

// cause is why an invitee is among the absentees, empty for one who is not.
func (who invitee) cause(absent []absentee) Cause {
	m, _ := who.absentee(absent)
	return m.Cause
}

// requester is added first, so that the link works when it is read.
func (p *roomPlan) requester() invitee { return invitee{ID: p.req.From.ID, Name: p.req.From.Name} }

// allInvitees are the requester, who is to be an owner, and all others.
func (p *roomPlan) allInvitees() []invitee {
	all := append([]invitee{p.requester()}, p.inviteesAfterRequester(false)...)
	all[0].Owner = true
	return all
}

// inviteesAfterRequester is everybody to be added after the requester, who is first made an owner.
func (p *roomPlan) inviteesAfterRequester(requesterInside bool) []invitee {
	var all []invitee
	if requesterInside {
		first := p.requester()
		first.Owner, first.IsMember = true, true
		all = append(all, first)
	}
	for _, person := range p.People {
		all = append(all, invitee{ID: person.ID, Name: person.Name, Owner: containsPerson(p.Owners, person.ID)})
	}
	for _, g := range p.Groups {
		all = append(all, invitee{ID: g.ID, Name: p.groupName(g), Group: true})
	}
	return all
}
