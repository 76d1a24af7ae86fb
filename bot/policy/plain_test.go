package policy

import "slices"

// DecidePlainly decides by a look at each condition of each rule, one after the other.
func (p *Policy) DecidePlainly(query Query) Decision {
	q := foldQuery(query)
	if q.command == help {
		return p.Decide(query)
	}
	q.who, q.where = make([]truth, p.lists.who), make([]truth, p.lists.where) // for what explains the decision
	if r, t := plainDenial(p.deny, &q); t == yes {
		return p.denial(&q, r, ByRule)
	} else if t == unknown {
		return p.denial(&q, r, unknownFact(r, &q))
	}
	var nearest *rule
	best := -1
	for i := range p.allow {
		r := &p.allow[i]
		v := matchPlainly(r, &q)
		if v.overall() == yes {
			return p.admission(&q, r)
		}
		if met := v.countMet(); v.command == yes && met > best {
			nearest, best = r, met
		}
	}
	d := p.defaultDenial(&q, nearest)
	if (d.Denial == OutsideIM) != (!q.im && p.isPlainlyAllowedInIM(q)) {
		d.Denial = "wrong about the 1:1 chat"
	}
	return d
}

func plainDenial(rules []rule, q *foldedQuery) (*rule, truth) {
	var open *rule
	for i := range rules {
		switch matchPlainly(&rules[i], q).overall() {
		case yes:
			return &rules[i], yes
		case unknown:
			if open == nil {
				open = &rules[i]
			}
		}
	}
	if open != nil {
		return open, unknown
	}
	return nil, no
}

func (p *Policy) isPlainlyAllowedInIM(q foldedQuery) bool {
	q.im, q.room, q.stream = true, "", ""
	_, denied := plainDenial(p.deny, &q)
	return denied == no && slices.ContainsFunc(p.allow, func(r rule) bool { return matchPlainly(&r, &q).overall() == yes })
}

func matchPlainly(r *rule, q *foldedQuery) match {
	v := match{command: truthOf(r.concerns(q.command)), when: yes}
	for i := range r.who {
		v.who = max(v.who, r.who[i].matches(q))
	}
	for i := range r.where {
		v.where = max(v.where, r.where[i].matches(q))
	}
	for i := range r.when {
		v.when = min(v.when, r.when[i].holds(q))
	}
	return v
}

// MatchGlob is the pattern's own comparison, and the plainest one.
func MatchGlob(pattern, text string) (fast, plain bool) {
	g := newGlob(pattern)
	return g.match(fold(text)), matchGlobPlainly([]rune(g.pattern), []rune(fold(text)))
}

func matchGlobPlainly(pattern, text []rune) bool {
	switch {
	case len(pattern) == 0:
		return len(text) == 0
	case pattern[0] == '*':
		return matchGlobPlainly(pattern[1:], text) || len(text) > 0 && matchGlobPlainly(pattern, text[1:])
	case len(text) == 0 || pattern[0] != '?' && pattern[0] != text[0]:
		return false
	}
	return matchGlobPlainly(pattern[1:], text[1:])
}
