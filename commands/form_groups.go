package commands

import (
	"slices"
	"strings"

	"roombot/commands/syntax"
	"roombot/symphony"
	"roombot/symphony/messageml"
)

// maxGroupChoices is how many groups a form lists to choose from.
const maxGroupChoices = 50

// GroupChoices are the names of the groups that a form lists; empty where it has a field for text.
type GroupChoices []string

// NewGroupChoices are the groups of these names, each once, if they are few enough for a list.
func NewGroupChoices(names []string) GroupChoices {
	var choices GroupChoices
	for _, name := range names {
		if squeezeBlanks(name) != "" && choices.find(name) < 0 {
			choices = append(choices, name)
		}
	}
	if len(choices) > maxGroupChoices {
		return nil
	}
	return choices
}

func (c GroupChoices) find(name string) int {
	return slices.IndexFunc(c, func(choice string) bool { return isSameGroupName(choice, name) })
}

// formGroups are the groups in a form: by name where that is known, and the text of the field, in
// which names stand as they were typed.
type formGroups struct {
	names []string
	text  string
}

func groupsFromValues(values symphony.FormValues) formGroups {
	chosen := slices.DeleteFunc(values.Texts(fieldGroupList), func(name string) bool { return squeezeBlanks(name) == "" })
	return formGroups{names: chosen, text: trimmedText(values, fieldGroups)}
}

// asArguments are the groups as values of the option of the command.
func (g formGroups) asArguments() string {
	all := quoteEach(g.names)
	if typed := formatGroupNames(g.text); typed != "" {
		all = append(all, typed)
	}
	return strings.Join(all, ", ")
}

// asText is what stands in the field for text.
func (g formGroups) asText() string {
	if len(g.names) == 0 {
		return g.text
	}
	return g.asArguments()
}

// render is the list to choose from, or the field for text where there is none. What the list does
// not have is returned as the user would type it.
func (g formGroups) render(choices GroupChoices) (field messageml.Node, others string) {
	if len(choices) == 0 {
		return messageml.TextArea{Name: fieldGroups, Label: "Groups", Value: g.asText(), Placeholder: `"Test Group", Sales`}, ""
	}
	chosen := make([]bool, len(choices))
	unlisted := formGroups{text: g.text}
	for _, name := range g.names {
		if i := choices.find(name); i >= 0 {
			chosen[i] = true
		} else {
			unlisted.names = append(unlisted.names, name)
		}
	}
	list := messageml.Select{Name: fieldGroupList, Label: "Groups", Placeholder: "Choose groups", Multiple: true}
	for i, name := range choices {
		list.Options = append(list.Options, messageml.Option{Label: name, Selected: chosen[i]})
	}
	if more := unlisted.asArguments(); more != "" {
		others = " group:" + more
	}
	return list, others
}

// formatGroupNames formats the names in a list with commas or lines, with quotes unless the author
// wrote some.
func formatGroupNames(names string) string {
	asTyped := strings.ContainsAny(names, "\"“”„«»") // a comma may be part of a name
	apart := func(r rune) bool { return r == '\n' || r == '\r' || r == ',' && !asTyped }
	var all []string
	for _, name := range strings.FieldsFunc(names, apart) {
		if name = strings.Trim(name, ", \t"); name != "" {
			all = append(all, name)
		}
	}
	if !asTyped {
		all = quoteEach(all)
	}
	return strings.Join(all, ", ")
}

func quoteEach(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = syntax.Quote(n)
	}
	return out
}
