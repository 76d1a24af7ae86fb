package commands

import (
	"strings"
	"unicode"

	"roombot/commands/syntax"
	"roombot/symphony"
)

// mayBeMisspelt reports whether a phrase may be a misspelt name: it stands alone after a word such
// as "with", and each of its words begins with a capital letter.
func mayBeMisspelt(p syntax.PersonPhrase) bool {
	if !p.First || !p.Whole || !p.Announced {
		return false
	}
	for word := range strings.FieldsSeq(p.Text) {
		if first := []rune(word)[0]; !unicode.IsUpper(first) {
			return false
		}
	}
	return true
}

// isSimilar reports whether each word of a phrase is a name of the person, its beginning, or nearly
// spelt like it.
func isSimilar(u symphony.User, p syntax.PersonPhrase) bool {
	for word := range strings.FieldsSeq(p.Text) {
		if !isNearName(word, u.FirstName) && !isNearName(word, u.LastName) && !isNearName(word, u.Username) {
			return false
		}
	}
	return true
}

func isNearName(word, name string) bool {
	const shortest = 2
	isBeginning := len(word) >= shortest && len(word) <= len(name) && strings.EqualFold(word, name[:len(word)])
	return isBeginning || syntax.IsMisspelling(word, name)
}
