package commands

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"roombot/commands/syntax"
	"roombot/symphony"
	"roombot/symphony/messageml"
)

// finalReply is the reply when the room is open: the link, the absentees by cause, and who is in
// the room.
func (p *roomPlan) finalReply(room storedRoom, absent []absentee, members *knownMembers) Reply {
	reply := p.openRoomReply(room, absent, members)
	reply.Body = append(reply.Body, p.mentionNotes()...)
	if len(p.People)+len(p.Groups) == 0 {
		reply.Body = append(reply.Body, messageml.Paragraph(messageml.Text(
			"Nobody else was asked for. Names count as people when you type @ and choose them from the list.")))
	}
	return p.endRoomReply(reply)
}

// openRoomReply begins the reply about an open room.
func (p *roomPlan) openRoomReply(room storedRoom, absent []absentee, members *knownMembers) Reply {
	absent = p.withNames(absent)
	reply := Reply{Code: CodeDone, Room: room.ID, Outline: p.outline(room), Undo: p.req.undoOffer(room, p.room.Name)}
	mark, outcome := "✓ ", " is open."
	switch {
	case hasCauseBesides(absent, CauseInvited):
		reply.Code = CodePartial
		mark, outcome = "⚠ ", " is open, but not everything worked:"
	case len(absent) > 0:
		outcome = " is open:"
	}
	if hasCause(absent, CauseInvited) {
		reply.Code = CodeInvited
	}
	reply.Body = append(reply.Body, messageml.Paragraph(
		messageml.Text(mark), p.roomLink(room), messageml.Text(outcome)))
	if len(absent) > 0 {
		reply.Body = append(reply.Body, p.listAbsentees(absent, members))
	}
	if owners, people, groups := p.groupByRole(members); len(absent) > 0 && len(owners)+len(people)+len(groups) > 0 {
		reply.Body = append(reply.Body, messageml.Paragraph(messageml.Text("In the room:")))
	}
	reply.Body = append(reply.Body, p.summary(members))
	return reply
}

// endRoomReply ends a reply about an open room.
func (p *roomPlan) endRoomReply(reply Reply) Reply {
	reply.Body = append(reply.Body, messageml.OpenStream(string(reply.Room), "Open room"))
	return reply
}

// maxDescriptionEcho is how much of a description a preview repeats.
const maxDescriptionEcho = 200

// Preview tells what would be done.
func (p *roomPlan) Preview() Reply {
	command := withoutOption(p.req.Invocation, "preview")
	offer := Offer{Label: "Create it", Command: FormatCommand(p.req.Message, command)}
	body := []messageml.Node{
		messageml.Paragraph(messageml.Text("Nothing was created yet. This would open "), messageml.Bold(messageml.Text(p.room.Name)), messageml.Text(":")),
		p.summary(p.plannedMembers()),
	}
	if desc := p.req.Value("desc"); desc != "" {
		body = append(body, messageml.Paragraph(messageml.Bold(messageml.Text("Description: ")), messageml.Text(syntax.Truncate(desc, maxDescriptionEcho))))
	}
	return Reply{Code: CodePreview, Body: append(body, p.mentionNotes()...), Offers: []Offer{offer}}
}

// plannedMembers are those who would be in the room.
func (p *roomPlan) plannedMembers() *knownMembers {
	members := newKnownMembers()
	members.noteResults(p.allInvitees(), nil)
	return members
}

func (p *roomPlan) roomLink(room storedRoom) messageml.Inline {
	return linkRoom(room.ID, cmp.Or(room.Name, p.room.Name))
}

func linkRoom(room symphony.StreamID, name string) messageml.Inline {
	return messageml.Link(messageml.RoomLink(string(room)), messageml.Bold(messageml.Text(name)))
}

// summary lists owners, people, groups and the kind of room.
func (p *roomPlan) summary(in *knownMembers) messageml.Node {
	owners, members, groups := p.groupByRole(in)
	return messageml.List(slices.Concat(
		summaryItem(plural(len(owners), "Owner", "Owners"), owners),
		summaryItem(plural(len(members), "Member", "Members"), members),
		summaryItem(plural(len(groups), "Group", "Groups"), groups),
		summaryItem("Room", []string{p.describeRoom()}),
	)...)
}

