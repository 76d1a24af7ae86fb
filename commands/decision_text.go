package commands

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"roombot/symphony/messageml"
)

// reader is who reads of a decision. Only administrators read whom a rule is for, where it holds,
// and the names of deny rules. Others read whether a rule is for them, and of one that is for
// others nothing. People of other companies read what the refusal itself says.
type reader struct {
	admin   bool
	self    bool   // the decision is about the reader
	outside bool   // of another company, and no administrator
	name    string // of whom the decision is about, where that is somebody else
	contact string
	pause   *PauseInForce // that stops the request which is asked about; nil for none
}

func (env *Env) newReader(r *Request, admin bool) reader {
	return reader{admin: admin, self: true, outside: !admin && env.IsExternal(r.From.ID), contact: env.Contact}
}

// body are the conditions of a decision and what would make it fit.
func (rd reader) body(d Decision) []messageml.Node {
	var body []messageml.Node
	add := func(text string) { body = append(body, messageml.Paragraph(messageml.Text(text))) }
	why := rd.why(d)
	if why != "" {
		add(why)
	}
	if !d.Next.IsZero() {
		add("The next room may be opened at " + formatTime(nextMinute(d.Next)) + ".")
	}
	if d.ApprovedBy != "" {
		add("✓ Approved by " + d.ApprovedBy + ".")
	}
	if d.Approval != nil {
		state := *d.Approval
		if rd.outside {
			state.By = "an approver"
		}
		add("What has become of it: " + state.String())
	}
	if d.Outcome == OutcomeDeny && !rd.admin && !strings.Contains(why, rd.contact) {
		add("If you need it, ask " + rd.contact + ".")
	}
	if rd.outside {
		return body
	}
	if items := rd.listChecks(d); len(items) > 0 {
		if d.isByDenyRule() {
			add(titleOfDenyRule(d))
		}
		body = append(body, messageml.List(items...))
	}
	if source := rd.source(d); source != "" {
		body = append(body, messageml.Paragraph(messageml.Italic(messageml.Text(source))))
	}
	return body
}

// why says why it is not allowed. The sentences about limits and approvals name the rule.
func (rd reader) why(d Decision) string {
	switch {
	case d.Outcome == OutcomeAllow:
		return ""
	case rd.outside && d.Outcome == OutcomeLimit:
		return "You have opened as many rooms as you may for now."
	case rd.outside && d.Outcome == OutcomeApprove:
		return "Somebody has to approve it first."
	case d.IsAccountHidden && d.Outcome == OutcomeDeny:
		return strings.TrimSpace(rd.tellHiddenAccount() + " " + d.Why)
	}
	return d.Why
}

func (rd reader) tellHiddenAccount() string {
	if rd.self {
		return "The directory does not show me your account."
	}
	return rd.name + "'s account is disabled, or the directory does not show it."
}

// isByDenyRule reports whether a deny rule has decided: one that matches, or would if more were
// known.
func (d Decision) isByDenyRule() bool { return d.Outcome == OutcomeDeny && d.Rule != "" }

// titleOfDenyRule stands above the conditions of a deny rule, whose ✓ are reasons to refuse.
func titleOfDenyRule(d Decision) string {
	if slices.ContainsFunc(d.Checks, func(c Check) bool { return !c.OK }) {
		return "Refused, because all of these may be so:"
	}
	return "Refused, because all of these are so:"
}

func (rd reader) listChecks(d Decision) (items []messageml.Item) {
	if !rd.mayReadNearest(d) {
		return nil
	}
	for _, c := range d.Checks {
		if text := rd.describeCheck(c, d.isByDenyRule()); text != "" {
			c.Open = c.Open || d.isByDenyRule() && !c.OK // it may match
			items = append(items, messageml.Item{messageml.Text(c.mark() + " " + text)})
		}
	}
	return items
}

// mayReadNearest reports whether the reader may know the rule that came closest: it is about them.
func (rd reader) mayReadNearest(d Decision) bool {
	return rd.admin || d.Nearest == "" || slices.ContainsFunc(d.Checks, func(c Check) bool { return c.Key == "who" && c.OK })
}

