package commands

import (
	"strings"
	"time"

	"roombot/commands/syntax"
	"roombot/symphony"
	"roombot/symphony/messageml"
)

// Reply is an answer to a user, not yet sent.
type Reply struct {
	// Code names the outcome for logs, metrics and tests: "done", "partial",
	// or the code of an error. Users never see it.
	Code string
	Body []messageml.Node
	// Offers are commands that a click runs, the best first.
	Offers []Offer
	// Private asks for the 1:1 chat instead of the room where the request was
	// made: Symphony has no messages that only one member of a room can see.
	Private bool
	// Failed marks an error; in a crowded room it is told in private.
	Failed bool
	// Room is the room that was opened, if one was.
	Room symphony.StreamID
}

// Outcome codes besides those of package syntax.
const (
	CodeDone    = "done"
	CodePartial = "partial"
	CodePreview = "preview"
	CodeHelp    = "help"
	CodeForm    = "form"
	// Of first answers: the reply is still to come.
	CodeAdding = "adding"
	CodePutOff = "put-off"
)

// Interim reports whether an answer of that code is not the last word.
func Interim(code string) bool { return code == CodeAdding || code == CodePutOff }

// Aside is the reply as it stands in the 1:1 chat when it was asked for in a
// room.
func (r Reply) Aside(room string) Reply {
	where := "a room"
	if room != "" {
		where = "“" + room + "”"
	}
	about := messageml.Paragraph(messageml.Italic(messageml.Text("About your message in " + where + ":")))
	r.Body = append([]messageml.Node{about}, r.Body...)
	return r
}

// Brief is the reply cut to what Symphony cannot well refuse: it holds none of
// the user's own words.
func (r Reply) Brief(id RequestID) Reply {
	cut := says(r.Code, "I have an answer for you, but Symphony does not let me send it. Your administrators find it under request "+string(id)+".")
	if r.Room != "" {
		cut.Body = []messageml.Node{messageml.Paragraph(
			messageml.Text("✓ "), messageml.Link(messageml.RoomLink(string(r.Room)), messageml.Text("Your room")),
			messageml.Text(" is open, but Symphony does not let me say more here (request "+string(id)+")."))}
	}
	return cut
}

func says(code, text string) Reply {
	return Reply{Code: code, Body: []messageml.Node{messageml.Paragraph(messageml.Text(text))}}
}

// Refusal is an error for the user: what is wrong, where, and what to do.
// Nothing was created.
type Refusal struct {
	// Code is stable, for logs, metrics and tests.
	Code string `json:"code"`
	// Message says what is wrong, as a sentence.
	Message string `json:"message"`
	// Next says what to do about it; empty where the message or an offer does.
	Next string `json:"next,omitempty"`
	// Line and Caret show the place in what the user typed; empty without one.
	Line, Caret string  `json:"-"`
	Offers      []Offer `json:"offers,omitempty"`
	Private     bool    `json:"private,omitempty"`
	// Final is true where no correction would help.
	Final bool `json:"-"`
}

func (r *Refusal) Error() string { return r.Code }

// Reply is the refusal as the user reads it.
func (r *Refusal) Reply() Reply {
	var body []messageml.Node
	if r.Next != "" {
		body = append(body, messageml.Paragraph(messageml.Text(r.Next)))
	}
	if r.Line != "" {
		body = append(body, messageml.Code(r.Line+"\n"+r.Caret))
	}
	for _, o := range r.Offers {
		if !o.Edit {
			body = append(body, r.suggestion(o.Command))
		}
	}
	header := messageml.Text("✗ " + r.Message)
	return Reply{
		Code:    r.Code,
		Body:    []messageml.Node{messageml.ErrorCard(messageml.Expanded, header, body...)},
		Offers:  r.Offers,
		Failed:  true,
		Private: r.Private,
	}
}

// suggestion shows a corrected command, introduced unless something before it
// does so.
func (r *Refusal) suggestion(command syntax.Message) messageml.Node {
	fixed := messageml.Code(clip(command.Text, 300))
	if r.Next != "" || strings.Contains(r.Message, "Did you mean") {
		return messageml.Paragraph(fixed)
	}
	return messageml.Paragraph(messageml.Text("Did you mean  "), fixed)
}

// FromSyntax is the refusal of a message that could not be read.
func (s Set) FromSyntax(g syntax.Grammar, m syntax.Message, e *syntax.Error) *Refusal {
	r := &Refusal{Code: string(e.Code), Message: e.Message}
	if e.At > 0 {
		r.Line, r.Caret = e.Caret(m.Text)
	}
	if e.Fix != nil {
		r.Offers = s.offers(*e.Fix, g.Parse(*e.Fix))
	}
	return r
}

// TooLate asks about a command that was written while the bot was away so long
// that it may not be wanted any more.
func (s Set) TooLate(m syntax.Message, read syntax.Result, ago time.Duration) *Refusal {
	return &Refusal{
		Code:    "too-late",
		Message: "I was away when you wrote this, about " + count(max(1, int(ago.Round(time.Hour).Hours())), "hour", "hours") + " ago." + nothing,
		Next:    "If it is still wanted, one click does it:",
		Offers:  s.offers(m, read),
	}
}
