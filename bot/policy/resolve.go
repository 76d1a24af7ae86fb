package policy

import (
	"fmt"
	"iter"
	"slices"

	"roombot/bot/config/schema"
)

// Names are the usernames and the groups that rules name, folded, each once.
type Names struct{ Users, Groups []string }

// Directory is what the directory knows of Names, by the names as Names has them. A name that is
// left out is nobody's. Several groups may have one name. Without Users, usernames go on being
// compared with those of requesters.
type Directory struct {
	Users  map[string]int64
	Groups map[string][]string
}

// Names lists what has to be looked up before the policy goes by ids.
func (p *Policy) Names() Names {
	var n Names
	users, groups := map[string]bool{"": true}, map[string]bool{"": true}
	add := func(to *[]string, known map[string]bool, name string) {
		if !known[name] {
			known[name] = true
			*to = append(*to, name)
		}
	}
	for s := range p.allSubjects() {
		add(&n.Users, users, s.user)
		add(&n.Groups, groups, s.group)
	}
	return n
}

// GroupsAsked are the ids of the groups whose membership a decision about the command may need. A
// policy whose names are not resolved has none.
func (p *Policy) GroupsAsked(command string) []string {
	return slices.Clone(p.rulesAbout(commandName(command)).groups)
}

// Resolve is the policy with its users and groups by id, so that renaming somebody gives them
// nothing. The problems are of names that are nobody's, or are several groups': such an entry
// matches nobody.
func (p *Policy) Resolve(d Directory) (*Policy, schema.Problems) {
	if p == nil {
		return nil, nil
	}
	r := resolver{directory: d, reported: map[schema.Problem]bool{}, resolved: map[*subject][]subject{}}
	out := *p
	out.admins, out.deny, out.allow = r.subjects(p.admins), r.rules(p.deny), r.rules(p.allow)
	out.index = newRuleIndex(out.deny, out.allow)
	out.resolvedBy = d
	return &out, r.problems
}

// ResolvedBy is what the directory knew of the names when they were resolved; the zero Directory
// before.
func (p *Policy) ResolvedBy() Directory {
	if p == nil {
		return Directory{}
	}
	return p.resolvedBy
}

type resolver struct {
	directory Directory
	problems  schema.Problems
	reported  map[schema.Problem]bool
	resolved  map[*subject][]subject // lists by their first entry: that of a set is resolved once
}

func (r *resolver) rules(rules []rule) []rule {
	out := slices.Clone(rules)
	for i := range out {
		out[i].who, out[i].when = r.subjects(out[i].who), r.conditions(out[i].when)
		if a := out[i].approval; a != nil {
			resolved := *a
			resolved.when, resolved.by = r.conditions(a.when), r.subjects(a.by)
			out[i].approval = &resolved
		}
	}
	return out
}

func (r *resolver) conditions(list []condition) []condition {
	out := slices.Clone(list)
	for i := range out {
		out[i].subjects = r.subjects(out[i].subjects)
	}
	return out
}

func (r *resolver) subjects(list []subject) []subject {
	if len(list) == 0 {
		return nil
	}
	if out, known := r.resolved[&list[0]]; known {
		return out
	}
	out := slices.Clone(list)
	for i := range out {
		r.resolve(&out[i])
	}
	r.resolved[&list[0]] = out
	return out
}

func (r *resolver) resolve(s *subject) {
	switch s.kind {
	case "user":
		if r.directory.Users == nil {
			return
		}
		s.resolved, s.number = true, r.directory.Users[s.user]
		if s.number == 0 {
			r.report(s, "is nobody in your company's directory", "correct or remove it")
		}
	case "group":
		ids := r.directory.Groups[s.group]
		if s.resolved = true; len(ids) == 1 {
			s.groupID = ids[0]
			return
		}
		what, fix := "is no group that the bot can see", "correct or remove it"
		if len(ids) > 1 {
			what, fix = fmt.Sprintf("is the name of %d groups", len(ids)), "give each group a name of its own"
		}
		r.report(s, what, fix)
	}
}

// report adds a problem once: an entry of a set stands in each rule that names the set.
func (r *resolver) report(s *subject, what, fix string) {
	problem := s.value.ProblemWith(&schema.InvalidValue{What: what, Fix: fix})
	if !r.reported[problem] {
		r.reported[problem] = true
		r.problems = append(r.problems, problem)
	}
}

// eachSubject yields all that decisions of the rule compare people with.
func (r *rule) eachSubject() iter.Seq[*subject] {
	lists := [][]subject{r.who}
	for _, c := range r.when {
		lists = append(lists, c.subjects)
	}
	if r.approval != nil {
		for _, c := range r.approval.when {
			lists = append(lists, c.subjects)
		}
	}
	return eachOf(lists...)
}

// allSubjects yields everybody whom the policy names.
func (p *Policy) allSubjects() iter.Seq[*subject] {
	return func(yield func(*subject) bool) {
		if p == nil {
			return
		}
		parts := []iter.Seq[*subject]{eachOf(p.admins)}
		for _, rules := range [][]rule{p.deny, p.allow} {
			for i := range rules {
				parts = append(parts, rules[i].eachSubject())
				if a := rules[i].approval; a != nil {
					parts = append(parts, eachOf(a.by))
				}
			}
		}
		for _, part := range parts {
			for s := range part {
				if !yield(s) {
					return
				}
			}
		}
	}
}

func eachOf(lists ...[]subject) iter.Seq[*subject] {
	return func(yield func(*subject) bool) {
		for _, list := range lists {
			for i := range list {
				if !yield(&list[i]) {
					return
				}
			}
		}
	}
}