func formatTime(t time.Time) string { return t.UTC().Format("2 January 2006, 15:04 UTC") }

func (c Check) mark() string {
	switch {
	case c.Open:
		return "–"
	case c.OK:
		return "✓"
	}
	return "✗"
}

// source says which rule decided, and of which version of the policy.
func (rd reader) source(d Decision) string {
	if d.Version == "" {
		return "There is no policy."
	}
	version := "policy version " + d.Version + "."
	switch {
	case d.Grant != 0:
		return fmt.Sprintf("No rule admits it, but grant %d does, ", d.Grant) + version
	case d.Rule != "" && (rd.admin || !d.isByDenyRule()):
		return rd.nameRule("Rule", d.Rule, d.Line) + ", " + version
	case d.Nearest != "" && rd.mayReadNearest(d):
		return rd.nameRule("No rule admits it; the nearest is", d.Nearest, 0) + ", " + version
	}
	return "By " + version
}

func (rd reader) nameRule(what, name string, line int) string {
	text := fmt.Sprintf("%s “%s”", what, name)
	if rd.admin && line > 0 {
		text += fmt.Sprintf(" (line %d)", line)
	}
	return text
}

// describeCheck is a condition as the reader may read it; empty for nothing. One of a deny rule
// that is not met is not known.
func (rd reader) describeCheck(c Check, deny bool) string {
	if rd.admin {
		return c.What
	}
	if text, known := denyTexts[c.Key]; known && deny {
		return choose(c.OK, text, text+" (not known)")
	}
	switch c.Key {
	case "who":
		return choose(c.OK, "the rule is for you", "the rule is for others than you")
	case "where":
		return choose(c.OK, "the rule holds in this chat", "the rule does not hold in this chat")
	case "command":
		return choose(c.OK, "the rule is about this command", "no rule allows you this command")
	case "members":
		if c.Open {
			return "whom you bring in: only certain people"
		}
		return choose(c.OK, "whom you bring in may be brought in", "somebody whom you bring in may not be brought in by you")
	case "": // of an older version, whose text may name others
		return ""
	}
	return c.What
}

// denyTexts are the conditions of a deny rule that is about a request, by their keys.
var denyTexts = map[string]string{
	"who": "the rule is about you", "where": "the rule is about this chat", "command": "the rule is about this command",
	"members": "somebody whom you bring in is refused by it",
}

func choose(yes bool, a, b string) string {
	if yes {
		return a
	}
	return b
}

// describeDenial says when a deny rule refuses, as a sentence goes on.
func (rd reader) describeDenial(right Right) string {
	var parts []string
	for _, c := range right.Conditions {
		switch {
		case c.Key != "members":
			parts = append(parts, "for "+c.Words)
		case rd.admin:
			parts = append(parts, "where "+c.Words+" are brought in")
		default:
			parts = append(parts, "where certain people are brought in")
		}
	}
	return strings.Join(parts, " and ")
}

// describe says what an allow rule asks of requests, or when a deny rule refuses.
func (rd reader) describe(right Right) string {
	parts := rd.describeConditions(right.Conditions, "only certain people")
	if right.PerHour > 0 {
		parts = append(parts, countNoun(right.PerHour, "room", "rooms")+" in any hour")
	}
	if right.PerDay > 0 {
		parts = append(parts, countNoun(right.PerDay, "room", "rooms")+" in any day")
	}
	if right.Approval {
		what := strings.Join(rd.describeConditions(right.ApprovalWhen, "certain people"), " and ")
		parts = append(parts, "an approval is needed for "+orText(what, "each"))
	}
	return strings.Join(parts, "; ")
}

// describeConditions says what conditions ask for. Whom they name only administrators read.
func (rd reader) describeConditions(all []Condition, somebody string) (parts []string) {
	for _, c := range all {
		if c.Key == "members" && !rd.admin {
			c.Words = somebody
		}
		parts = append(parts, c.Words)
	}
	return parts
}
