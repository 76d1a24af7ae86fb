package policy

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

const help = "help"

// Decide answers a request. It always says why.
func (p *Policy) Decide(query Query) Decision {
	if p == nil {
		p = &Policy{contact: DefaultContact}
	}
	q := p.foldQuery(query)
	if q.command == help {
		return Decision{Allowed: true, Checks: []Check{{Key: keyCommand, What: "/help is open to everybody", OK: true}}}
	}
	if d, denied := p.findDenial(&q); denied {
		return d
	}
	return p.findAdmission(&q)
}

// foldQuery makes a query ready for comparing with the rules.
func (p *Policy) foldQuery(query Query) foldedQuery {
	q := foldQuery(query)
	grants := len(query.Grants)
	q.who, q.where = make([]truth, p.lists.who+grants), make([]truth, p.lists.where+grants)
	return q
}

// findDenial looks for a deny rule that matches; failing that, for one that would if more were
// known of the request.
func (p *Policy) findDenial(q *foldedQuery) (Decision, bool) {
	var unknownRule *rule
	for _, r := range p.rulesAbout(q.command).deny {
		switch r.matches(q) {
		case yes:
			return p.denial(q, r.rule, ByRule), true
		case unknown:
			if unknownRule == nil {
				unknownRule = r.rule
			}
		}
	}
	if unknownRule == nil {
		return Decision{}, false
	}
	return p.denial(q, unknownRule, unknownFact(unknownRule, q)), true
}

func (p *Policy) findAdmission(q *foldedQuery) Decision {
	rules := p.rulesAbout(q.command).allow
	for _, r := range rules {
		if r.matches(q) == yes {
			return p.admission(q, r.rule)
		}
	}
	if d, granted := p.findGrant(q); granted {
		return d
	}
	return p.defaultDenial(q, nearestRule(rules, q))
}

// nearestRule is the first of those that meet the most of a request that none of them admits; nil
// without rules.
func nearestRule(rules []listedRule, q *foldedQuery) *rule {
	const most = 4 // see countMet: one thing does not fit
	var nearest *rule
	best := -1
	for _, r := range rules {
		if met := r.match(q).countMet(); met > best {
			nearest, best = r.rule, met
		}
		if best == most {
			break
		}
	}
	return nearest
}

// admission is the decision of the first rule that admits, which gives limits and approval.
func (p *Policy) admission(q *foldedQuery, r *rule) Decision {
	d := Decision{Rule: r.name, Line: r.line, Checks: r.checks(q), Limits: r.limits}
	checks, reached, within := r.checkLimits(q)
	d.Checks = append(d.Checks, checks...)
	switch {
	case reached != "":
		d.Denial, d.Reason, d.Contact, d.NextWithin = LimitReached, reached, p.contact, within
	case r.approval != nil && r.approval.isNeeded(q):
		d.Denial, d.Contact, d.Approvers = NeedsApproval, p.contact, slices.Clone(r.approval.names)
		d.Reason = fmt.Sprintf("Rule %q admits this once somebody has approved it.", r.name)
		d.Checks = append(d.Checks, Check{Key: keyApproval, What: "needs no approval"})
	default:
		d.Allowed = true
	}
	return d
}

// Approve makes a decision that needs an approval one that allows the request.
func (d *Decision) Approve() {
	d.Allowed, d.Denial, d.Reason = true, "", ""
	for i, c := range d.Checks {
		if c.Key == keyApproval {
			d.Checks[i] = Check{Key: keyApproval, What: "approved", OK: true}
		}
	}
}

// notCounted ends a limit that was not compared: a room counts in the transaction that creates it.
const notCounted = " (counted when the room is created)"

// IsOfLimit reports whether the condition is the limit of a LimitCheck, compared or not.
func (c Check) IsOfLimit(limit Check) bool { return strings.HasPrefix(c.What, limit.What) }

// LimitCheck is the condition that a limit of so many rooms within a span is.
func LimitCheck(most int, span time.Duration) Check {
	return Check{Key: keyLimit, What: fmt.Sprintf("fewer than %s in the last %s", countRooms(most), spanName(span))}
}

func countRooms(n int) string {
	if n == 1 {
		return "1 room"
	}
	return fmt.Sprintf("%d rooms", n)
}

// LimitSpan is the span of the limit that is reached, by the conditions of a decision; 0 of others.
func LimitSpan(checks []Check) (span time.Duration) {
	for _, c := range checks {
		for _, length := range []time.Duration{time.Hour, 24 * time.Hour} {
			if c.Key == keyLimit && !c.OK && strings.Contains(c.What, " in the last "+spanName(length)) {
				span = max(span, length)
			}
		}
	}
	return span
}

func spanName(span time.Duration) string {
	if span == time.Hour {
		return "hour"
	}
	return "day"
}

