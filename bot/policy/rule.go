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
	written  written
}

// written is how the rule's author put it, for explanations.
type written struct{ who, where, commands string }

// truth is whether a condition holds; with incomplete knowledge of the request it may be unknown.
type truth int

const (
	no truth = iota
	unknown
	yes
)

func is(holds bool) truth {
	if holds {
		return yes
	}
	return no
}

// request is an Ask made ready for comparing with many rules.
type request struct {
	username, email, room, stream string
	external, im                  bool
	command                       string
}

func newRequest(a Ask) request {
	return request{
		username: fold(strings.TrimSpace(a.User.Username)),
		email:    fold(strings.TrimSpace(a.User.Email)),
		room:     fold(a.Where.RoomName),
		stream:   streamID(a.Where.StreamID),
		external: a.User.External,
		im:       a.Where.Kind == IM,
		command:  commandName(a.Command),
	}
}

// verdict is how a rule's three conditions hold.
type verdict struct{ who, where, command truth }

func (v verdict) all() truth { return min(v.who, v.where, v.command) }

// met counts the conditions that hold.
func (v verdict) met() int {
	n := 0
	for _, t := range []truth{v.who, v.where, v.command} {
		if t == yes {
			n++
		}
	}
	return n
}

func (r *rule) judge(q *request) verdict {
	v := verdict{command: is(r.commands == nil || r.commands[q.command])}
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

func (r *rule) everybody() bool {
	return slices.ContainsFunc(r.who, func(s subject) bool { return s.kind == "*" })
}

func (r *rule) everywhere() bool {
	return slices.ContainsFunc(r.where, func(p place) bool { return p.kind == "*" })
}

var commandMarks = strings.NewReplacer("-", "", "_", "", "/", "")

// commandName folds a command's name as the grammar does: without case, "-", "_" and the slash before it.
func commandName(name string) string {
	return commandMarks.Replace(fold(strings.TrimSpace(name)))
}
