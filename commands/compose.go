package commands

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"roombot/commands/syntax"
)

// Compose writes an invocation as a command line that reads back as the same
// invocation. Names of mentioned people are taken from the message that
// mentions them.
func Compose(from syntax.Message, inv syntax.Invocation) syntax.Message {
	c := composer{from: from}
	c.text("/" + inv.Command)
	if inv.Name != "" {
		c.text(" " + syntax.Quote(inv.Name))
	}
	owners := inv.Persons("owner")
	for _, who := range peopleOf(inv) {
		if !slices.Contains(owners, who) { // owner: adds people as well
			c.text(" ")
			c.person(who)
		}
	}
	for _, g := range inv.Groups {
		c.text(" group:" + syntax.Quote(g))
	}
	if inv.Text != "" {
		c.text(" " + inv.Text)
	}
	c.options(inv.Options)
	return c.done()
}

// peopleOf is everybody an invocation names, as one list.
func peopleOf(inv syntax.Invocation) []syntax.PersonRef {
	var all []syntax.PersonRef
	for _, id := range inv.Users {
		all = append(all, syntax.PersonRef{UserID: id})
	}
	for _, name := range inv.Usernames {
		all = append(all, syntax.PersonRef{Username: name})
	}
	for _, mail := range inv.Emails {
		all = append(all, syntax.PersonRef{Email: mail})
	}
	return all
}

func (c *composer) options(options map[string]any) {
	for _, key := range slices.Sorted(maps.Keys(options)) {
		switch v := options[key].(type) {
		case []syntax.PersonRef:
			for _, who := range v {
				c.text(" " + key + ":")
				c.person(who)
			}
		case bool:
			c.text(fmt.Sprintf(" %s:%s", key, yesNo(v)))
		case string:
			c.text(fmt.Sprintf(" %s:%s", key, syntax.Quote(v)))
		}
	}
}

// composer writes text and keeps account of the mentions in it.
type composer struct {
	from  syntax.Message
	b     strings.Builder
	runes int
	spans []syntax.Mention
}

func (c *composer) text(s string) {
	c.b.WriteString(s)
	c.runes += utf8.RuneCountInString(s)
}

func (c *composer) person(who syntax.PersonRef) {
	switch {
	case who.UserID != 0:
		c.mention(who.UserID, mentionName(c.from, who.UserID))
	case who.Username != "":
		c.text("@" + who.Username)
	default:
		c.text(who.Email)
	}
}

func (c *composer) mention(id int64, name string) {
	start := c.runes
	c.text("@" + cmp.Or(name, unnamed(id)))
	c.spans = append(c.spans, syntax.Mention{Start: start, End: c.runes, UserID: id})
}

func (c *composer) done() syntax.Message {
	return syntax.Message{Text: c.b.String(), Mentions: c.spans, Room: c.from.Room}
}

func yesNo(on bool) string {
	if on {
		return "yes"
	}
	return "no"
}

// without is the invocation less one option.
func without(inv syntax.Invocation, key string) syntax.Invocation {
	inv.Options = maps.Clone(inv.Options)
	delete(inv.Options, key)
	return inv
}

// with is the invocation with one option set.
func with(inv syntax.Invocation, key string, value any) syntax.Invocation {
	options := map[string]any{}
	maps.Copy(options, inv.Options)
	options[key] = value
	inv.Options = options
	return inv
}