// checkLimits compares the rule's limits, which are on rooms, with what is used up. reached says
// which limit is reached, empty for none.
func (r *rule) checkLimits(q *foldedQuery) (checks []Check, reached string, within time.Duration) {
	if q.plan == nil {
		return nil, "", 0
	}
	used := Used{}
	if q.used != nil {
		used = *q.used
	}
	for _, l := range []struct {
		most, used int
		length     time.Duration
	}{{r.limits.PerHour, used.Hour, time.Hour}, {r.limits.PerDay, used.Day, 24 * time.Hour}} {
		if l.most == 0 {
			continue
		}
		check := LimitCheck(l.most, l.length)
		check.OK = l.used < l.most
		if q.used != nil {
			check.What += fmt.Sprintf(" (%d so far)", l.used)
		} else {
			check.What, check.Open = check.What+notCounted, true
		}
		checks = append(checks, check)
		if l.used >= l.most {
			opened := "were opened"
			if l.used == 1 {
				opened = "was opened"
			}
			reached = fmt.Sprintf("Rule %q lets one person open %s in any %s; %d %s.", r.name, countRooms(l.most), spanName(l.length), l.used, opened)
			within = l.length // by then all of them are that old
		}
	}
	return checks, reached, within
}

// defaultDenial is the decision when no rule admits.
func (p *Policy) defaultDenial(q *foldedQuery, nearest *rule) Decision {
	d := Decision{Denial: ByDefault, Contact: p.contact}
	if !q.im && p.isAllowedInIM(q) {
		d.Denial = OutsideIM
	}
	if nearest == nil {
		d.Checks = []Check{{Key: keyCommand, What: fmt.Sprintf("some rule allows /%s", q.command)}}
		return d
	}
	d.Nearest, d.NearestLine, d.Advice = nearest.name, nearest.line, nearest.advice(q)
	if nearest.approval != nil && nearest.approval.isNeeded(q) {
		d.NearestApprovers = slices.Clone(nearest.approval.names)
	}
	if v := nearest.match(q); d.Denial == ByDefault && min(v.who, v.where) == yes {
		d.Denial, d.Reason = ByCondition, strings.Join(d.Advice, " ")
	}
	d.Checks = nearest.checks(q)
	return d
}

// isAllowedInIM reports whether the same would be allowed in the user's 1:1 chat.
func (p *Policy) isAllowedInIM(q *foldedQuery) bool {
	im := *q
	im.im, im.room, im.stream, im.where = true, "", "", make([]truth, p.lists.where)
	if _, denied := p.findDenial(&im); denied {
		return false
	}
	return slices.ContainsFunc(p.rulesAbout(q.command).allow, func(r listedRule) bool { return r.matches(&im) == yes })
}

// unknownFact is what keeps it unknown whether the rule matches.
func unknownFact(r *rule, q *foldedQuery) Denial {
	turnsOnGroup := func(s subject) bool { return s.kind == "group" && s.matches(q) == unknown }
	switch v := r.match(q); {
	case v.who == unknown && slices.ContainsFunc(r.who, turnsOnGroup):
		return UnknownGroup
	case v.who == unknown && q.kind == "":
		return UnknownAccount
	case v.who == unknown:
		return UnknownAddress
	case v.when == unknown && (q.plan.PeopleUnknown || q.plan.BehindUnknown):
		return UnknownGroup
	case v.when == unknown:
		return UnknownMember
	}
	return UnknownRoom
}

func (p *Policy) denial(q *foldedQuery, r *rule, why Denial) Decision {
	d := Decision{Denial: why, Rule: r.name, Line: r.line, Contact: p.contact, Checks: r.checks(q)}
	if why == ByRule {
		d.Reason = r.reason
	}
	return d
}

// The keys of conditions that every rule has.
const (
	keyWho     = "who"
	keyWhere   = "where"
	keyCommand = "command"

	keyApproval = "approval"
	keyLimit    = "limit"
)

func (r *rule) checks(q *foldedQuery) []Check {
	v := r.match(q)
	list := []Check{
		{Key: keyWho, What: "who is one of " + r.written.who + unknownHint(v.who), OK: v.who == yes},
		{Key: keyWhere, What: r.whereText() + unknownHint(v.where), OK: v.where == yes},
		{Key: keyCommand, What: "command is one of " + r.written.commands, OK: v.command == yes},
	}
	for i := range r.when {
		c := &r.when[i]
		hint := unknownHint(c.holds(q))
		if q.plan == nil {
			hint = " (not known before the request is planned)"
		}
		list = append(list, Check{Key: c.key, What: c.key + " is " + c.written + hint, OK: c.holds(q) == yes, Open: q.plan == nil})
	}
	return list
}

func (r *rule) whereText() string {
	if r.written.where == "*" {
		return "in any chat"
	}
	return "where is one of " + r.written.where
}

// advice says, in sentences for the user, what does not fit an allow rule.
func (r *rule) advice(q *foldedQuery) []string {
	v := r.match(q)
	var out []string
	if v.who != yes {
		out = append(out, fmt.Sprintf("Rule %q is for %s.", r.name, r.written.who))
	}
	if v.where != yes {
		out = append(out, fmt.Sprintf("Rule %q admits in %s.", r.name, r.written.where))
	}
	for i := range r.when {
		if c := &r.when[i]; c.holds(q) != yes {
			out = append(out, c.why(q.plan))
		}
	}
	return out
}

func unknownHint(t truth) string {
	if t == unknown {
		return " (not known)"
	}
	return ""
}
