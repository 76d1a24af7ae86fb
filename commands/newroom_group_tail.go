package commands

import (
	"slices"
	"strings"

	"roombot/commands/syntax"
)

// askAboutGroupTail asks whether a group is meant by the end of a name that was written without
// quotes, where nobody else is named: "FX chat, everybody in the Test Group".
func (env *Env) askAboutGroupTail(r *Request) error {
	name, group, found := env.splitGroupTail(r)
	if !found || !r.MayListGroups {
		return nil
	}
	inv := withoutOption(r.Invocation, "preview")
	inv.Name, inv.Groups = name, []string{group}
	command := FormatCommand(r.Message, inv)
	return &Refusal{
		Code:    "group-in-name",
		Message: "Is the group “" + syntax.Truncate(group, maxEcho) + "” meant?" + nothingCreated,
		Offers: []Offer{
			{Label: "Open " + syntax.Quote(name) + " with the group", Command: command},
			{Label: "Just a name", Command: FormatCommand(r.Message, r.Invocation)},
			{Label: "Edit in form", Command: command, Edit: true},
		},
		Private: env.Groups.isRestricted(r.From.ID, group),
	}
}

// MayNameGroup reports whether names of groups may have to be suggested for a request.
func (env *Env) MayNameGroup(r *Request) bool {
	_, _, found := env.splitGroupTail(r)
	return found || len(r.Groups) > 0
}

// splitGroupTail cuts an unquoted name before the group that it ends with, of those that the
// requester may see. A group of one word counts only after a sign or a word such as "with".
func (env *Env) splitGroupTail(r *Request) (name, group string, found bool) {
	if !r.NameUnquoted || r.Command != CommandNewRoom || len(r.Groups) > 0 || len(allPeople(r.Invocation)) > 0 {
		return "", "", false
	}
	for _, g := range env.Groups.Names(r.From.ID) {
		g, _ = syntax.CleanName(g) // as the name is that it may end
		before, ends := cutLastWords(r.Name, g)
		if !ends || len(g) <= len(group) {
			continue
		}
		before, signed := syntax.TrimGroupOpening(before)
		if before != "" && (signed || strings.Contains(g, " ")) {
			name, group, found = before, g, true
		}
	}
	return name, group, found
}

// cutLastWords cuts words off the end of a text, without case.
func cutLastWords(text, words string) (before string, ends bool) {
	all, last := strings.Fields(text), strings.Fields(words)
	n := len(all) - len(last)
	if len(last) == 0 || n < 1 || !slices.EqualFunc(all[n:], last, strings.EqualFold) {
		return "", false
	}
	return strings.Join(all[:n], " "), true
}
