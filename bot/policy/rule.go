package policy

import (
	"slices"
	"strings"
)

// rule is one allow or deny rule, ready to be compared.
type rule struct {
	name   string
	line   int
	reason string // of a deny rule, for the user

	who      []subject
	where    []place
	commands map[string]bool // folded names; nil: all
	written  ruleText
}

// ruleText is how the rule's author put it, for explanations.
type ruleText struct{ who, where, commands string }

// truth is whether a condition holds; with incomplete knowledge of the request it may be unknown.
type truth int

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
}

func foldQuery(query Query) foldedQuery {
	return foldedQuery{
		id: query.User.ID, company: query.User.Company, kind: query.User.Kind,
		username: fold(strings.TrimSpace(query.User.Username)),
		email:    fold(strings.TrimSpace(query.User.Email)),
		room:     fold(query.Where.RoomName),
		stream:   streamID(query.Where.StreamID),
		external: query.User.External,
		im:       query.Where.Kind == IM,
		command:  commandName(query.Command),
	}
}

// match is how a rule's three conditions hold.
type match struct{ who, where, command truth }

func (v match) overall() truth { return min(v.who, v.where, v.command) }

// countMet counts the conditions that hold.
func (v match) countMet() int {
	n := 0
	for _, t := range []truth{v.who, v.where, v.command} {
		if t == yes {
			n++
		}
	}
	return n
}

func (r *rule) match(q *foldedQuery) match {
	v := match{command: truthOf(r.concerns(q.command))}
	for i := range r.who {
		if v.who = max(v.who, r.who[i].matches(q)); v.who == yes {
			break
		}
	}
	for i := range r.where {
		if v.where = max(v.where, r.where[i].matches(q)); v.where == yes {
			break
		}
	}
	return v
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
