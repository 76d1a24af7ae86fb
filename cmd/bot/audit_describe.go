package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	stdio "io"
	"strings"
	"time"

	"roombot/bot/audit"
	"roombot/bot/policy"
	"roombot/commands"
)

// checkText is a condition of a decision.
type checkText struct {
	What     string
	OK, Open bool
}

// checksIn are the conditions of a decision; none of other entries.
func checksIn(e entry) []checkText {
	var body struct{ Checks []checkText }
	if e.Kind != audit.Decision || json.Unmarshal(e.Body, &body) != nil {
		return nil
	}
	if e.Facts != nil && body.Checks == nil {
		_ = json.Unmarshal(e.Facts, &body) // facts that cannot be read tell nothing
	}
	return body.Checks
}

func printChecks(w stdio.Writer, e entry) {
	for _, c := range checksIn(e) {
		fmt.Fprintf(w, "\t\t\t\t\t  %s\n", policy.Check{What: c.What, OK: c.OK, Open: c.Open})
	}
}

// actedSlack is how much later than the act an entry may be recorded without that being told.
const actedSlack = 100 * time.Millisecond

const instant = "2006-01-02T15:04:05.000Z"

// entryText are the fields of bodies and facts that are told in a line.
type entryText struct {
	Command, Outcome, Rule, Version, Denial, Reason, Act, Operator, Replica, Program, Policy string
	Line                                                                                     int
	Grant                                                                                    int64
	Added, Owners, Invited                                                                   []int64
	Absent                                                                                   []struct {
		User  int64
		Cause string
	}
	From                commands.Person
	Typed, Nearest, Why string
	Granted             struct {
		By int64
		At string
	}
	GrantedBy commands.Person
	Wanted    string // what a click would have decided
	Acted     time.Time
	Clicked   time.Time
	Asked     struct{ Plan struct{ Name string } }
}

// roomName is the name of the room that a decision was about; empty where that is not known.
func (t entryText) roomName() string { return cmp.Or(t.Asked.Plan.Name, typedRoomName(t.Typed)) }

// readEntryText reads what is told of an entry.
func readEntryText(e entry) (t entryText) {
	_ = json.Unmarshal(e.Body, &t) // a body that cannot be read tells nothing
	if e.Facts != nil {
		_ = json.Unmarshal(e.Facts, &t)
	}
	return t
}

// describeEntry tells an entry in a line.
func describeEntry(e entry) string {
	t := readEntryText(e)
	var parts []string
	add := func(format string, value any) {
		if text := fmt.Sprintf(format, value); value != "" && value != 0 && value != int64(0) {
			parts = append(parts, text)
		}
	}
	switch e.Kind {
	case audit.Decision:
		add("%s", t.Outcome)
		add("/%s", t.Command)
		add("by %s", nameRuleOrGrant(t.Rule, t.Grant))
		add("given by %s", describeGiven(e, t))
		add("line %d", t.Line)
		add("denied: %s", t.Denial)
		add("policy %s", t.Version)
		add("from %s", t.From.Name)
		add("typed %q", t.Typed)
	case audit.Member, audit.Owner:
		if len(t.Added) > 0 {
			add("added %v", t.Added)
		}
		if len(t.Invited) > 0 {
			add("invited %v", t.Invited)
		}
		if len(t.Owners) > 0 {
			add("owners %v", t.Owners)
		}
		for _, absent := range t.Absent {
			add("not %s", fmt.Sprintf("%d: %s", absent.User, absent.Cause))
		}
	case audit.Grant:
		return describeGrant(e)
	case audit.Restored:
		return describeRestored(e)
	case audit.Removed:
		return describeRemoved(e)
	case audit.Pause:
		add("%s", t.Act)
		add("%q", t.Reason)
		add("by %s", nameOperator(e, t.Operator))
	default:
		add("%s", t.Act)
		add("wanted %s", t.Wanted)
		add("%s", t.Outcome)
		add("%s", t.Reason)
		add("by %s", t.Operator)
		add("replica %s", t.Replica)
		add("program %s", t.Program)
		add("policy %s", t.Policy)
		add("version %s", t.Version)
	}
	if e.By != nil {
		add("asked for by %s", e.By.Name)
		add("by %s", nameRuleOrGrant(e.By.Rule, e.By.Grant))
		add("policy %s", e.By.Version)
		add("approved by %s", printable(e.By.ApprovedBy))
	}
	if e.By != nil && e.By.RoomName != "" {
		add("room %s", fmt.Sprintf("%q (%s)", e.By.RoomName, e.Room))
	} else {
		add("room %s", e.Room)
	}
	if !t.Clicked.IsZero() {
		add("clicked at %s", t.Clicked.UTC().Format(instant))
	}
	if e.At.Sub(t.Acted) > actedSlack && !t.Acted.IsZero() {
		add("done at %s", t.Acted.UTC().Format(instant))
	}
	return strings.Join(parts, ", ")
}

