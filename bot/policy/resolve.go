package policy

import (
	"fmt"
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
	add := func(to *[]string, name string) {
		if name != "" && !slices.Contains(*to, name) {
			*to = append(*to, name)
		}
	}
	for _, s := range p.allSubjects() {
		add(&n.Users, s.user)
		add(&n.Groups, s.group)
	}
	return n
}

// GroupsAsked are the ids of the groups whose membership a decision about the command may need. A
// policy whose names are not resolved has none.
func (p *Policy) GroupsAsked(command string) []string {
	if p == nil {
		return nil
	}
	var ids []string
	name := commandName(command)
	for _, r := range slices.Concat(p.deny, p.allow) {
		if !r.concerns(name) {
			continue
		}
		for _, s := range r.subjects() {
			if s.groupID != "" && !slices.Contains(ids, s.groupID) {
				ids = append(ids, s.groupID)
			}
		}
	}
	return ids
}

// Resolve is the policy with its users and groups by id, so that renaming somebody gives them
// nothing. The problems are of names that are nobody's, or are several groups': such an entry
// matches nobody.
func (p *Policy) Resolve(d Directory) (*Policy, schema.Problems) {
	if p == nil {
		return nil, nil
	}
	r := resolver{directory: d}
	out := *p
	out.admins, out.deny, out.allow = r.subjects(p.admins), r.rules(p.deny), r.rules(p.allow)
	return &out, r.problems
}

type resolver struct {
	directory Directory
	problems  schema.Problems
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
	out := slices.Clone(list)
	for i := range out {
		r.resolve(&out[i])
	}
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
	if !slices.Contains(r.problems, problem) {
		r.problems = append(r.problems, problem)
	}
}

// subjects are all that decisions of the rule compare people with.
func (r *rule) subjects() []subject {
	out := slices.Clone(r.who)
	for _, c := range r.when {
		out = append(out, c.subjects...)
	}
	if r.approval == nil {
		return out
	}
	for _, c := range r.approval.when {
		out = append(out, c.subjects...)
	}
	return out
}

func (p *Policy) allSubjects() []subject {
	if p == nil {
		return nil
	}
	out := slices.Clone(p.admins)
	for _, r := range slices.Concat(p.deny, p.allow) {
		out = append(out, r.subjects()...)
		if r.approval != nil {
			out = append(out, r.approval.by...)
		}
	}
	return out
}
