package soak

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"roombot/symphony/sandbox/client"
)

// Command is a command that is sent, and what must come of it.
type Command struct {
	Name string // of the room; no two are alike
	As   string // who sends it
	Text string

	Members []string // usernames of all who must be inside in the end, sorted
	Owners  []string // of those, who must own the room, sorted
	Absent  []string // display names of those who cannot be let in, which the answer must tell

	// Known once it was sent.
	Message, Stream, Request string

	opening bool     // sent before the trouble begins
	opened  string   // its room, where others talk
	desk    *Command // whose room it is sent in; nil for the 1:1 chat
}

// room is the room that the command is sent in; empty for the 1:1 chat.
func (c *Command) room() string {
	if c.desk == nil {
		return ""
	}
	return c.desk.opened
}

// chat tells the chats of the commands apart.
func (c *Command) chat() string {
	if room := c.room(); room != "" {
		return room
	}
	return c.As
}

// desks is how many rooms are opened first, to be talked in.
const desks = 4

// gone is somebody whom Symphony lets into no room: the account is disabled.
const gone = "dana"

// Plan makes commands, the same ones for the same seed: most for one to five
// people, some for more than twenty, by mention or e-mail, with groups, owners
// and options, from several chats of two and from a few rooms.
func Plan(n int, seed int64, people []client.Person, groups []client.Group) []*Command {
	p := planner{dice: rand.New(rand.NewPCG(uint64(seed), 1)), all: people}
	for _, who := range people {
		// The analyst stands behind a barrier to sales: opened with both, a room is refused.
		if who.Active && !who.External && who.Username != botName && who.Username != "ravi" {
			p.people = append(p.people, who)
		}
	}
	for _, g := range groups {
		if !slices.Contains(g.Members, "ravi") {
			p.groups = append(p.groups, g)
		}
	}
	var plan []*Command
	for i := range n {
		c := p.command(fmt.Sprintf("%s %d-%d", p.topic(), seed, i+1))
		if i < min(desks, n/8) {
			c.opening = true
		} else if p.chance(0.25) {
			p.moveToDesk(c, plan)
		}
		plan = append(plan, c)
	}
	return plan
}

type planner struct {
	dice   *rand.Rand
	all    []client.Person
	people []client.Person // who take part
	groups []client.Group
}

func (p *planner) chance(of float64) bool { return p.dice.Float64() < of }

func (p *planner) topic() string {
	topics := []string{"Earnings", "Block trade", "Café – Zürich", "EUR/USD", "Incident", "Month end", "Roadshow", "R&D <review>"}
	return topics[p.dice.IntN(len(topics))]
}

func (p *planner) command(name string) *Command {
	who := p.people[p.dice.IntN(len(p.people))]
	c := &Command{Name: name, As: who.Username, Members: []string{who.Username, botName}, Owners: []string{who.Username, botName}}
	words := []string{"/newroom", `"` + name + `"`}
	words = append(words, p.invite(c)...)
	if p.chance(0.3) {
		g := p.groups[p.dice.IntN(len(p.groups))]
		words = append(words, `group:"`+g.Name+`"`)
		c.Members = append(c.Members, g.Members...)
	}
	words = append(words, p.options()...)
	c.Text = strings.Join(words, " ")
	c.Members, c.Owners = tidy(c.Members), tidy(c.Owners)
	return c
}

// invite names people: by mention, by e-mail, as owners; one in a while is one
// whom Symphony does not let in.
func (p *planner) invite(c *Command) (words []string) {
	count := 1 + p.dice.IntN(5)
	if p.chance(0.03) {
		count = 20 + p.dice.IntN(8)
	}
	for _, at := range p.dice.Perm(len(p.people))[:min(count, len(p.people))] {
		who := p.people[at]
		word := "@" + who.Username
		switch {
		case p.chance(0.2):
			word = who.Email
		case p.chance(0.1):
			word = "owner:@" + who.Username
			c.Owners = append(c.Owners, who.Username)
		}
		words, c.Members = append(words, word), append(c.Members, who.Username)
	}
	if p.chance(0.03) {
		words = append(words, "@"+gone)
		at := slices.IndexFunc(p.all, func(who client.Person) bool { return who.Username == gone })
		c.Absent = append(c.Absent, p.all[at].DisplayName)
	}
	return words
}

func (p *planner) options() (words []string) {
	for _, option := range []string{`desc:"what it is about"`, "history:yes", "nocopy:yes", "members-can-add:yes"} {
		if p.chance(0.1) {
			words = append(words, option)
		}
	}
	return words
}

// moveToDesk sends the command from a room that its sender is in.
func (p *planner) moveToDesk(c *Command, earlier []*Command) {
	var open []*Command
	for _, d := range earlier {
		if d.opening && slices.Contains(d.Members, c.As) {
			open = append(open, d)
		}
	}
	if len(open) > 0 {
		c.desk = open[p.dice.IntN(len(open))]
	}
}

func tidy(names []string) []string {
	slices.Sort(names)
	return slices.Compact(names)
}
