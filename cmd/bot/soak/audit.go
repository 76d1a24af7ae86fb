package soak

import (
	"fmt"
	"slices"
	"strings"

	"roombot/bot/policy"
	"roombot/cmd/bot/trial"
	"roombot/commands"
	"roombot/symphony/messageml"
	"roombot/symphony/sandbox/client"
)

// Outcome is what a soak leaves on the pod and in the logs.
type Outcome struct {
	Rooms    []client.Room
	Planted  map[string]bool  // stream ids of the rooms that a stranger has made
	Messages []client.Message // of the bot, each version of them, in order
	// Names are what people are called in answers, by username.
	Names  map[string]string
	Errors []trial.Line // that the bots logged, and ends of bots that were not asked for
	Record *Record      // nil where it is not compared

	Governance *Governance // nil where each request is let open its room
}

// Finding is what is wrong with one request.
type Finding struct {
	Request string `json:"request"` // its number
	Command string `json:"command"` // who sent it, and its text
	What    string `json:"what"`
}

// Audit compares the outcome with the requests.
func Audit(plan []*Request, w Outcome) AuditResult {
	a := AuditResult{Sent: len(plan), Errors: w.Errors}
	about, others := splitGrantMessages(w.Messages)
	cards, answersOnly := splitCards(others)
	w.Messages = answersOnly
	w.Rooms = a.checkPlanted(w.Rooms, w.Planted)
	said, versions := latestVersions(w.Messages), messagesByRequest(w.Messages)
	known := map[string]bool{}
	var endings []ending
	for _, c := range plan {
		known[c.Number] = true
		rooms := roomsOf(c, w.Rooms)
		answers := withoutPointers(said[c.Number])
		a.Answers.count(len(answers))
		e := ending{request: c, rooms: rooms, record: &recordOfRequest{}}
		switch len(rooms) {
		case 0:
			e.refusal, e.withdrawn = w.refusalOf(c, answers)
		case 1:
			e.room, e.withdrawn = &rooms[0], w.wasStopped(c, answers)
		}
		a.checkRequest(e, answers, w.Governance)
		endings = append(endings, e)
		for _, r := range rooms {
			a.checkClaims(c, r, versions[c.Number], w.Names)
		}
	}
	a.checkCommands(w.Governance, said, known)
	a.checkRecord(endings, w.Record)
	if w.Record != nil && w.Governance != nil {
		a.checkGrants(w.Governance, plan, w.Record)
	}
	a.checkClicks(w.Governance, endings, said, known)
	for request, messages := range said {
		if !known[request] {
			a.Stray += len(messages)
		}
	}
	for _, r := range w.Rooms {
		if !slices.ContainsFunc(plan, func(c *Request) bool { return isRoomOf(c, r) }) {
			a.Stray++
		}
	}
	if w.Record != nil && w.Governance != nil {
		a.checkGovernance(w.Governance, endings, w.Record.Entries)
		a.checkAllApprovals(endings, cards, said, w)
		a.checkGrantMessages(w.Governance, about, w.Names)
		a.checkRevocationAnswers(w.Governance, said)
		a.checkDeniedAnswers(endings, said)
	}
	return a
}

