package commands

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"roombot/commands/syntax"
	"roombot/symphony"
	"roombot/symphony/messageml"
)

// AccessRequest is what a button "Request access" stands for: a command that no rule allows, where
// it was given.
type AccessRequest struct {
	Command syntax.Message    `json:"command"`
	Stream  symphony.StreamID `json:"stream"`
	Room    bool              `json:"room,omitempty"`
	Name    string            `json:"name,omitempty"` // of the room
}

// Chat is where the command was given.
func (a AccessRequest) Chat() Chat { return Chat{Stream: a.Stream, Room: a.Room, Name: a.Name} }

// Grant is an exception from the policy as people read it: asked for, or made.
type Grant struct {
	N     int64
	Who   string // name
	Terms GrantTerms
	Asked time.Time
	Times int    // it was asked for
	By    string // name of who has made it; empty while it is only asked for
	Until time.Time
	Once  bool
	Ended string // what has ended it before its time: "used up", "revoked"; empty for nothing
}

// GrantTerms are what an exception admits.
type GrantTerms struct {
	Command string
	Room    bool   // it is for one room, not for the 1:1 chat
	Where   string // name of that room
	Bounds  []string
	// HasPlan says that the command would change something, whose bounds are among Bounds.
	HasPlan bool
	// BindsPeople says that nobody may come in but those whom Bounds name.
	BindsPeople bool
}

// String says what they admit, to others than the person whom they are for.
func (t GrantTerms) String() string { return t.describe(false) }

// describe says what they admit, to the person whom they are for or to others.
func (t GrantTerms) describe(toThem bool) string {
	where := "in " + choose(toThem, "our", "their") + " 1:1 chat"
	if t.Room {
		where = choose(t.Where == "", "in one room", "in the room “"+t.Where+"”")
	}
	text := "/" + t.Command + " " + where
	if len(t.Bounds) > 0 {
		text += ": " + strings.Join(t.Bounds, "; ")
	}
	return text
}

// GrantChoice is what an administrator decides about a request for access.
type GrantChoice struct {
	Button, Label string
	Days          int // for which it is good; 0: it is refused
	Once          bool
	Done          string // as in "has allowed it …"
}

// GrantChoices are the buttons of a card, in their order.
func GrantChoices() []GrantChoice {
	return []GrantChoice{
		{Button: "once", Label: "Allow once", Days: 30, Once: true, Done: "once, within 30 days"},
		{Button: "day", Label: "Allow for a day", Days: 1, Done: "for a day"},
		{Button: "month", Label: "Allow for 30 days", Days: 30, Done: "for 30 days"},
		{Button: "refuse", Label: "Refuse"},
	}
}

// GrantDecision says what was decided about a request for access.
type GrantDecision struct {
	By    string // name; empty where there was nobody left to decide
	At    time.Time
	Until time.Time // zero where it is refused
	Once  bool
	// UsedUp says that it was for once, and was used.
	UsedUp bool
}

func (d GrantDecision) String() string {
	if d.By == "" {
		return "ended on " + formatTime(d.At) + ", since the policy names no administrator any more who could decide about it."
	}
	if d.Until.IsZero() {
		return "refused by " + d.By + " on " + formatTime(d.At) + "."
	}
	text := "✓ allowed by " + d.By + " on " + formatTime(d.At) + ", until " + formatTime(d.Until)
	if d.Once {
		text = "✓ allowed once by " + d.By + " on " + formatTime(d.At) + ", good until " + formatTime(d.Until)
	}
	return text + "."
}

// tense is "is" while what was decided about holds.
func (d GrantDecision) tense() string { return choose(d.Until.IsZero(), "was", "is") }

// EndedGrantCard takes the place of a card about which somebody has decided.
func EndedGrantCard(n int64, who string, terms GrantTerms, d GrantDecision) Reply {
	return openReply(CodePutOff, fmt.Sprintf("%s's request for access %d: %s It %s for %s.", who, n, d, d.tense(), terms))
}

// ConfirmAccessAsked is the answer to a click on "Request access". Who decides stays unsaid where
// admins is empty.
func ConfirmAccessAsked(n int64, admins []string, again bool) Reply {
	whom := "the administrators"
	if len(admins) > 0 {
		whom = strings.Join(shortenList(admins), ", ")
	}
	text := fmt.Sprintf("⏳ I have asked %s (request for access %d). I tell you what they decide.", whom, n)
	if again {
		text = fmt.Sprintf("⏳ The same is asked for already (request for access %d). I have told %s that you have asked again.", n, whom)
	}
	reply := textReply(CodeDone, text)
	reply.Private = true
	return reply
}