// nameRuleOrGrant says what has decided; empty where neither a rule nor a grant has.
func nameRuleOrGrant(rule string, grant int64) string {
	switch {
	case grant != 0:
		return fmt.Sprintf("grant %d", grant)
	case rule != "":
		return fmt.Sprintf("rule %q", rule)
	}
	return ""
}

// describeGiven says who has made the grant of a decision, and when; empty where that is not known.
func describeGiven(e entry, t entryText) string {
	if t.Granted.By == 0 {
		return ""
	}
	return nameAndNumber(cmp.Or(t.GrantedBy.Name, e.names[t.Granted.By]), t.Granted.By) + " at " + t.Granted.At
}

// nameOperator names an administrator who acted in the chat; others are as the entry has them.
func nameOperator(e entry, operator string) string {
	if e.Actor == 0 || e.names[e.Actor] == "" {
		return operator
	}
	return nameAndNumber(e.names[e.Actor], e.Actor)
}

// describeRestored tells in a line where the store was set back to, and what was lost.
func describeRestored(e entry) string {
	var r audit.RestoredBody
	if json.Unmarshal(e.Body, &r) != nil {
		return ""
	}
	return fmt.Sprintf("store was set back to entry %d, %d lost, up to entry %d, seen in the %s", r.Head.Seq, r.Seen.Seq-r.Head.Seq, r.Seen.Seq, r.By)
}

func describeRemoved(e entry) string {
	var r audit.RemovedBody
	if json.Unmarshal(e.Body, &r) != nil {
		return ""
	}
	return fmt.Sprintf("entries up to %d were too old and were removed", r.Through.Seq)
}

// describeGrant tells in a line what has become of a grant.
func describeGrant(e entry) string {
	var g struct {
		Act, Command, Until, Operator, Decided, By string
		N, For, Decider                            int64
		Once                                       bool
		Bounds                                     []string
	}
	_ = json.Unmarshal(e.Body, &g) // what cannot be read tells nothing
	if e.Facts != nil {
		_ = json.Unmarshal(e.Facts, &g)
	}
	parts := []string{fmt.Sprintf("grant %d %s", g.N, g.Act), "/" + g.Command, "for " + nameAndNumber(e.names[g.For], g.For)}
	for _, p := range []struct{ before, text string }{
		{"", strings.Join(g.Bounds, "; ")}, {"by ", g.By}, {"by ", g.Operator}, {"until ", g.Until},
	} {
		if p.text != "" {
			parts = append(parts, p.before+p.text)
		}
	}
	if g.Decider != 0 {
		given := "given by " + nameAndNumber(e.names[g.Decider], g.Decider)
		if g.Decided != "" {
			given += " at " + g.Decided
		}
		parts = append(parts, given)
	}
	if g.Once {
		parts = append(parts, "once")
	}
	return strings.Join(parts, ", ")
}
