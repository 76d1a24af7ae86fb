package syntax

import "strings"

// addGroup takes the name of a group, each once without regard to case.
func (a *arguments) addGroup(name string) {
	if a.group[groupKey(name)] {
		a.note(true, NoteDuplicateGroup)
		return
	}
	a.group[groupKey(name)] = true
	a.inv.Groups = append(a.inv.Groups, name)
}

// groupKey is what two spellings of one group's name have in common.
func groupKey(name string) string { return strings.ToLower(name) }

// catalogue are the known names of groups, and how long the longest is.
type catalogue struct {
	names   map[string]bool
	longest int
}

func (a *arguments) groups() *catalogue {
	if a.catalogue == nil {
		a.catalogue = &catalogue{names: map[string]bool{}}
		for _, name := range a.grammar.KnownGroups {
			name, _ = CleanName(name)
			a.catalogue.names[groupKey(name)] = true
			a.catalogue.longest = max(a.catalogue.longest, len([]rune(name)))
		}
	}
	return a.catalogue
}

// knownGroup is the index after the words that, with the bare value before
// them, make the longest known name of a group; 0 if none does.
func (a *arguments) knownGroup(l *loose, end int) int {
	if l.option.Kind != Groups || !l.bare {
		return 0
	}
	c, found := a.groups(), 0
	for i := a.i; i < end && !a.tokens[i].listed; i++ {
		stop := a.tokens[i].end
		if stop-l.start > 2*c.longest {
			break
		}
		if a.isGroup(l.start, stop) {
			found = i + 1
		}
	}
	return found
}

// isGroup reports that the known name of a group stands from start to stop.
func (a *arguments) isGroup(start, stop int) bool {
	name, _ := CleanName(string(a.src[start:stop]))
	return a.groups().names[groupKey(name)]
}
