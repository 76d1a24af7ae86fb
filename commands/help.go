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
	c.Plan = func(_ context.Context, r *Request) (Plan, error) {
		return readOnlyPlan(all.Help(r.Text, Permissions{})), nil
	}
	return c
}

// Help explains one command, or lists all that the person may use for any other topic.
func (c Catalogue) Help(topic string, p Permissions) Reply {
	reply := Reply{Code: CodeHelp}
	if command, ok := c.Lookup(topic); ok && topic != syntax.TopicGeneral {
		reply.Body = command.helpFor(p)
		return p.onlyFor(reply)
	}
	reply.Body = append(c.introduction(p), c.listFor(p))
	if how := c.howToUse(p); how != "" {
		reply.Body = append(reply.Body, messageml.Paragraph(messageml.Text(how)))
	}
	if p.Access[CommandNewRoom] != AccessNowhere { // in the 1:1 chat, where only there
		reply.Offers = []Offer{openFormOffer()}
	}
	return p.onlyFor(reply)
}

// introduction says what the bot is for, with an example of what the person may do.
func (c Catalogue) introduction(p Permissions) []messageml.Node {
	for _, command := range c {
		if !command.Admin && !command.Open && !command.Unlisted && p.Access[command.Name] != AccessNowhere && command.Name != syntax.TopicGeneral {
			return []messageml.Node{
				messageml.Paragraph(messageml.Text("I open rooms for you. Type a command, for example")),
				messageml.Paragraph(messageml.Code(command.Examples[0])),
			}
		}
	}
	return []messageml.Node{messageml.Paragraph(messageml.Text("I open rooms, but you may not use my commands. Ask " + p.Contact + "."))}
}

// listFor lists the commands that the person may use, here or in the 1:1 chat.
func (c Catalogue) listFor(p Permissions) messageml.Node {
	var items []messageml.Item
	for _, command := range c {
		item := messageml.Item{messageml.Bold(messageml.Text("/" + command.Name)), messageml.Text(" – " + command.Summary)}
		switch p.accessTo(command) {
		case AccessNowhere:
			continue
		case AccessInIM:
			item = append(item, messageml.Text(" (only in our 1:1 chat)"))
		case AccessHere:
		}
		items = append(items, item)
	}
	return messageml.List(items...)
}

func (c Catalogue) howToUse(p Permissions) string {
	if p.Access[CommandNewRoom] == AccessNowhere {
		return ""
	}
	return "/newroom alone opens a form. In a room with others, mention me or just type the command. " +
		"After a mistake you can edit your message. /help newroom explains every option."
}

// helpFor is the help text of one command, for a person who may not be allowed to use it.
func (c Command) helpFor(p Permissions) []messageml.Node {
	switch p.accessTo(c) {
	case AccessNowhere:
		return []messageml.Node{messageml.Paragraph(messageml.Text("You may not use /" + c.Name + ". Ask " + p.Contact + "."))}
	case AccessInIM:
		return append(c.helpText(), messageml.Paragraph(messageml.Text("You may use /"+c.Name+" only in our 1:1 chat.")))
	}
	return c.helpText()
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
