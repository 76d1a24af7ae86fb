package policy

import "slices"

// Rules is how many rules there are of each kind.
func (p *Policy) Rules() (deny, allow int) {
	if p == nil {
		return 0, 0
	}
	return len(p.deny), len(p.allow)
}

// Open says whether anybody at all may use the command: a rule allows it, and none denies it to everybody everywhere.
func (p *Policy) Open(command string) bool {
	if p == nil {
		return false
	}
	name := commandName(command)
	about := func(r rule) bool { return r.commands == nil || r.commands[name] }
	closes := func(r rule) bool { return about(r) && r.everybody() && r.everywhere() }
	return slices.ContainsFunc(p.allow, about) && !slices.ContainsFunc(p.deny, closes)
}

func (r *rule) everybody() bool {
	return slices.ContainsFunc(r.who, func(s subject) bool { return s.kind == "*" })
}

func (r *rule) everywhere() bool {
	return slices.ContainsFunc(r.where, func(p place) bool { return p.kind == "*" })
}
