package commands

import (
	"slices"
	"strings"
)

// missingPeople are those who are not in a room whose members are known, or not as wanted.
type missingPeople struct {
	absent    []invitee // surely not asked to come in, or refused
	invited   []invitee // may still come in
	perhaps   []invitee // the same, if they were invited
	members   []invitee // are to be owners
	notOwners []invitee // members, and people who may come in
}

// listMissing compares the members of a room with who was to be in it. A person who came only with
// a group is in the room as well.
func (k *knownMembers) listMissing(all []invitee, of invitations) (m missingPeople) {
	for _, who := range all {
		isInside := k.has(who)
		switch {
		case isInside:
		case isAmong(of.invited, who):
			m.invited = append(m.invited, who)
		case isAmong(of.perhaps, who):
			m.perhaps = append(m.perhaps, who)
		default:
			m.absent = append(m.absent, who)
			continue
		}
		if who.Owner && !k.isOwner(who.ID) {
			m.notOwners = append(m.notOwners, who)
			if isInside {
				m.members = append(m.members, who)
			}
		}
	}
	return m
}

func isAmong(people []invitee, who invitee) bool {
	return slices.ContainsFunc(people, func(p invitee) bool { return p.ID == who.ID && p.Group == who.Group })
}

// isNobody reports whether everybody is in the room as wanted.
func (m missingPeople) isNobody() bool {
	return len(m.absent)+len(m.invited)+len(m.perhaps)+len(m.notOwners) == 0
}

// areInvited reports whether all who are missing were invited, and nothing else is to be done.
func (m missingPeople) areInvited() bool {
	return len(m.invited) > 0 && len(m.absent)+len(m.perhaps)+len(m.members) == 0
}

// describe says who is missing, as the end of a sentence that begins with the room.
func (m missingPeople) describe() string {
	text := " is open."
	switch {
	case len(m.absent) > 0:
		text = " is open, without " + joinNames(m.absent) + "."
	case len(m.invited)+len(m.perhaps) == 0:
		text = " is open, and everybody is in it."
	}
	return text + listAfter(" Invited, and may still come in: ", m.invited) +
		listAfter(" Perhaps invited, and may still come in: ", m.perhaps) + listAfter(" Not made an owner: ", m.notOwners)
}

// listAfter is a sentence with the names of invitees after its label, empty without any.
func listAfter(label string, invitees []invitee) string {
	if len(invitees) == 0 {
		return ""
	}
	return label + joinNames(invitees) + "."
}

func joinNames(invitees []invitee) string {
	names := make([]string, len(invitees))
	for i, who := range invitees {
		names[i] = who.Name
	}
	return strings.Join(shortenList(names), ", ")
}
