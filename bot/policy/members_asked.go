package policy

import (
	"slices"
	"strings"
)

// AsksMembers reports whether a decision about the command may turn on who is brought in.
func (p *Policy) AsksMembers(command string) bool {
	if p == nil {
		return false
	}
	name := commandName(command)
	asks := func(r rule) bool {
		return r.concerns(name) && slices.ContainsFunc(r.when, func(c condition) bool { return len(c.subjects) > 0 })
	}
	return slices.ContainsFunc(p.deny, asks) || slices.ContainsFunc(p.allow, asks)
}

// AdminGroups are the ids of the groups whose members are administrators.
func (p *Policy) AdminGroups() []string {
	if p == nil {
		return nil
	}
	var ids []string
	for _, s := range p.admins {
		if s.groupID != "" {
			ids = append(ids, s.groupID)
		}
	}
	return ids
}

// AdminIDs are the accounts of the administrators who are named as persons.
func (p *Policy) AdminIDs() []int64 {
	if p == nil {
		return nil
	}
	var ids []int64
	for _, s := range p.admins {
		if (s.kind == "userid" || s.kind == "user") && s.number > 0 {
			ids = append(ids, s.number)
		}
	}
	return ids
}

// FoldName is the form in which the names of accounts and groups are compared.
func FoldName(name string) string { return fold(strings.TrimSpace(name)) }
