package policy

import (
	"fmt"
	"slices"
)

const help = "help"

// Decide answers a request. It always says why.
func (p *Policy) Decide(query Query) Decision {
	q := foldQuery(query)
	if q.command == help {
		return Decision{Allowed: true, Checks: []Check{{What: "/help is open to everybody", OK: true}}}
	}
	if p == nil {
		p = &Policy{contact: DefaultContact}
	}
	if d, denied := p.findDenial(&q); denied {
		return d
	}
	return p.findAdmission(&q)
}

// findDenial looks for a deny rule that matches; failing that, for one that would if more were
// known of the request.
func (p *Policy) findDenial(q *foldedQuery) (Decision, bool) {
	var unknownRule *rule
	for i := range p.deny {
		r := &p.deny[i]
		switch r.match(q).overall() {
		case yes:
			return p.denial(q, r, ByRule), true
		case unknown:
			if unknownRule == nil {
				unknownRule = r
			}
		}
	}
	if unknownRule == nil {
		return Decision{}, false
	}
	return p.denial(q, unknownRule, unknownFact(unknownRule, q)), true
}

func (p *Policy) findAdmission(q *foldedQuery) Decision {
	var nearest *rule
	best := -1
	for i := range p.allow {
		r := &p.allow[i]
		v := r.match(q)
		if v.overall() == yes {
			return Decision{Allowed: true, Rule: r.name, Line: r.line, Checks: r.checks(q, "")}
		}
		// A rule about another command explains nothing.
		if met := v.countMet(); v.command == yes && met > best {
			nearest, best = r, met
		}
	}
	return p.defaultDenial(q, nearest)
}

// defaultDenial is the decision when no rule admits.
func (p *Policy) defaultDenial(q *foldedQuery, nearest *rule) Decision {
	d := Decision{Denial: ByDefault, Contact: p.contact}
	if !q.im && p.isAllowedInIM(q) {
		d.Denial = OutsideIM
	}
	if nearest == nil {
		d.Checks = []Check{{What: fmt.Sprintf("some rule allows /%s", q.command)}}
		return d
	}
	d.Checks = nearest.checks(q, fmt.Sprintf("allow rule %q (line %d): ", nearest.name, nearest.line))
	return d
}

// isAllowedInIM reports whether the same would be allowed in the user's 1:1 chat.
func (p *Policy) isAllowedInIM(q *foldedQuery) bool {
	im := *q
	im.im, im.room, im.stream = true, "", ""
	if _, denied := p.findDenial(&im); denied {
		return false
	}
	return slices.ContainsFunc(p.allow, func(r rule) bool { return r.match(&im).overall() == yes })
}

// unknownFact is what keeps it unknown whether the rule matches.
func unknownFact(r *rule, q *foldedQuery) Denial {
	switch {
	case r.match(q).who == unknown && q.kind == "":
		return UnknownAccount
	case r.match(q).who == unknown:
		return UnknownAddress
	}
	return UnknownRoom
}

func (p *Policy) denial(q *foldedQuery, r *rule, why Denial) Decision {
	d := Decision{Denial: why, Rule: r.name, Line: r.line, Contact: p.contact, Checks: r.checks(q, "")}
	if why == ByRule {
		d.Reason = r.reason
	}
	return d
}

func (r *rule) checks(q *foldedQuery, prefix string) []Check {
	v := r.match(q)
	return []Check{
		{What: prefix + "who is one of " + r.written.who + unknownHint(v.who), OK: v.who == yes},
		{What: prefix + "where is one of " + r.written.where + unknownHint(v.where), OK: v.where == yes},
		{What: prefix + "command is one of " + r.written.commands, OK: v.command == yes},
	}
}

func unknownHint(t truth) string {
	if t == unknown {
		return " (not known)"
	}
	return ""
}
