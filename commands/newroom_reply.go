package commands

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"roombot/symphony"
	"roombot/symphony/messageml"
)

// done is the answer after the room is open: the link first, then each gap
// with its cause, then who is in.
func (p *roomPlan) done(room roomRef, absent []missing) Reply {
	reply := Reply{Code: CodeDone, Room: room.ID}
	mark, outcome := "✓ ", " is open."
	if len(absent) > 0 {
		reply.Code = CodePartial
		mark, outcome = "⚠ ", " is open, but not everything worked:"
	}
	reply.Body = append(reply.Body, messageml.Paragraph(
		messageml.Text(mark), p.link(room), messageml.Text(outcome)))
	if len(absent) > 0 {
		reply.Body = append(reply.Body, gaps(absent), messageml.Paragraph(messageml.Text("In the room:")))
	}
	reply.Body = append(reply.Body, p.facts(absent))
	if len(p.People)+len(p.Groups) == 0 {
		reply.Body = append(reply.Body, messageml.Paragraph(messageml.Text(
			"Nobody else was asked for. Names count as people when you type @ and choose them from the list.")))
	}
	reply.Body = append(reply.Body, messageml.OpenStream(string(room.ID), "Open room"), p.footer())
	return reply
}

// inProgress is the first answer when letting everybody in takes a while.
func (p *roomPlan) inProgress(room roomRef, adds int, left time.Duration) Reply {
	one, many := "person or group", "people and groups"
	if len(p.Groups) == 0 {
		one, many = "person", "people"
	}
	return Reply{Code: CodeAdding, Room: room.ID, Body: []messageml.Node{
		messageml.Paragraph(messageml.Text("✓ "), p.link(room), messageml.Text(" is open.")),
		messageml.Paragraph(messageml.Text(fmt.Sprintf("Adding %s, about %s …", count(adds, one, many), roughly(left)))),
		messageml.OpenStream(string(room.ID), "Open room"), p.footer(),
	}}
}

func roughly(left time.Duration) string {
	if left >= 2*time.Minute {
		return fmt.Sprintf("%d min", int(left.Minutes()+1))
	}
	return fmt.Sprintf("%d s", int(left.Seconds()+1))
}

// shownDescription is how much of a description a preview repeats.
const shownDescription = 200

// Preview tells what would be done.
func (p *roomPlan) Preview() Reply {
	command := without(p.req.Invocation, "preview")
	offer := Offer{Label: "Create it", Command: Compose(p.req.Message, command)}
	absent := p.strangers()
	body := []messageml.Node{
		messageml.Paragraph(messageml.Text("Nothing was created yet. This would open "), messageml.Bold(messageml.Text(p.room.Name)), messageml.Text(":")),
		p.facts(absent),
	}
	if desc := p.req.Value("desc"); desc != "" {
		body = append(body, messageml.Paragraph(messageml.Bold(messageml.Text("Description: ")), messageml.Text(clip(desc, shownDescription))))
	}
	if len(absent) > 0 {
		body = append(body, messageml.Paragraph(messageml.Text("Not in the room:")), gaps(absent))
	}
	return Reply{Code: CodePreview, Body: body, Offers: []Offer{offer}}
}

// strangers are the people of other companies that an internal room cannot
// take: the one gap that is known beforehand.
func (p *roomPlan) strangers() []missing {
	var out []missing
	for _, person := range p.People {
		if !p.room.CrossPod && p.desk.Foreign(person.ID) {
			out = append(out, missing{ID: person.ID, Name: person.Name, Cause: CauseInternalRoom})
		}
	}
	return out
}

func (p *roomPlan) link(room roomRef) messageml.Inline {
	return messageml.Link(messageml.RoomLink(string(room.ID)), messageml.Bold(messageml.Text(p.room.Name)))
}

func (p *roomPlan) footer() messageml.Node {
	return messageml.Paragraph(messageml.Italic(messageml.Text("Request " + string(p.req.ID))))
}

// facts lists owners, people, groups and the kind of room.
func (p *roomPlan) facts(absent []missing) messageml.Node {
	owners, members, groups := p.present(absent)
	return messageml.List(slices.Concat(
		fact(plural(len(owners), "Owner", "Owners"), owners),
		fact(plural(len(members), "Member", "Members"), members),
		fact(plural(len(groups), "Group", "Groups"), groups),
		fact("Room", []string{p.traits()}),
	)...)
}

// present is who is in the room, by the part they have in it.
func (p *roomPlan) present(absent []missing) (owners, members, groups []string) {
	out, common := map[symphony.UserID]bool{}, map[symphony.UserID]bool{}
	for _, m := range absent {
		out[m.ID] = m.Cause != CauseNotOwner
		common[m.ID] = m.Cause == CauseNotOwner
	}
	place := func(id symphony.UserID, name string, owner bool) {
		switch {
		case out[id]:
		case owner && !common[id]:
			owners = append(owners, name)
		default:
			members = append(members, name)
		}
	}
	place(p.req.From.ID, p.req.From.Name+" (you)", true)
	for _, person := range p.People {
		place(person.ID, person.Name, contains(p.Owners, person.ID))
	}
	for _, g := range p.Groups {
		if !out[g.ID] {
			groups = append(groups, g.Name+heads(g.Behind))
		}
	}
	return owners, members, groups
}

func fact(label string, names []string) []messageml.Item {
	if len(names) == 0 {
		return nil
	}
	return []messageml.Item{{
		messageml.Bold(messageml.Text(label + ": ")), messageml.Text(strings.Join(shorten(names), ", ")),
	}}
}

// shorten keeps a long list readable.
func shorten(names []string) []string {
	const most = 20
	if len(names) <= most {
		return names
	}
	return append(names[:most:most], fmt.Sprintf("and %d more", len(names)-most))
}

// behind is how many people a group brings into a room.
func behind(g symphony.Group) int {
	n := 0
	for _, m := range g.Members {
		if !m.Disabled {
			n++
		}
	}
	return n
}

func heads(n int) string {
	if n == 0 {
		return ""
	}
	return " (" + count(n, "person", "people") + ")"
}

// traits says what kind of room it is, in the words of the options.
func (p *roomPlan) traits() string {
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

// gaps tells who is missing, one item a cause.
func gaps(absent []missing) messageml.Node {
	var causes []Cause
	names := map[Cause][]string{}
	for _, m := range absent {
		if names[m.Cause] == nil {
			causes = append(causes, m.Cause)
		}
		names[m.Cause] = append(names[m.Cause], m.Name)
	}
	items := make([]messageml.Item, len(causes))
	for i, c := range causes {
		what, next := c.explain()
		items[i] = messageml.Item{
			messageml.Bold(messageml.Text(strings.Join(names[c], ", "))), messageml.Text(": " + what + ". " + next),
		}
	}
	return messageml.List(items...)
}

func contains(people []Person, id symphony.UserID) bool {
	return slices.ContainsFunc(people, func(p Person) bool { return p.ID == id })
}

func count(n int, one, many string) string { return fmt.Sprintf("%d %s", n, plural(n, one, many)) }

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
