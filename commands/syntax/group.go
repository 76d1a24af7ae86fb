package syntax

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// addGroup adds the name of a group, each once without regard to case.
func (a *argumentParser) addGroup(name string) {
	if a.groups[FoldGroupName(name)] {
		a.addNote(true, NoteDuplicateGroup)
		return
	}
	a.groups[FoldGroupName(name)] = true
	a.inv.Groups = append(a.inv.Groups, name)
}

// FoldGroupName is the form in which names of groups are compared. It is the same for names that
// differ in case, in blanks, in characters that do not show, or in how accents are encoded.
func FoldGroupName(name string) string {
	name, _ = CleanName(name)
	return norm.NFC.String(strings.ToLower(strings.ToUpper(name)))
}

// groupNames are the known names of groups, and the length of the longest.
type groupNames struct {
	known   bool // names is all there are
	names   map[string]bool
	longest int
}

func (a *argumentParser) knownGroups() *groupNames {
	if a.known == nil {
		var known []string
		if a.grammar.KnownGroups != nil {
			known = a.grammar.KnownGroups()
		}
		a.known = &groupNames{known: known != nil, names: map[string]bool{}}
		for _, name := range known {
			name, _ = CleanName(name)
			a.known.names[FoldGroupName(name)] = true
			a.known.longest = max(a.known.longest, len([]rune(name)))
		}
	}
	return a.known
}

// findKnownGroup is the index after the words that, with the bare value before them, make the
// longest known name of a group; 0 if none does.
func (a *argumentParser) findKnownGroup(l *openValue, end int) int {
	if l.option.Kind != Groups || !l.unquoted {
		return 0
	}
	c, found := a.knownGroups(), 0
	for i := a.i; i < end && !a.tokens[i].afterComma; i++ {
		stop := a.tokens[i].end
		if stop-l.start > 2*c.longest {
			break
		}
		if a.isKnownGroup(l.start, stop) {
			found = i + 1
		}
	}
	return found
}

// isKnownGroup reports whether the source from start to stop is the name of a known group.
func (a *argumentParser) isKnownGroup(start, stop int) bool {
	name, _ := CleanName(string(a.src[start:stop]))
	return a.knownGroups().names[FoldGroupName(name)]
}
