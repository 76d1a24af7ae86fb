package commands

import (
	"fmt"
	"strings"
	"time"

	"roombot/symphony"
	"roombot/symphony/messageml"
)

// done is the answer after the room is open: the link first, then who is in,
// and each gap with its cause.
func (p *roomPlan) done(room roomRef, absent []missing) Reply {
	reply := Reply{Code: CodeDone}
	mark, outcome := "✓ ", " is open."
	if len(absent) > 0 {
		reply.Code = CodePartial
		mark, outcome = "⚠ ", " is open, but not everything worked:"
	}
	reply.Body = append(reply.Body, messageml.Paragraph(
		messageml.Text(mark), p.link(room), messageml.Text(outcome)))
	if len(absent) > 0 {
		reply.Body = append(reply.Body, gaps(absent))
	}
	reply.Body = append(reply.Body, p.facts(absent), messageml.OpenStream(string(room.ID), "Open room"), p.footer())
	return reply
}

// inProgress is the first answer when letting everybody in takes a while.
func (p *roomPlan) inProgress(room roomRef, adds int, left time.Duration) Reply {
	return Reply{Code: CodeDone, Body: []messageml.Node{
		messageml.Paragraph(messageml.Text("✓ "), p.link(room), messageml.Text(" is open.")),
		messageml.Paragraph(messageml.Text(fmt.Sprintf("Adding %s, about %d s …", count(adds, "person", "people"), int(left.Seconds()+1)))),
		messageml.OpenStream(string(room.ID), "Open room"), p.footer(),
	}}
}

// Preview tells what would be done.
func (p *roomPlan) Preview() Reply {
	command := without(p.req.Invocation, "preview")
	offer := Offer{Label: "Create it", Command: Compose(p.req.Message, command)}
	return Reply{
		Code: CodePreview,
		Body: []messageml.Node{
			messageml.Paragraph(messageml.Text("Nothing was created yet. This would open "), messageml.Bold(messageml.Text(p.room.Name)), messageml.Text(":")),
			p.facts(nil),
		},
		Offers: []Offer{offer},
	}
}

func (p *roomPlan) link(room roomRef) messageml.Inline {
	return messageml.Link(messageml.RoomLink(string(room.ID)), messageml.Bold(messageml.Text(p.room.Name)))
}

func (p *roomPlan) footer() messageml.Node {
	return messageml.Paragraph(messageml.Italic(messageml.Text("Request " + string(p.req.ID))))
}

// facts lists owners, people, groups and the kind of room.
func (p *roomPlan) facts(absent []missing) messageml.Node {
	out := map[string]bool{}
	for _, m := range absent {
		out[m.Name] = m.Cause != CauseNotOwner
	}
	var items []messageml.Item
	add := func(label string, names []string) {
		if len(names) > 0 {
			items = append(items, messageml.Item{messageml.Bold(messageml.Text(label + ": ")), messageml.Text(strings.Join(names, ", "))})
		}
	}
	var owners, members, groups []string
	if !out[p.req.From.Name] {
		owners = append(owners, p.req.From.Name+" (you)")
	}
	for _, o := range p.owners {
		if !out[o.Name] {
			owners = append(owners, o.Name)
		}
	}
	for _, person := range p.people {
		if !out[person.Name] && !contains(p.owners, person) {
			members = append(members, person.Name)
		}
	}
	for _, g := range p.groups {
		if !out[g.Name] {
			groups = append(groups, g.Name+behind(g))
		}
	}
	add(plural(len(owners), "Owner", "Owners"), owners)
	add("Members", shorten(members))
	add(plural(len(groups), "Group", "Groups"), groups)
	add("Room", []string{p.traits()})
	return messageml.List(items...)
}

// shorten keeps a long list readable.
func shorten(names []string) []string {
	const most = 20
	if len(names) <= most {
		return names
	}
	return append(names[:most:most], fmt.Sprintf("and %d more", len(names)-most))
}

func behind(g symphony.Group) string {
	if len(g.Members) == 0 {
		return ""
	}
	return " (" + count(len(g.Members), "person", "people") + ")"
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

func gaps(absent []missing) messageml.Node {
	var items []messageml.Item
	for _, m := range absent {
		what, next := m.Cause.explain()
		items = append(items, messageml.Item{
			messageml.Bold(messageml.Text(m.Name)), messageml.Text(": " + what + ". " + next),
		})
	}
	return messageml.List(items...)
}

func contains(people []Person, who Person) bool {
	for _, p := range people {
		if p.ID == who.ID {
			return true
		}
	}
	return false
}

func count(n int, one, many string) string { return fmt.Sprintf("%d %s", n, plural(n, one, many)) }

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