// latestVersions are the messages by the number of the request that they answer: of each edited
// message only the latest version.
func latestVersions(talk []client.Message) map[string][]client.Message {
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

// withoutPointers leaves out messages that say only that the answer stands in the 1:1 chat, where
// it does.
func withoutPointers(answers []client.Message) []client.Message {
	isPointer := func(m client.Message) bool { return trial.ReadStamp(m).Outcome == "elsewhere" }
	if left := slices.DeleteFunc(slices.Clone(answers), isPointer); len(left) == 1 {
		return left
	}
	return answers
}

// isRoomOf reports whether a room was opened for a request: by its keyword, or by its name, in case
// the keyword is wrong.
func isRoomOf(c *Request, r client.Room) bool {
	return c.Number != "" && trial.RoomRequest(r) == c.Number || r.Name == c.RoomName
}

func roomsOf(c *Request, all []client.Room) (found []client.Room) {
	for _, r := range all {
		if isRoomOf(c, r) {
			found = append(found, r)
		}
	}
	return found
}

// checkRequest notes what is wrong with one request.
func (a *AuditResult) checkRequest(e ending, answers []client.Message, g *Governance) {
	c, rooms := e.request, e.rooms
	switch e.refusal {
	case policy.Deny:
		a.Denied++
	case policy.Limit:
		a.Limited++
	case policy.Approve:
		if e.withdrawn {
			a.Withdrawn++
		} else {
			a.NotApproved++
		}
	default:
		a.Rooms.count(len(rooms))
	}
	if e.refusal != "" {
		a.checkRefusalAnswer(c, answers[0], g)
		return
	}
	if len(rooms) == 0 && len(answers) == 0 {
		a.Lost++
		a.addFinding(c, "lost: neither a room nor an answer")
		return
	}
	switch len(rooms) {
	case 1:
		a.checkMembers(c, rooms[0], e.withdrawn)
	case 0:
		a.addFinding(c, "no room")
	default:
		a.addFinding(c, "several rooms")
	}
	switch len(answers) {
	case 1:
		a.checkAnswer(c, rooms, answers[0])
	case 0:
		a.addFinding(c, "no answer")
	default:
		a.addFinding(c, "several answers")
	}
}

// checkMembers compares the members and owners of a room with those that it should have. One that
// its sender has stopped meanwhile may have fewer.
func (a *AuditResult) checkMembers(c *Request, r client.Room, stopped bool) {
	var inside, owners []string
	for _, m := range r.Members {
		inside = append(inside, m.Username)
		if m.Owner {
			owners = append(owners, m.Username)
		}
	}
	missing, extra := difference(c.Members, inside), difference(inside, c.Members)
	wrong := difference(owners, c.Owners)
	if stopped {
		missing = nil
	} else {
		wrong = append(wrong, difference(c.Owners, owners)...)
	}
	a.Missing += len(missing)
	a.Extra += len(extra)
	a.Owners += len(wrong)
	for what, names := range map[string][]string{"not inside: ": missing, "inside, not asked for: ": extra, "wrong owners: ": wrong} {
		if len(names) > 0 {
			a.addFinding(c, what+strings.Join(names, ", "))
		}
	}
}

// checkAnswer checks that the answer is final, stands in the chat where it belongs, links the room,
// and names everybody who could not be added.
func (a *AuditResult) checkAnswer(c *Request, rooms []client.Room, m client.Message) {
	var wrong string
	chat := c.StreamID
	if len(c.Absent) > 0 && c.WarningIn != "" {
		chat = c.WarningIn
	}
	switch {
	case !trial.ReadStamp(m).IsFinal():
		wrong = "answer is not final"
	case m.StreamID != chat:
		wrong = "answered in another chat"
	case len(rooms) == 1 && !strings.Contains(m.Markup, escapeAttribute(messageml.RoomLink(rooms[0].StreamID))):
		wrong = "answer without the link: " + firstLine(m.Text)
	case isWarning(m.Text) != (len(c.Absent) > 0):
		wrong = "wrong about who could not be added: " + firstLine(m.Text)
	}
	for _, name := range c.Absent {
		if !strings.Contains(m.Text, name) {
			wrong = "does not name who could not be added: " + name
		}
	}
	if wrong != "" {
		a.Wrong++
		a.addFinding(c, wrong)
	}
}

// isWarning reports whether an answer begins with a warning; in the 1:1 chat the line before that
// tells which message it is about.
func isWarning(text string) bool {
	first, rest, _ := strings.Cut(text, "\n")
	return strings.HasPrefix(first, "⚠") || strings.HasPrefix(strings.TrimSpace(rest), "⚠")
}

// checkRefusalAnswer checks that a refusal stands in the chat where the request was made, or in
// private.
func (a *AuditResult) checkRefusalAnswer(c *Request, m client.Message, g *Governance) {
	if m.StreamID != c.StreamID && m.StreamID != g.Chats[c.As] {
		a.Wrong++
		a.addFinding(c, "answered in another chat")
	}
}

// checkCommands checks that what the administrator has typed was done and answered once. What the
// bots tell them by themselves is in their chat, and answers nothing.
func (a *AuditResult) checkCommands(g *Governance, said map[string][]client.Message, known map[string]bool) {
	if g == nil {
		return
	}
	for _, c := range g.Commands {
		known[c.Number] = true
		if answers := said[c.Number]; len(answers) != 1 || trial.ReadStamp(answers[0]).Outcome != commands.CodeDone {
			a.addFinding(c, fmt.Sprintf("not done: %d answers", len(answers)))
		}
	}
	said[""] = slices.DeleteFunc(said[""], func(m client.Message) bool { return g.isChatOfAdministrator(m.StreamID) })
}

func (g *Governance) isChatOfAdministrator(chat string) bool {
	return slices.ContainsFunc(administrators(), func(name string) bool { return g.Chats[name] == chat })
}

// escapeAttribute is a text as it stands in an attribute of markup.
func escapeAttribute(text string) string { return strings.ReplaceAll(text, "&", "&amp;") }

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

func (a *AuditResult) addFinding(c *Request, what string) {
	a.Findings = append(a.Findings, Finding{Request: c.Number, Command: c.As + ": " + c.Text, What: what})
}

func difference(of, without []string) (left []string) {
	for _, s := range of {
		if !slices.Contains(without, s) {
			left = append(left, s)
		}
	}
	return left
}
