package syntax

import (
	"slices"
	"strings"
)

// Reading is one way to correct a message, where several make sense or where the correction leaves
// out or changes something that its author wrote.
type Reading struct {
	// Label says in a few words what tells this reading from the message as it was written. It is
	// empty where the message is one command among several.
	Label string
	// Message is the corrected message. It can be run as it is.
	Message Message
	// Line is the number of the command among several in one message, from 1; 0 otherwise.
	Line int
	// Of is how many commands the message holds, where Line is set.
	Of int

	parts  []string // of the label
	result Result   // of the message
}

// maxReadings is how many readings one error has at most.
const maxReadings = 5

// maxCorrections is how many corrections are tried for one message, those of a message that is
// still wrong after the first included.
const maxCorrections = 16

// corrections are all ways to correct the error.
func (f *parseError) corrections() []correction {
	if len(f.edits) > 0 {
		return []correction{{edits: f.edits}}
	}
	return f.readings
}

// corrector finds out what becomes of a message after its corrections, each of which may leave
// another error.
type corrector struct {
	grammar Grammar
	left    int
}

// correct returns the readings of a message with this error: those that can be run.
func (c *corrector) correct(m Message, f *parseError) []Reading {
	var all []Reading
	for _, way := range f.corrections() {
		for _, r := range c.follow(m, way) {
			if !slices.ContainsFunc(all, func(o Reading) bool { return o.Message.Text == r.Message.Text && o.Line == r.Line }) {
				all = append(all, r)
			}
		}
	}
	return all[:min(len(all), maxReadings)]
}

// follow carries out one correction, and corrects what is wrong after it. A command among several
// counts only if it can be read in one way.
func (c *corrector) follow(m Message, way correction) []Reading {
	if c.left == 0 {
		return nil
	}
	c.left--
	fixed := way.apply(m)
	result, next := c.grammar.parseOnce(fixed)
	found := []Reading{{Message: fixed, result: result}}
	switch {
	case next != nil:
		found = c.correct(fixed, next)
	case result.Ignore:
		return nil
	}
	if way.line > 0 {
		if len(found) != 1 || found[0].Line > 0 || len(found[0].parts) > 0 {
			return nil
		}
		found[0].Line, found[0].Of = way.line, way.of
	}
	found = slices.DeleteFunc(found, func(r Reading) bool { return !way.goesWith(r) })
	for i := range found {
		found[i].addPart(way.label)
	}
	return found
}

// addPart puts a part before the others of the label.
func (r *Reading) addPart(part string) {
	if part != "" {
		r.parts = append([]string{part}, r.parts...)
	}
	r.Label = strings.ReplaceAll(strings.Join(r.parts, ", "), ", Without ", ", without ")
}

// setReadings notes the readings in the error: as its fix where there is one that keeps all that
// was written.
func (e *Error) setReadings(readings []Reading) {
	if len(readings) == 1 && readings[0].Label == "" && readings[0].Line == 0 {
		e.Fix = &readings[0].Message
		return
	}
	for i := range readings {
		readings[i].parts, readings[i].result = nil, Result{}
	}
	e.Readings = readings
}

// Corrections returns all messages that the author may have meant.
func (e *Error) Corrections() []Reading {
	if e.Fix != nil {
		return []Reading{{Message: *e.Fix}}
	}
	return e.Readings
}