// groupByRole lists who is in the room as owner, member and group.
func (p *roomPlan) groupByRole(in *knownMembers) (owners, members, groups []string) {
	add := func(id symphony.UserID, name string) {
		switch {
		case in.isOwner(id):
			owners = append(owners, name)
		case in.has(invitee{ID: id}):
			members = append(members, name)
		}
	}
	add(p.req.From.ID, p.requesterName())
	for _, person := range p.People {
		add(person.ID, p.nameOf(person.ID, person.Name))
	}
	for _, g := range p.Groups {
		if in.has(invitee{ID: g.ID, Group: true}) {
			groups = append(groups, p.groupName(g)+p.groupSize(g))
		}
	}
	return owners, members, groups
}

// isHidden reports whether others could read of a group in this chat who may not know of it.
func (p *roomPlan) isHidden(g storedGroup) bool { return g.Restricted && p.req.Chat.Room }

// groupName is what an answer calls a group.
func (p *roomPlan) groupName(g storedGroup) string {
	if p.isHidden(g) {
		return "a group that not everybody may see"
	}
	return g.Name
}

func (p *roomPlan) groupSize(g storedGroup) string {
	if p.isHidden(g) {
		return ""
	}
	return personCount(g.People)
}

// requesterName is what the requester reads of themselves.
func (p *roomPlan) requesterName() string { return p.req.From.Name + " (you)" }

func summaryItem(label string, names []string) []messageml.Item {
	if len(names) == 0 {
		return nil
	}
	return []messageml.Item{{
		messageml.Bold(messageml.Text(label + ": ")), messageml.Text(strings.Join(shortenList(names), ", ")),
	}}
}

// shortenList cuts a long list and counts the rest.
func shortenList(names []string) []string {
	const most = 20
	if len(names) <= most {
		return names
	}
	return append(names[:most:most], fmt.Sprintf("and %d more", len(names)-most))
}

func personCount(n int) string {
	if n == 0 {
		return ""
	}
	return " (" + countNoun(n, "person", "people") + ")"
}

// describeRoom says in words what kind of room it is.
func (p *roomPlan) describeRoom() string {
	kind := "private"
	if p.room.Public {
		kind = "public, anybody in the company can join"
	}
	traits := []string{kind}
	add := func(on bool, words string) {
		if on {
			traits = append(traits, words)
		}
	}
	add(p.room.CrossPod, "open to other companies")
	add(p.room.ReadOnly, "only owners can write")
	add(p.room.CopyProtected, "copying is off")
	add(p.room.ViewHistory && !p.room.Public, "newcomers see earlier messages")
	add(p.room.MembersCanInvite && !p.room.Public, "members can add others")
	add(p.room.Discoverable && !p.room.Public, "can be found by search")
	return strings.Join(traits, " · ")
}

// listAbsentees lists the absentees, one item for each cause.
func (p *roomPlan) listAbsentees(absent []absentee, in *knownMembers) messageml.Node {
	var causes []Cause
	names := map[Cause][]string{}
	for _, m := range absent {
		if names[m.Cause] == nil {
			causes = append(causes, m.Cause)
		}
		name := m.Name
		if m.Company != "" {
			name += " (" + m.Company + ")"
		}
		names[m.Cause] = append(names[m.Cause], name)
	}
	items := make([]messageml.Item, len(causes))
	for i, c := range causes {
		items[i] = messageml.Item{
			messageml.Bold(messageml.Text(strings.Join(names[c], ", "))), messageml.Text(": " + c.explain(p.env, in.isOwner(p.req.From.ID))),
		}
	}
	return messageml.List(items...)
}

func hasCause(absent []absentee, cause Cause) bool {
	return slices.ContainsFunc(absent, func(m absentee) bool { return m.Cause == cause })
}

func hasCauseBesides(absent []absentee, cause Cause) bool {
	return slices.ContainsFunc(absent, func(m absentee) bool { return m.Cause != cause })
}

func containsPerson(people []Person, id symphony.UserID) bool {
	return slices.ContainsFunc(people, func(p Person) bool { return p.ID == id })
}

func countNoun(n int, one, many string) string { return fmt.Sprintf("%d %s", n, plural(n, one, many)) }

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
