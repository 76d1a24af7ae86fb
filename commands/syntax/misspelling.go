package syntax

import "strings"

// IsMisspelling reports whether a word may be a name with a slip or two, without case: one in a
// word of three or four letters, two in a longer one.
func IsMisspelling(word, name string) bool {
	word, name = strings.ToLower(word), strings.ToLower(name)
	most := 2
	switch n := len([]rune(word)); {
	case n < 3:
		return false
	case n < 5:
		most = 1
	}
	return editDistance(word, name, most) <= most
}
