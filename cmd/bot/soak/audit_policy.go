package soak

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"roombot/bot/audit"
	"roombot/bot/policy"
	"roombot/cmd/bot/trial"
	"roombot/commands"
	"roombot/symphony/sandbox/client"
)

// decidedEntry is an entry of the record about a decision.
type decidedEntry struct {
	At            time.Time `json:"-"`
	Outcome       policy.Outcome
	Rule, Version string
	Grant         int64       // that admits the request; 0 for none
	Approval      *approvedBy // nil where it rests on none
}

func readDecision(e audit.Entry) decidedEntry {
	var d decidedEntry
	_ = json.Unmarshal(e.Body, &d) // one that cannot be read allows nothing
	d.At = e.At
	return d
}

// refusalOf is the outcome of a decision by which a request without a room was rightly refused;
// empty where it was not. It is Approve as well for one that was withdrawn before it was approved.
func (w *Outcome) refusalOf(c *Request, answers []client.Message) (of policy.Outcome, withdrawn bool) {
	if w.Governance == nil || len(answers) != 1 {
		return "", false
	}
	switch trial.ReadStamp(answers[0]).Outcome {
	case "denied":
		return policy.Deny, false
	case "too-many-rooms":
		return policy.Limit, false
	case "not-approved", approvalChanged:
		return policy.Approve, false
	}
	if w.wasStopped(c, answers) {
		return policy.Approve, true
	}
	return "", false
}

// wasStopped reports whether who has made the request has stopped it, and reads so.
func (w *Outcome) wasStopped(c *Request, answers []client.Message) bool {
	return w.Governance != nil && len(answers) == 1 && trial.ReadStamp(answers[0]).Outcome == commands.CodeStopped && w.Governance.hasWithdrawn(c)
}

// ending is what has become of a request.
type ending struct {
	request *Request
	rooms   []client.Room
	room    *client.Room   // the only one; nil for none or several
	refusal policy.Outcome // where it has no room; empty for neither
	// withdrawn is set where who has asked for it has withdrawn it.
	withdrawn bool
	record    *recordOfRequest
}

// allowedAt is when the request was first let do what it asked for.
func (e *ending) allowedAt() (at time.Time, known bool) {
	for _, d := range e.record.decided {
		if d.Outcome == policy.Allow {
			return d.At, true
		}
	}
	return time.Time{}, false
}

// createdAt is when the pod has created the room.
func (e *ending) createdAt() time.Time { return time.UnixMilli(e.room.Created) }

// checkGovernance compares what has become of the requests with the rules, limits and pauses that
// were in force.
func (a *AuditResult) checkGovernance(g *Governance, endings []ending, entries []audit.Entry) {
	a.Versions, a.FaultyTexts, a.Pauses = len(g.Periods), g.FaultyTexts, len(g.Pauses)
	for _, p := range g.Periods {
		a.SlowestEdit = max(a.SlowestEdit, p.Took)
	}
	for _, version := range g.Late {
		a.addFault("version %s of the policy was not in force in time", version)
	}
	a.checkPolicyEntries(g, entries)
	a.checkPauseEntries(g, entries)
	for _, e := range endings {
		for _, what := range append(g.checkDecisions(e), g.checkPauses(e)...) {
			a.addFinding(e.request, what)
		}
	}
	a.checkLimits(g, endings)
	a.checkGrantRooms(g, endings)
}

func (a *AuditResult) addFault(format string, args ...any) {
	a.Findings = append(a.Findings, Finding{What: fmt.Sprintf(format, args...)})
}

// checkDecisions tells what is wrong with the decisions about a request: each is by rules that were
// in force since it was made, and is what they say. One that allows it comes before the room; after
// a creation without an answer the bot may decide again, before it knows that the room is there.
func (g *Governance) checkDecisions(e ending) (wrong []string) {
	for i, d := range e.record.decided {
		said := fmt.Sprintf("decided %s by rule %q of version %s", d.Outcome, d.Rule, d.Version)
		rules := g.rulesAt(d.Version, e.request.Sent, d.At)
		if rules == nil {
			wrong = append(wrong, said+", which was not in force")
			continue
		}
		r := rules.rulingFor(e.request)
		if d.Grant != 0 || r.rule == "" {
			wrong = append(wrong, g.checkGrantUse(e, d, r)...)
		} else if r.allowed == (d.Outcome == policy.Deny) || r.rule != d.Rule {
			wrong = append(wrong, fmt.Sprintf("%s, which says %q", said, r.rule))
		}
		last := i == len(e.record.decided)-1
		if last && e.room != nil && !slices.ContainsFunc(e.record.decided, e.allowsInTime) {
			wrong = append(wrong, said+" after the room was created")
		}
		if last && e.room == nil && d.Outcome != e.refusal && !e.withdrawn {
			wrong = append(wrong, fmt.Sprintf("%s, and answered otherwise", said))
		}
	}
	if e.room == nil && len(e.record.decided) == 0 {
		wrong = append(wrong, "refused without a decision in the audit record")
	}
	return wrong
}

// allowsInTime reports whether a decision allows the request, and was made before the room.
func (e *ending) allowsInTime(d decidedEntry) bool {
	return d.Outcome == policy.Allow && !d.At.Truncate(time.Millisecond).After(e.createdAt())
}

// rulesAt are the rules of a version, where they may have been in force within a time.
func (g *Governance) rulesAt(version string, from, to time.Time) *Rules {
	for _, p := range g.Periods {
		if p.Version == version && !p.From.After(to) && (p.Until.IsZero() || !p.Until.Before(from)) {
			return p.Rules
		}
	}
	return nil
}

// checkPolicyEntries notes versions without an entry from their time, entries of versions that
// never were in force, and decisions before the entry of their version.
func (a *AuditResult) checkPolicyEntries(g *Governance, entries []audit.Entry) {
	since := map[string]bool{}
	told := map[string][]time.Time{}
	for _, e := range entries {
		switch e.Kind {
		case audit.Policy:
			var body struct {
				Version  string
				Document json.RawMessage
			}
			_ = json.Unmarshal(e.Body, &body) // one that cannot be read is of no version
			rules := g.rulesAt(body.Version, time.Time{}, e.At)
			if rules == nil {
				a.addFault("audit record: version %s of the policy was never in force", body.Version)
			} else if !strings.Contains(string(body.Document), rules.EveryRule) {
				a.addFault("audit record: not the rules of version %s", body.Version)
			}
			since[body.Version] = true
			told[body.Version] = append(told[body.Version], e.At)
		case audit.Decision:
			if version := readDecision(e).Version; version != "" && !since[version] {
				a.addFault("audit record: request %s was decided by version %s before the entry about it", e.Request, version)
			}
		default:
		}
	}
	for _, p := range g.Periods {
		if !hasTimeIn(told[p.Version], p.From, p.Until) {
			a.addFault("audit record: no entry says that version %s of the policy was in force", p.Version)
		}
	}
}

func hasTimeIn(times []time.Time, from, until time.Time) bool {
	for _, at := range times {
		if !at.Before(from) && (until.IsZero() || !at.After(until)) {
			return true
		}
	}
	return false
}
