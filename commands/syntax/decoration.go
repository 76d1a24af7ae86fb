package syntax

import (
	"strings"
	"unicode"
)

// isDecoration reports whether a word consists of signs that say nothing: an arrow, an emoji, dots.
func isDecoration(t token) bool {
	return t.kind == word && !isJoiner(t) && strings.IndexFunc(t.text, func(r rune) bool {
		return !unicode.In(r, unicode.So, unicode.Sk, unicode.Sm, unicode.Mn, unicode.Me, unicode.Cf) && !strings.ContainsRune("-–—*•·!…._", r)
	}) < 0
}

// skipDecoration returns the index after the signs that begin here.
func (a *argumentParser) skipDecoration() int {
	n := a.i
	for n < len(a.tokens) && isDecoration(a.tokens[n]) {
		n++
	}
	return n
}

// trimExtraWords is the index after the words here that say something, up to token end: without
// what only joins them to people, and without signs and courtesies at the end.
func (a *argumentParser) trimExtraWords(end int) int {
	_, last := a.trimRun(a.i, end)
	for n := max(a.i+1, last-2*maxPhrase); n < last; n++ {
		if a.endsInFiller(n, last) {
			return n
		}
	}
	return last
}

// endsInFiller reports whether nothing but signs and courtesies stand from token n up to token end.
func (a *argumentParser) endsInFiller(n, end int) bool {
	for n < end {
		next := a.phraseEnd(n, []phrases{courtesies})
		if isDecoration(a.tokens[n]) {
			next = n + 1
		}
		if next == n {
			return false
		}
		n = next
	}
	return true
}
