package policy

import (
	"fmt"
	"slices"
	"strings"

	"roombot/bot/config/schema"
)

// RulesWithoutEffect reports the rules that never decide about anything, and those that admit no
// room, each at its place with what to do. All that it says is certain; it does not find each such
// rule. The policy is no less usable for them: a deny rule for everybody in an emergency leaves
// other rules without effect, and has to come into force.
func (p *Policy) RulesWithoutEffect() schema.Problems {
	if p == nil {
		return nil
	}
	var problems schema.Problems
	left := maxComparisons
	denied, admitted := newRuleBuckets(p.deny), newRuleBuckets(p.allow)
	for i := range p.deny {
		r := &p.deny[i]
		if first := denied.find(r, i, &left); first != nil {
			problems = append(problems, r.problem(fmt.Sprintf("never decides: deny rule %s refuses all that it is about", first.place()), "remove it"))
		}
	}
	for i := range p.allow {
		r := &p.allow[i]
		if why, fix := r.uselessness(); why != "" {
			problems = append(problems, r.problem(why, fix))
		} else if d := denied.find(r, len(p.deny), &left); d != nil {
			problems = append(problems, r.problem(
				fmt.Sprintf("admits nobody: deny rule %s refuses all that it is about", d.place()), "remove it, or narrow the deny rule"))
		} else if first := admitted.find(r, i, &left); first != nil {
			problems = append(problems, r.problem(
				fmt.Sprintf("never decides: allow rule %s comes before it and admits all that it is about", first.place()), "remove it, or put it first"))
		}
	}
	return problems
}

// place is the rule's name and line.
func (r *rule) place() string { return fmt.Sprintf("%q on line %d", r.name, r.line) }

// maxComparisons bounds how long rules are compared with each other.
const maxComparisons = 10_000_000

func (r *rule) problem(what, fix string) schema.Problem {
	at := r.at
	at.Path = strings.TrimSuffix(at.Path, ".name")
	return at.Problem(what, fix)
}

// uselessness is why an allow rule has no effect on its own; empty where it may have one.
func (r *rule) uselessness() (why, fix string) {
	if len(r.commands) == 1 && r.commands[help] {
		return "never decides: /help is open to everybody", "name other commands, or remove it"
	}
	for i := range r.when {
		if c := &r.when[i]; c.admitsNoRoom {
			return fmt.Sprintf("admits no room: %q is %s, and the requester counts", c.key, c.written), `write at least {max: 1}, or remove the rule`
		}
	}
	return "", ""
}

// covers reports whether the rule matches whatever the other matches, and is not less certain of
// it. The rule is a deny rule, or both are allow rules.
func (r *rule) covers(other *rule) bool {
	return coverEach(r.where, other.where, (*place).covers) && coversCommands(r.commands, other.commands) && r.coversWhen(other) &&
		coverEach(r.who, other.who, (*subject).covers)
}

// coverEach reports whether each of the others is covered by any of the entries.
func coverEach[T any](entries, others []T, covers func(entry, other *T) bool) bool {
	for i := range others {
		j := 0
		for j < len(entries) && !covers(&entries[j], &others[i]) {
			j++
		}
		if j == len(entries) {
			return false
		}
	}
	return true
}

func coversCommands(commands, others map[string]bool) bool {
	if commands == nil || others == nil {
		return commands == nil
	}
	for name := range others {
		if name != help && !commands[name] { // no rule decides about help
			return false
		}
	}
	return true
}

func (p *place) covers(other *place) bool {
	switch {
	case p.kind == "*":
		return true
	case p.kind != other.kind:
		return false
	case p.kind == "im", p.all:
		return true
	case other.byID:
		return p.stream == other.stream
	}
	return p.name.pattern == other.name.pattern
}

// coversWhen reports whether each condition of the rule is one of the other's. Until the plan is
// known, conditions of allow rules are open and those of deny rules not met, so a deny rule with
// conditions covers no allow rule.
func (r *rule) coversWhen(other *rule) bool {
	return !slices.ContainsFunc(r.when, func(c condition) bool {
		return !slices.ContainsFunc(other.when, func(o condition) bool {
			return c.deny == o.deny && c.key == o.key && slices.Equal(c.entries, o.entries)
		})
	})
}

func (s *subject) covers(other *subject) bool {
	switch {
	case s.kind == "*":
		return true
	case s.kind == "internal" && !other.deny && (other.kind == "user" || other.kind == "email"):
		return true
	}
	return s.key() == other.key()
}

// subjectKey tells entries of `who` apart, whether or not names are resolved.
type subjectKey struct {
	kind, text string
	number     int64
}

func (s *subject) key() subjectKey {
	k := subjectKey{kind: s.kind, text: s.user + s.group + s.mail.pattern}
	if s.kind == "company" || s.kind == "userid" {
		k.number = s.number
	}
	return k
}

// ruleBuckets finds the rules that may cover another without a look at each.
type ruleBuckets struct {
	rules   []rule
	byWho   map[subjectKey][]int
	byWhere map[string][]int // by the kind and what follows the colon
}

func newRuleBuckets(rules []rule) *ruleBuckets {
	b := &ruleBuckets{rules: rules, byWho: map[subjectKey][]int{}, byWhere: map[string][]int{}}
	for i := range rules {
		r := &rules[i]
		for j := range r.who {
			key := r.who[j].key()
			b.byWho[key] = append(b.byWho[key], i)
		}
		for j := range r.where {
			for _, key := range r.where[j].keys() {
				b.byWhere[key] = append(b.byWhere[key], i)
			}
		}
	}
	return b
}

// keys are under which a place is found.
func (p *place) keys() []string {
	if p.kind == "room" && p.stream != "" && !p.byID {
		return []string{"room:" + p.name.pattern, "roomid:" + p.stream}
	}
	if p.byID {
		return []string{"roomid:" + p.stream}
	}
	return []string{p.kind + ":" + p.name.pattern}
}

// find is the first of the rules before the given number that covers the rule; nil for none. left
// is how many more comparisons may be made.
func (b *ruleBuckets) find(r *rule, before int, left *int) *rule {
	first := before
	for _, list := range b.candidates(r) {
		for _, i := range list {
			if *left -= len(b.rules[i].who); i >= first || *left < 0 {
				break
			}
			if b.rules[i].covers(r) {
				first = i
				break
			}
		}
	}
	if first == before {
		return nil
	}
	return &b.rules[first]
}

// candidates are the rules that cover the rule's first entry of `who`, or those that cover its
// first place, whichever are fewer.
func (b *ruleBuckets) candidates(r *rule) [][]int {
	if len(r.who) == 0 || len(r.where) == 0 {
		return nil
	}
	s, p := &r.who[0], &r.where[0]
	byWho := [][]int{b.byWho[subjectKey{kind: "*"}], b.byWho[s.key()]}
	if s.kind == "user" || s.kind == "email" {
		byWho = append(byWho, b.byWho[subjectKey{kind: "internal"}])
	}
	byWhere := [][]int{b.byWhere["*:"], b.byWhere["room:*"]}
	for _, key := range p.keys() {
		byWhere = append(byWhere, b.byWhere[key])
	}
	if countAll(byWhere) < countAll(byWho) {
		return byWhere
	}
	return byWho
}

func countAll(lists [][]int) int {
	n := 0
	for _, list := range lists {
		n += len(list)
	}
	return n
}
