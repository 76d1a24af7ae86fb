package policy

import "strings"

// AsksMembers reports whether a decision about the command may turn on who is brought in.
func (p *Policy) AsksMembers(command string) bool {
	return p.rulesAbout(commandName(command)).asksMembers
}

// AsksBehind reports whether a decision about the command may turn on who is behind groups.
func (p *Policy) AsksBehind(command string) bool {
	return p.rulesAbout(commandName(command)).asksBehind
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

// FoldName is the form in which the names of accounts are compared.
func FoldName(name string) string { return fold(strings.TrimSpace(name)) }
