package commands

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"roombot/commands/syntax"
	"roombot/symphony"
)

// FormatCommand writes an invocation as a command line that reads back as the same invocation.
// Names of mentioned people are taken from the message that mentions them.
func FormatCommand(from syntax.Message, inv syntax.Invocation) syntax.Message {
	return formatNaming(from, inv, nil)
}

// formatNaming does the same for people whom the message does not mention, by the directory's
// names.
func formatNaming(from syntax.Message, inv syntax.Invocation, users []symphony.User) syntax.Message {
	w := lineWriter{from: from, names: map[int64]string{}}
	for _, u := range users {
		w.names[int64(u.ID)] = u.DisplayName
	}
	w.writeText("/" + inv.Command)
	if inv.Name != "" {
		w.writeText(" " + syntax.Quote(inv.Name))
	}
	owners := inv.Persons("owner")
	for _, who := range allPeople(inv) {
		if !slices.Contains(owners, who) { // owner: adds people as well
			w.writeText(" ")
			w.writePerson(who)
		}
	}
	for _, g := range inv.Groups {
		w.writeText(" group:" + syntax.Quote(g))
	}
	if inv.Text != "" {
		w.writeText(" " + inv.Text)
	}
	w.writeOptions(inv.Options)
	return w.message()
}

// allPeople is everybody an invocation names, as one list.
func allPeople(inv syntax.Invocation) []syntax.PersonRef {
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

func (w *lineWriter) writeOptions(options map[string]any) {
	for _, key := range slices.Sorted(maps.Keys(options)) {
		switch v := options[key].(type) {
		case []syntax.PersonRef:
			for _, who := range v {
				w.writeText(" " + key + ":")
				w.writePerson(who)
			}
		case bool:
			w.writeText(fmt.Sprintf(" %s:%s", key, yesNo(v)))
		case string:
			w.writeText(fmt.Sprintf(" %s:%s", key, syntax.Quote(v)))
		}
	}
}

// lineWriter writes a command line and the spans of the mentions in it.
type lineWriter struct {
	from  syntax.Message
	names map[int64]string // of people whom the message does not mention
	b     strings.Builder
	runes int
	spans []syntax.Mention
}

func (w *lineWriter) writeText(s string) {
	w.b.WriteString(s)
	w.runes += utf8.RuneCountInString(s)
}

func (w *lineWriter) writePerson(who syntax.PersonRef) {
	switch {
	case who.UserID != 0:
		w.writeMention(who.UserID, cmp.Or(w.names[who.UserID], mentionName(w.from, who.UserID)))
	case who.Username != "":
		w.writeText("@" + who.Username)
	default:
		w.writeText(who.Email)
	}
}

func (w *lineWriter) writeMention(id int64, name string) {
	start := w.runes
	w.writeText("@" + cmp.Or(name, placeholderName(id)))
	w.spans = append(w.spans, syntax.Mention{Start: start, End: w.runes, UserID: id})
}

func (w *lineWriter) message() syntax.Message {
	return syntax.Message{Text: w.b.String(), Mentions: w.spans, Room: w.from.Room}
}

func yesNo(on bool) string {
	if on {
		return "yes"
	}
	return "no"
}

// withoutOption is the invocation without one option.
func withoutOption(inv syntax.Invocation, key string) syntax.Invocation {
	inv.Options = maps.Clone(inv.Options)
	delete(inv.Options, key)
	return inv
}

// withOption is the invocation with one option set.
func withOption(inv syntax.Invocation, key string, value any) syntax.Invocation {
	options := map[string]any{}
	maps.Copy(options, inv.Options)
	options[key] = value
	inv.Options = options
	return inv
}
