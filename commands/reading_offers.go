package commands

import (
	"fmt"
	"strings"

	"roombot/commands/syntax"
)

// correctionOffers are the buttons below a message that could not be read: one for each of its
// readings.
func (c Catalogue) correctionOffers(g syntax.Grammar, e *syntax.Error) []Offer {
	if e.Fix != nil {
		return c.offersFor(*e.Fix, g.Parse(*e.Fix))
	}
	var offers []Offer
	for _, r := range e.Readings {
		read := g.Parse(r.Message)
		o := Offer{Label: c.labelReading(r, read), Command: r.Message, Edit: read.Form != nil, Line: r.Line}
		offers = append(offers, o)
	}
	return c.withAllCommands(g, e, offers)
}

// opensForm reports whether a command has a form.
func (c Catalogue) opensForm(name string) bool {
	command, ok := c.Lookup(name)
	return ok && command.Writes()
}

// labelReading is the label of a reading. A preview creates nothing.
func (c Catalogue) labelReading(r syntax.Reading, read syntax.Result) string {
	switch {
	case r.Line == 0 && read.Command != nil && !c.Writes(*read.Command):
		return strings.Replace(r.Label, "Create ", "Preview ", 1)
	case r.Line == 0:
		return r.Label
	case read.Form != nil:
		return "Fill in the form"
	case read.Command == nil:
		return "Show help"
	case c.Writes(*read.Command):
		return `Create "` + read.Command.Name + `"`
	case c.opensForm(read.Command.Command):
		return `Preview "` + read.Command.Name + `"`
	}
	return "Run /" + read.Command.Command
}

// withAllCommands adds the button that runs all commands of a message, where each of them can be
// run. Each becomes a request with a number of its own.
func (c Catalogue) withAllCommands(g syntax.Grammar, e *syntax.Error, offers []Offer) []Offer {
	lines, creates := 0, true
	for _, r := range e.Readings {
		read := g.Parse(r.Message)
		if r.Line == 0 || r.Of != len(e.Readings) || read.Command == nil {
			return offers
		}
		lines, creates = lines+1, creates && c.Writes(*read.Command)
	}
	if lines < 2 {
		return offers
	}
	verb, which := "Run", "both"
	if creates {
		verb = "Create"
	}
	if lines > 2 {
		which = fmt.Sprintf("all %d", lines)
	}
	return append([]Offer{{Label: verb + " " + which, All: lines}}, offers...)
}

func hasAllButton(offers []Offer) bool { return len(offers) > 0 && offers[0].All > 0 }
