package soak

import (
	"slices"
	"strings"

	"roombot/cmd/bot/trial"
	"roombot/symphony/messageml"
	"roombot/symphony/sandbox/client"
)

// World is what there is after a soak.
type World struct {
	Rooms  []client.Room
	Talk   []client.Message // all that the bot said, each version of it, in order
	Errors []trial.Line     // what the bots logged as errors, and ends nobody had asked for
}

// Finding is what is wrong with one command.
type Finding struct {
	Request string `json:"request"`
	Command string `json:"command"`
	What    string `json:"what"`
}

// Audit compares what there is with what was asked for.
func Audit(plan []*Command, w World) Audited {
	a := Audited{Sent: len(plan), Errors: w.Errors}
	said := finalVersions(w.Talk)
	known := map[string]bool{}
	for _, c := range plan {
		known[c.Request] = true
		rooms := roomsOf(c, w.Rooms)
		answers := said[c.Request]
		a.Rooms.count(len(rooms))
		a.Answers.count(len(answers))
		a.note(c, rooms, answers)
	}
	for request, messages := range said {
		if !known[request] {
			a.Stray += len(messages)
		}
	}
	for _, r := range w.Rooms {
		if !slices.ContainsFunc(plan, func(c *Command) bool { return belongs(c, r) }) {
			a.Stray++
		}
	}
	return a
}

// finalVersions are the messages as people see them now, by the request that
// they answer: of each edited message only the latest version.
func finalVersions(talk []client.Message) map[string][]client.Message {
	replaced := map[string]bool{}
	for _, m := range talk {
		replaced[m.Replacing] = true
	}
	said := map[string][]client.Message{}
	for _, m := range talk {
		if !replaced[m.ID] {
			request := trial.ReadStamp(m).Request
			said[request] = append(said[request], m)
		}
	}
	return said
}

// belongs tells whether a room comes from a command: by the keyword that the
// bot gave it, or by its name, should the keyword be wrong.
func belongs(c *Command, r client.Room) bool {
	return c.Request != "" && trial.RoomRequest(r) == c.Request || r.Name == c.Name
}

func roomsOf(c *Command, all []client.Room) (found []client.Room) {
	for _, r := range all {
		if belongs(c, r) {
			found = append(found, r)
		}
	}
	return found
}

// note writes down what is wrong with one command.
func (a *Audited) note(c *Command, rooms []client.Room, answers []client.Message) {
	if len(rooms) == 0 && len(answers) == 0 {
		a.Lost++
		a.find(c, "lost: neither a room nor an answer")
		return
	}
	switch len(rooms) {
	case 1:
		a.people(c, rooms[0])
	case 0:
		a.find(c, "no room")
	default:
		a.find(c, "several rooms")
	}
	switch len(answers) {
	case 1:
		a.answer(c, rooms, answers[0])
	case 0:
		a.find(c, "no answer")
	default:
		a.find(c, "several answers")
	}
}

// people compares who is in the room with who should be, and who owns it.
func (a *Audited) people(c *Command, r client.Room) {
	var inside, owners []string
	for _, m := range r.Members {
		inside = append(inside, m.Username)
		if m.Owner {
			owners = append(owners, m.Username)
		}
	}
	missing, extra := difference(c.Members, inside), difference(inside, c.Members)
	a.Missing += len(missing)
	a.Extra += len(extra)
	wrong := append(difference(c.Owners, owners), difference(owners, c.Owners)...)
	a.Owners += len(wrong)
	for what, names := range map[string][]string{"not inside: ": missing, "inside unasked: ": extra, "owner or not: ": wrong} {
		if len(names) > 0 {
			a.find(c, what+strings.Join(names, ", "))
		}
	}
}

// answer looks whether the one answer is the right one: the last word, in the
// chat where the command was given, with the link to the room, and with
// everybody who could not be let in and nobody else.
func (a *Audited) answer(c *Command, rooms []client.Room, m client.Message) {
	var wrong string
	switch {
	case !trial.ReadStamp(m).IsFinal():
		wrong = "answer not brought to its end"
	case m.StreamID != c.Stream:
		wrong = "answered in another chat"
	case len(rooms) == 1 && !strings.Contains(m.Markup, attribute(messageml.RoomLink(rooms[0].StreamID))):
		wrong = "answer without the link: " + first(m.Text)
	case strings.HasPrefix(m.Text, "⚠") != (len(c.Absent) > 0):
		wrong = "gaps told wrongly: " + first(m.Text)
	}
	for _, name := range c.Absent {
		if !strings.Contains(m.Text, name) {
			wrong = "gap not told: " + name
		}
	}
	if wrong != "" {
		a.Wrong++
		a.find(c, wrong)
	}
}

// attribute is a text as it stands in an attribute of markup.
func attribute(text string) string { return strings.ReplaceAll(text, "&", "&amp;") }

func first(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

func (a *Audited) find(c *Command, what string) {
	a.Findings = append(a.Findings, Finding{Request: c.Request, Command: c.As + ": " + c.Text, What: what})
}

func difference(of, without []string) (left []string) {
	for _, s := range of {
		if !slices.Contains(without, s) {
			left = append(left, s)
		}
	}
	return left
}
