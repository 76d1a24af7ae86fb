package commands

import (
	"fmt"
	"strings"
	"time"

	"roombot/symphony/messageml"
)

// reader is who reads of a decision. Only administrators read whom a rule is for and where it
// holds: others see whether it is for them.
type reader struct {
	admin bool
	self  bool // the decision is about the reader
}

// body are the conditions of a decision and what would make it fit.
func (rd reader) body(d Decision) []messageml.Node {
	var body []messageml.Node
	if d.Outcome != OutcomeAllow && d.Why != "" {
		body = append(body, messageml.Paragraph(messageml.Text(d.Why)))
	}
	if !d.Next.IsZero() {
		body = append(body, messageml.Paragraph(messageml.Text("The next room may be opened at "+formatTime(d.Next)+".")))
	}
	var items []messageml.Item
	for _, c := range d.Checks {
		if text := rd.describeCheck(c); text != "" {
			items = append(items, messageml.Item{messageml.Text(mark(c.OK) + " " + text)})
		}
	}
	if len(items) > 0 {
		body = append(body, messageml.List(items...))
	}
	return append(body, messageml.Paragraph(messageml.Italic(messageml.Text(rd.source(d)))))
}

func formatTime(t time.Time) string { return t.UTC().Format("2 January 2006, 15:04 UTC") }

func mark(ok bool) string {
	if ok {
		return "✓"
	}
	return "✗"
}

// source says which rule decided, and of which version of the policy.
func (rd reader) source(d Decision) string {
	var parts []string
	switch {
	case d.Grant != 0:
		parts = append(parts, fmt.Sprintf("No rule admits it, but grant %d does", d.Grant))
	case d.Rule != "":
		parts = append(parts, rd.nameRule("Rule", d.Rule, d.Line))
	case d.Nearest != "":
		parts = append(parts, rd.nameRule("No rule admits it; the nearest is", d.Nearest, 0))
	}
	if d.Version != "" {
		parts = append(parts, "policy version "+d.Version)
	}
	if len(parts) == 0 {
		return "There is no policy."
	}
	return strings.Join(parts, ", ") + "."
}

func (rd reader) nameRule(what, name string, line int) string {
	text := fmt.Sprintf("%s “%s”", what, name)
	if rd.admin && line > 0 {
		text += fmt.Sprintf(" (line %d)", line)
	}
	return text
}

// describeCheck is a condition as the reader may read it; empty for nothing.
func (rd reader) describeCheck(c Check) string {
	if rd.admin {
		return c.What
	}
	switch c.Key {
	case "who":
		return choose(c.OK, "the rule is for you", "the rule is for others than you")
	case "where":
		return choose(c.OK, "the rule holds in this chat", "the rule does not hold in this chat")
	case "command":
		return choose(c.OK, "the rule is about this command", "no rule allows you this command")
	case "members":
		return choose(c.OK, "whom you bring in may be brought in", "somebody whom you bring in may not be brought in by you")
	case "": // of an older version, whose text may name others
		return ""
	}
	return c.What
}

func choose(yes bool, a, b string) string {
	if yes {
		return a
	}
	return b
}

// describe says what an allow rule asks of requests, or when a deny rule refuses.
func (rd reader) describe(right Right) string {
	var parts []string
	for _, c := range right.Conditions {
		if c.Key == "members" && !rd.admin {
			parts = append(parts, "only certain people")
			continue
		}
		parts = append(parts, c.Words)
	}
	if right.PerHour > 0 {
		parts = append(parts, countNoun(right.PerHour, "room", "rooms")+" in any hour")
	}
	if right.PerDay > 0 {
		parts = append(parts, countNoun(right.PerDay, "room", "rooms")+" in any day")
	}
	if right.Approval {
		parts = append(parts, "some only with an approval")
	}
	return strings.Join(parts, "; ")
}
