package commands

import (
	"context"
	"slices"
	"strings"

	"roombot/commands/syntax"
	"roombot/symphony/messageml"
)

func helpCommand(others Catalogue) Command {
	c := Command{Command: syntax.Command{
		Name:     "help",
		Summary:  "what I can do, or how one command works",
		Args:     syntax.ArgsCommand,
		Examples: []string{"/help", "/help newroom"},
	}}
	all := slices.Concat(others, Catalogue{c})
	c.Plan = func(_ context.Context, r *Request) (Plan, error) { return readOnlyPlan(all.Help(r.Text)), nil }
	return c
}

// Help explains one command, or lists all for any other topic.
func (c Catalogue) Help(topic string) Reply {
	if command, ok := c.Lookup(topic); ok && topic != syntax.TopicGeneral {
		return Reply{Code: CodeHelp, Body: command.helpText(), Open: true}
	}
	var items []messageml.Item
	for _, command := range c {
		items = append(items, messageml.Item{messageml.Bold(messageml.Text("/" + command.Name)), messageml.Text(" – " + command.Summary)})
	}
	body := []messageml.Node{
		messageml.Paragraph(messageml.Text("I open rooms for you. Type a command, for example")),
		messageml.Paragraph(messageml.Code(c[0].Examples[0])),
		messageml.List(items...),
		messageml.Paragraph(messageml.Text("In a room with others, mention me or just type the command. After a mistake you can edit your message. /help newroom explains every option.")),
	}
	return Reply{Code: CodeHelp, Body: body, Open: true}
}

// helpText is the help text of one command, made from its description.
func (c Command) helpText() []messageml.Node {
	body := []messageml.Node{
		messageml.Paragraph(messageml.Bold(messageml.Text("/"+c.Name)), messageml.Text(" – "+c.Summary)),
	}
	var examples []messageml.Item
	for _, e := range c.Examples {
		examples = append(examples, messageml.Item{messageml.Code(e)})
	}
	body = append(body, messageml.List(examples...))
	if len(c.Options) == 0 {
		return body
	}
	var options []messageml.Item
	for _, o := range c.Options {
		if o.Unavailable {
			continue
		}
		options = append(options, messageml.Item{messageml.Code(o.Key + ":" + valueHint(o)), messageml.Text(" – " + o.Summary + aliasText(o))})
	}
	return append(body,
		messageml.Paragraph(messageml.Text("Options, in any order:")),
		messageml.List(options...),
		messageml.Paragraph(messageml.Text("The command comes first in the message, or right after my name. People are mentions (@), e-mail addresses or @usernames; a list copied from a mail will do. A name of several words needs no quotes if it comes first.")),
	)
}

func valueHint(o syntax.CommandOption) string {
	if o.Value == "" {
		return "yes"
	}
	return o.Value
}

func aliasText(o syntax.CommandOption) string {
	if len(o.Aliases) == 0 {
		return ""
	}
	return " (also " + strings.Join(o.Aliases, ", ") + ")"
}
