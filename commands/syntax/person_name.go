package syntax

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// addressMatch says how a word agrees with an e-mail address.
type addressMatch int

const (
	noMatch    addressMatch = iota
	partMatch               // the word is a part of one that stands before the @
	wholeMatch              // it is one of the words before the @
)

// matchAddress compares a word of a name with what stands before the @ of an address, without
// accents and case.
func matchAddress(name, address string) addressMatch {
	local, _, _ := strings.Cut(foldLetters(address), "@")
	name = strings.TrimFunc(foldLetters(name), func(r rune) bool { return !unicode.IsLetter(r) })
	switch {
	case len([]rune(name)) < 2:
		return noMatch
	case slices.Contains(strings.FieldsFunc(local, func(r rune) bool { return !unicode.IsLetter(r) }), name):
		return wholeMatch
	case len([]rune(name)) > 2 && strings.Contains(local, name):
		return partMatch
	}
	return noMatch
}

// foldLetters is a text in lower case and without accents.
func foldLetters(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFD.String(text))
}

func splitWords(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return isBlank(r) || isListSeparator(r) })
}

// isWrittenLikeName reports whether a text is written like the name of a person: few words without
// digits, each with a capital letter or in a script without capitals, but for small words such as
// "de" and "von".
func isWrittenLikeName(text string) bool {
	words, capitals := splitWords(text), 0
	for _, w := range words {
		first := []rune(w)[0]
		switch {
		case strings.ContainsFunc(w, unicode.IsDigit):
			return false
		case unicode.IsLetter(first) && !unicode.IsLower(first):
			capitals++
		case !isNameParticle(w):
			return false
		}
	}
	return capitals > 0 && len(words) <= maxNameWords
}

// isNameParticle reports whether a word in lower case may be part of a person's name.
func isNameParticle(w string) bool {
	switch w {
	case "de", "da", "do", "dos", "del", "della", "di", "du", "la", "le", "van", "von", "der", "den", "ten", "zu", "bin", "al", "el", "y", "e":
		return true
	}
	return false
}
