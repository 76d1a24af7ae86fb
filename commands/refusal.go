package commands

import (
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"roombot/commands/syntax"
	"roombot/symphony"
	"roombot/symphony/messageml"
)

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
	if run := r.runnableOffers(); len(run) == 1 && utf8.RuneCountInString(run[0].Command.Text) <= maxSuggestion {
		body = append(body, r.suggestion(run[0].Command))
	}
	all := []messageml.Node{messageml.ErrorCard(messageml.Expanded, messageml.Text("✗ "+r.Message), body...)}
	if r.Room != "" {
		all = append(all, openItButton(r.Room))
	}
	return Reply{
		Code:    r.Code,
		Body:    all,
		Offers:  r.Offers,
		Failed:  true,
		Private: r.Private,
		Open:    r.Open,
		Fresh:   r.Fresh,
		Access:  r.Access,

		Unannounced: r.Unannounced,
	}
}

// withoutOffers is the refusal of a command that was only asked about: nothing of it is to be run.
func (r *Refusal) withoutOffers() *Refusal {
	plain := *r
	plain.Offers, plain.Access, plain.Final, plain.Private = nil, nil, true, true
	return &plain
}

// ofQuestion is the refusal of a command that creates nothing and has no form.
func (r *Refusal) ofQuestion() *Refusal {
	plain := *r
	plain.Message, plain.Final, plain.Private = strings.ReplaceAll(r.Message, nothingCreated, ""), true, true
	plain.Offers = slices.DeleteFunc(slices.Clone(r.Offers), func(o Offer) bool { return o.Edit })
	return &plain
}

func openItButton(room symphony.StreamID) messageml.Node {
	return messageml.OpenStream(string(room), "Open it")
}

// maxSuggestion is the longest corrected command that is shown. Of several offers none is: their
// labels say more than the lines.
const maxSuggestion = 300

// runnableOffers are the offers that run a command.
func (r *Refusal) runnableOffers() []Offer {
	return slices.DeleteFunc(slices.Clone(r.Offers), func(o Offer) bool { return o.Edit || o.All > 0 || o.isHelp() })
}

// suggestion shows a corrected command, with "Did you mean" unless the refusal says so already.
func (r *Refusal) suggestion(command syntax.Message) messageml.Node {
	fixed := messageml.Code(command.Text)
	if r.Next != "" || r.Room != "" || strings.Contains(r.Message, "Did you mean") {
		return messageml.Paragraph(fixed)
	}
	return messageml.Paragraph(messageml.Text("Did you mean  "), fixed)
}

// SyntaxRefusal is the refusal of a message that could not be read. It is open unless it follows
// from which groups there are.
func (c Catalogue) SyntaxRefusal(g syntax.Grammar, m syntax.Message, e *syntax.Error) *Refusal {
	r := &Refusal{Code: string(e.Code), Message: e.Message, Open: !dependsOnGroups(g, m)}
	if e.At > 0 {
		r.Line, r.Caret = e.Caret(m.Text)
	}
	r.keepsForm = e.Fix == nil
	if e.Code == syntax.TooManyMembers {
		r.Offers = offersOfFewer(g, m, e.Limit)
	} else {
		r.Offers = c.correctionOffers(g, e)
	}
	if e.Code == syntax.MultipleCommands && !hasAllButton(r.Offers) {
		r.Next = "Send one command in each message."
	}
	switch {
	case len(r.Offers) > 0:
	case e.Command == "":
		r.Offers = []Offer{openFormOffer(), helpOffer()}
	case g.FormFor(m) == nil:
		r.Offers = []Offer{helpOffer()}
	}
	return r
}

// WithEdit is the refusal with a button that opens the form with all that was typed. It has none
// where it has one already, where the message names no room, and where no correction would help.
func (c Catalogue) WithEdit(r *Refusal, g syntax.Grammar, typed syntax.Message) *Refusal {
	if r.Final || slices.ContainsFunc(r.Offers, func(o Offer) bool { return o.Edit }) || g.FormFor(typed) == nil {
		return r
	}
	edited := *r
	edited.Offers = append(slices.Clip(r.Offers), editOffer(typed))
	return &edited
}

// dependsOnGroups reports whether a message reads in another way where no group is known.
func dependsOnGroups(g syntax.Grammar, m syntax.Message) bool {
	knowing := g.Parse(m)
	g.KnownGroups = nil
	return !reflect.DeepEqual(knowing, g.Parse(m))
}

// TooLate asks about a command that was written so long before the bot read it that it may not be
// wanted any more.
func (c Catalogue) TooLate(m syntax.Message, read syntax.Result, ago time.Duration) *Refusal {
	return c.askFirst(m, read, "I was away when you wrote this, about "+
		countNoun(max(1, int(ago.Round(time.Hour).Hours())), "hour", "hours")+" ago.")
}

// LeftOut asks about a command that was probably left out as one of too many.
func (c Catalogue) LeftOut(m syntax.Message, read syntax.Result) *Refusal {
	return c.askFirst(m, read, "Too many commands were waiting in this chat when you wrote this, and I may have left it out.")
}

func (c Catalogue) askFirst(m syntax.Message, read syntax.Result, reason string) *Refusal {
	return &Refusal{
		Code:    "too-late",
		Message: reason + nothingCreated,
		Next:    "If it is still wanted, one click does it:",
		Offers:  c.offersFor(m, read),
		Open:    true,
	}
}

// Text is the refusal in words, for operators.
func (r *Refusal) Text() string { return strings.TrimSpace(r.Message + " " + r.Next) }
