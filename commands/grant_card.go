package commands

import (
	"fmt"
	"strings"

	"roombot/commands/syntax"
	"roombot/symphony/messageml"
)

// GrantCard asks an administrator whether somebody may do what no rule allows.
type GrantCard struct {
	N       int64
	Request RequestID
	From    string   // name and company
	Typed   string   // the command
	Lines   []string // what it would do, one thing a line; none where that is not known
	Fault   string   // why it could not be carried out as it is, even if it were allowed
	Terms   GrantTerms
	Times   int
	// Rule is the rule that comes nearest, where Approvers would have to approve the request by it.
	Rule      string
	Approvers []string
}

// Card is the card as an administrator reads it.
func (c GrantCard) Card() Reply {
	title := c.From + " asks for access. No rule allows this:"
	body := []messageml.Node{messageml.Paragraph(messageml.Bold(messageml.Text(title)))}
	body = append(body, messageml.Paragraph(messageml.Code(syntax.Truncate(c.Typed, maxTypedShown))))
	var items []messageml.Item
	for _, line := range c.Lines {
		label, text, _ := strings.Cut(line, ": ")
		items = append(items, messageml.Item{messageml.Bold(messageml.Text(label + ": ")), messageml.Text(text)})
	}
	if len(items) > 0 {
		body = append(body, messageml.List(items...))
	}
	if c.Fault != "" {
		body = append(body, messageml.Paragraph(messageml.Text("As it is, it would be refused even then: "+c.Fault)))
	}
	body = append(body, messageml.Paragraph(messageml.Bold(messageml.Text("You would allow no more than: ")), messageml.Text(c.Terms.String()+".")))
	body = append(body, c.describeBinding()...)
	number := fmt.Sprintf("Request for access %d, for the refused request %s.", c.N, c.Request)
	if c.Times > 1 {
		number = fmt.Sprintf("Request for access %d, asked for %d times, the last time for the refused request %s.", c.N, c.Times, c.Request)
	}
	var form []messageml.Node
	for i, choice := range GrantChoices() {
		form = append(form, messageml.Button{Name: choice.Button, Label: choice.Label, Class: buttonClass(i)})
	}
	body = append(body, messageml.Paragraph(messageml.SecondaryText(messageml.Text(number))), messageml.Form(FormGrant, form...))
	return Reply{Code: CodePutOff, Body: body, Grant: c.N}
}

// describeBinding says what a grant binds and what it does not, and for how long it is good.
func (c GrantCard) describeBinding() (body []messageml.Node) {
	add := func(title, text string) {
		body = append(body, messageml.Paragraph(messageml.Bold(messageml.Text(title)), messageml.Text(text)))
	}
	binds, leaves := c.Terms.describeBounds()
	add("A grant binds: ", binds+".")
	add("It does not bind: ", leaves+"limits and approvals of rules, since you allow it and no rule does.")
	if len(c.Approvers) > 0 {
		approvers := strings.Join(shortenList(c.Approvers), ", ")
		add("Needs no approval: ", "rule “"+c.Rule+"” comes nearest, and would have needed one by "+approvers+".")
	}
	once := "“Once” ends when it is used, and after 30 days. Deny rules still hold, and so does the limit for everybody."
	return append(body, messageml.Paragraph(messageml.Text(once)))
}

// describeBounds says what is bound of a request, and what of it is not, which ends where more can
// follow.
func (t GrantTerms) describeBounds() (binds, leaves string) {
	const plan = "the command, the chat, the options that let more people in, how many people and owners there are, which groups and other companies"
	switch {
	case t.BindsPeople:
		return plan + ", and who the people are", "the name of the room; "
	case t.HasPlan:
		return plan, "the name of the room; who the people are, which may be others the next time; "
	}
	return "the command and the chat", ""
}

const maxTypedShown = 500
