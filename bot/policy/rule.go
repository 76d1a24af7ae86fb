package policy

import (
	"slices"
	"strings"

	"roombot/bot/config/schema"
)

// rule is one allow or deny rule, ready to be compared.
type rule struct {
	name   string
	line   int
	reason string // of a deny rule, for the user
	at     schema.Value

	who      []subject
	lists    listNumbers
	where    []place
	commands map[string]bool // folded names; nil: all
	when     []condition
	limits   Limits
	approval *approval // nil: none is needed
	written  ruleText
}

// ruleText is how the rule's author put it, for explanations.
type ruleText struct{ who, where, commands string }

// truth is whether a condition holds; with incomplete knowledge of the request it may be unknown.
type truth int8

const (
	no truth = iota
	unknown
	yes
)

func truthOf(holds bool) truth {
	if holds {
		return yes
	}
	return no
}

// foldedQuery is a Query made ready for comparing with many rules.
type foldedQuery struct {
	id, company                   int64
	kind                          AccountKind
	username, email, room, stream string
	external, im                  bool
	command                       string
	groups                        map[string]bool
	allGroups                     bool
	used                          *Used
	plan                          *foldedPlan
	grants                        []Grant
	place                         ChatKind
	// who and where are, for each list of people and of places of the policy, one more than whether it
	// matches; 0 while that was not asked.
	who, where []truth
}

func foldQuery(query Query) foldedQuery {
	q := foldSubject(query.User)
	q.room, q.stream, q.im = fold(query.Where.RoomName), streamID(query.Where.StreamID), query.Where.Kind == IM
	q.command, q.plan, q.used = commandName(query.Command), foldPlan(query.Plan, query.User.ID), query.Used
	q.grants, q.place = query.Grants, query.Where.Kind
	return q
}

// foldSubject is a query that says only who it is about.
func foldSubject(who Subject) foldedQuery {
	return foldedQuery{
		id: who.ID, company: who.Company, kind: who.Kind, external: who.External, groups: who.Groups, allGroups: who.AllGroups,
		username: fold(strings.TrimSpace(who.Username)), email: fold(strings.TrimSpace(who.Email)),
	}
}

// match is how a rule's conditions hold.
type match struct{ who, where, command, when truth }

func (v match) overall() truth { return min(v.who, v.where, v.command, v.when) }

// countMet counts the conditions that hold. That a rule is for the person counts twice: one for
// others explains less.
func (v match) countMet() int {
	n := 0
	for _, t := range []truth{v.who, v.who, v.where, v.command, v.when} {
		if t == yes {
			n++
		}
	}
	return n
}

func (r *rule) match(q *foldedQuery) match {
	v := match{command: truthOf(r.concerns(q.command))}
	v.who, v.where, v.when = r.matchesWho(q), r.matchesWhere(q), r.matchesWhen(q)
	return v
}

// matches is whether the rule, which is about the command, matches as a whole. It is match without
// what a condition that fails makes needless.
func (r *rule) matches(q *foldedQuery) truth {
	t := r.matchesWhere(q)
	if t != no {
		t = min(t, r.matchesWho(q))
	}
	if t != no {
		t = min(t, r.matchesWhen(q))
	}
	return t
}

func (r *rule) matchesWho(q *foldedQuery) truth {
	known := &q.who[r.lists.who]
	if *known == 0 {
		*known = matchAny(r.who, q) + 1
	}
	return *known - 1
}

func (r *rule) matchesWhere(q *foldedQuery) truth {
	known := &q.where[r.lists.where]
	if *known == 0 {
		*known = matchAnyPlace(r.where, q) + 1
	}
	return *known - 1
}

func (r *rule) matchesWhen(q *foldedQuery) truth {
	t := yes
	for i := range r.when {
		t = min(t, r.when[i].holds(q))
	}
	return t
}

func (r *rule) isForEverybody() bool {
	return slices.ContainsFunc(r.who, func(s subject) bool { return s.kind == "*" })
}

func (r *rule) isForEverywhere() bool {
	return slices.ContainsFunc(r.where, func(p place) bool { return p.kind == "*" })
}

// concerns reports whether the rule is about a command, given by its folded name.
func (r *rule) concerns(command string) bool { return r.commands == nil || r.commands[command] }

var commandMarks = strings.NewReplacer("-", "", "_", "", "/", "")

// commandName folds a command's name as the grammar does: without case, "-", "_" and the slash
// before it.
func commandName(name string) string {
	return commandMarks.Replace(fold(strings.TrimSpace(name)))
}