// AccessIsOpen answers a click on "Request access" where a rule allows by now what was refused.
func AccessIsOpen(again []Offer) Reply {
	reply := textReply(CodeDone, "You need no access any more: you may do this now, as far as the rules go. Send it again.")
	reply.Private, reply.Offers = true, again
	return reply
}

// NobodyGivesAccess refuses a request for access that nobody can decide about.
func NobodyGivesAccess(contact string) *Refusal {
	return &Refusal{
		Code: "nobody-decides", Message: "There is no administrator whom I could ask.", Next: "Ask " + contact + ".", Private: true, Final: true,
	}
}

// TooManyAccessRequests refuses a request for access of somebody who waits for as many as may be.
func TooManyAccessRequests(most int, contact string) *Refusal {
	return &Refusal{
		Code: "access-full", Private: true, Final: true,
		Message: fmt.Sprintf("%d of your requests for access wait for a decision, as many as may.", most), Next: "Wait for these first, or ask " + contact + ".",
	}
}

// TellGrantDecided tells somebody what was decided about their request for access. The button sends
// the request again.
func TellGrantDecided(n int64, terms GrantTerms, d GrantDecision, again []Offer, contact string) Reply {
	reply := textReply(CodeDone, fmt.Sprintf("Your request for access %d: %s It %s for %s.", n, d, d.tense(), terms.describe(true)))
	switch {
	case d.By == "":
		reply.Body = append(reply.Body, messageml.Paragraph(messageml.Text("Ask "+contact+".")))
		return reply
	case d.Until.IsZero():
		return reply
	case d.UsedUp: // before this is told
		return AddUsedUp(reply)
	}
	reply.Offers = again
	if terms.Room {
		reply.Body = append(reply.Body, messageml.Paragraph(messageml.Text("Send your request again there.")))
	}
	return reply
}

// AddUsedUp ends an answer with that the access by which it was given is used up.
func AddUsedUp(reply Reply) Reply {
	line := messageml.Paragraph(messageml.SecondaryText(messageml.Text("Your access was for once, and is used up.")))
	reply.Body = append(slices.Clip(reply.Body), line)
	return reply
}

// TellGrantEnds tells somebody that an exception made for them ends: soon, or now since somebody
// has revoked it.
func TellGrantEnds(g Grant, revokedBy string) Reply {
	if revokedBy != "" {
		return textReply(CodeDone, fmt.Sprintf("%s has revoked your grant %d. It was for %s.", revokedBy, g.N, g.Terms.describe(true)))
	}
	return textReply(CodeDone, fmt.Sprintf("Your grant %d ends on %s. It is for %s.", g.N, formatTime(g.Until), g.Terms.describe(true)))
}

// OfferAgain is the button that sends again what access was asked for, in the chat that has it.
func (a AccessRequest) OfferAgain() []Offer {
	if a.Room { // a button in the 1:1 chat would send it there
		return nil
	}
	return []Offer{{Label: "Send it again", Command: a.Command}}
}

// ConfirmGrantDecision is the answer to who has decided about a request for access.
func ConfirmGrantDecision(c GrantChoice, who string) Reply {
	if c.Days == 0 {
		return textReply(CodeDone, "✓ You have refused it, and I tell "+who+".")
	}
	return textReply(CodeDone, "✓ You have allowed it "+c.Done+", and I tell "+who+".")
}

// GrantDecidedAlready answers a click on a card about which somebody has decided before.
func GrantDecidedAlready(d GrantDecision) *Refusal {
	return &Refusal{
		Code: "grant-decided", Message: "Your click changes nothing: " + strings.TrimPrefix(d.String(), "✓ "), Private: true, Final: true,
		Next:   "What is in force:",
		Offers: []Offer{{Label: "List the grants", Command: syntax.Message{Text: "/policy grants"}}},
	}
}

// ClickedAccess is what a button "Request access" stands for, read from the message that has it.
func ClickedAccess(data string) (a AccessRequest, request RequestID, err error) {
	e, ok := readStamp(data)
	if !ok || e.Access == nil {
		return AccessRequest{}, "", Expired()
	}
	return *e.Access, e.Request, nil
}

// ClickedGrant is what an administrator has decided on a card, and about which request for access.
func ClickedGrant(data string, values symphony.FormValues) (n int64, choice GrantChoice, err error) {
	e, ok := readStamp(data)
	if !ok || e.Grant == 0 {
		return 0, GrantChoice{}, Expired()
	}
	for _, c := range GrantChoices() {
		if c.Button == values.Action() {
			return e.Grant, c, nil
		}
	}
	return 0, GrantChoice{}, Expired()
}

// DescribePerson is the name of somebody as the directory has it, with their company where that is
// another one.
func (env *Env) DescribePerson(ctx context.Context, who Person) (string, error) {
	names, err := env.namesOf(ctx, []Person{who})
	return names[who.ID], err
}
