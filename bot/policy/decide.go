package policy

import (
	"fmt"
	"slices"
)

const help = "help"

// Decide answers a request. It always says why.
func (p *Policy) Decide(a Ask) Decision {
	q := newRequest(a)
	if q.command == help {
		return Decision{Allowed: true, Checks: []Check{{What: "/help is open to everybody", OK: true}}}
	}
	if p == nil {
		p = &Policy{contact: DefaultContact}
	}
	if d, denied := p.denied(&q); denied {
		return d
	}
	return p.admitted(&q)
}

// denied looks for a deny rule that matches; failing that, for one that would if more were known of the request.
func (p *Policy) denied(q *request) (Decision, bool) {
	var doubtful *rule
	for i := range p.deny {
		r := &p.deny[i]
		switch r.judge(q).all() {
		case yes:
			return r.decision(q, r.reason), true
		case unknown:
			if doubtful == nil {
				doubtful = r
			}
		}
	}
	if doubtful == nil {
		return Decision{}, false
	}
	return doubtful.decision(q, p.doubt(doubtful, q)), true
}

func (p *Policy) admitted(q *request) Decision {
	var nearest *rule
	best := -1
	for i := range p.allow {
		r := &p.allow[i]
		v := r.judge(q)
		if v.all() == yes {
			d := r.decision(q, "")
			d.Allowed = true
			return d
		}
		// A rule about another command explains nothing.
		if met := v.met(); v.command == yes && met > best {
			nearest, best = r, met
		}
	}
	return p.nobody(q, nearest)
}

// nobody is the refusal when no rule admits.
func (p *Policy) nobody(q *request, nearest *rule) Decision {
	d := Decision{Reason: fmt.Sprintf("Nobody has allowed you /%s here. Ask %s.", q.command, p.contact)}
	if !q.im && p.allowedInIM(q) {
		d.Reason = fmt.Sprintf("You may not use /%s here, but you may in your 1:1 chat with me.", q.command)
	}
	if nearest == nil {
		d.Checks = []Check{{What: fmt.Sprintf("some rule allows /%s", q.command)}}
		return d
	}
	d.Checks = nearest.checks(q, fmt.Sprintf("allow rule %q (line %d): ", nearest.name, nearest.line))
	return d
}

// allowedInIM says whether the same would be allowed in the user's 1:1 chat.
func (p *Policy) allowedInIM(q *request) bool {
	im := *q
	im.im, im.room, im.stream = true, "", ""
	if _, denied := p.denied(&im); denied {
		return false
	}
	return slices.ContainsFunc(p.allow, func(r rule) bool { return r.judge(&im).all() == yes })
}

// doubt is the refusal by a rule of which nobody can say whether it matches.
func (p *Policy) doubt(r *rule, q *request) string {
	what := "this room's name"
	if r.judge(q).who == unknown {
		what = "your e-mail address or username"
	}
	return fmt.Sprintf("A rule about /%s depends on %s, which Symphony does not show me, so I must refuse. Ask %s.", q.command, what, p.contact)
}

func (r *rule) decision(q *request, reason string) Decision {
	return Decision{Rule: r.name, Line: r.line, Reason: reason, Checks: r.checks(q, "")}
}

func (r *rule) checks(q *request, prefix string) []Check {
	v := r.judge(q)
	return []Check{
		{What: prefix + "who is one of " + r.written.who + hint(v.who), OK: v.who == yes},
		{What: prefix + "where is one of " + r.written.where + hint(v.where), OK: v.where == yes},
		{What: prefix + "command is one of " + r.written.commands, OK: v.command == yes},
	}
}

func hint(t truth) string {
	if t == unknown {
		return " (not known)"
	}
	return ""
}
