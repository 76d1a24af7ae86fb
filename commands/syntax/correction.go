package syntax

import (
	"fmt"
	"slices"
)

// correction is a way to correct an error: edits, or a message that takes the place of the whole.
type correction struct {
	label string // empty for the only sensible one, which keeps all that was written
	// holds reports whether the corrected message reads as the label says; nil where it always does.
	holds   func(Result) bool
	edits   []edit
	message *Message
	line    int
	of      int
}

func (c correction) apply(m Message) Message {
	if c.message != nil {
		return *c.message
	}
	return applyEdits(m, c.edits)
}

// maxParts is how many things may be changed or left out by one click.
const maxParts = 2

// goesWith reports whether the corrections of a reading may follow this one: they are not too many,
// and leave true what this one says.
func (c correction) goesWith(r Reading) bool {
	return c.label == "" || (c.holds == nil || c.holds(r.result)) && r.Line == 0 && len(r.parts) < maxParts
}

func withoutPart(what string) string { return "Without " + what }

// callRoom is the correction that makes this the room's name.
func callRoom(name string, edits ...edit) correction {
	holds := func(r Result) bool { return r.Command != nil && r.Command.Name == name }
	return correction{label: `Create "` + name + `"`, holds: holds, edits: edits}
}

// describeAs is the correction that makes a text the description.
func describeAs(key, text string, edits ...edit) correction {
	way := setTo(key, cleanDescription([]rune(text)), edits...)
	way.label = `Description "` + echo(text) + `"`
	return way
}

// addUsernames is the correction that adds people by username.
func addUsernames(names []string, edits []edit) correction {
	labels := make([]string, len(names))
	for i, name := range names {
		labels[i] = "@" + echo(name)
	}
	holds := func(r Result) bool {
		added := r.invocation().Usernames
		return !slices.ContainsFunc(names, func(name string) bool { return !slices.Contains(added, name) })
	}
	return correction{label: "Add " + JoinWords(labels, "and"), holds: holds, edits: edits}
}

// setTo is the correction after which an option has this value.
func setTo(key string, value any, edits ...edit) correction {
	holds := func(r Result) bool { return r.invocation().Options[key] == value }
	return correction{label: optionPart(key, value), holds: holds, edits: edits}
}

// optionPart is the part of a label that names an option with its value.
func optionPart(key string, value any) string {
	switch value {
	case true:
		return key + ":yes"
	case false:
		return key + ":no"
	}
	return key + `:"` + echo(fmt.Sprint(value)) + `"`
}

func quotedPart(text string) string { return `"` + echo(text) + `"` }

const (
	showHelp     = "Show help"
	fillInForm   = "Fill in the form"
	withoutQuote = "Without the quote"
)
