package policy

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// glob is a pattern in which * stands for any text and ? for one character; upper and lower case
// are the same.
type glob struct {
	pattern string // folded
	plain   bool   // neither * nor ?
	// begin and end are what stands before the first and behind the last * or ?.
	begin, end string
}

func newGlob(pattern string) glob { return newFoldedGlob(fold(pattern)) }

func newFoldedGlob(pattern string) glob {
	g := glob{pattern: pattern, plain: !strings.ContainsAny(pattern, "*?")}
	if !g.plain {
		g.begin, g.end = g.pattern[:strings.IndexAny(g.pattern, "*?")], g.pattern[strings.LastIndexAny(g.pattern, "*?")+1:]
	}
	return g
}

// fold makes texts the same that differ in case only, or in how accents are encoded.
func fold(text string) string { return norm.NFC.String(strings.ToLower(text)) }

// match compares with text, which must be folded. On a mismatch it goes back to the last * only:
// what an earlier one took cannot matter any more. So no pattern takes more than its own length
// times that of text.
func (g glob) match(text string) bool {
	if g.plain {
		return g.pattern == text
	}
	if !strings.HasPrefix(text, g.begin) || !strings.HasSuffix(text, g.end) {
		return false
	}
	p, t := 0, 0
	star, resume := -1, 0
	for t < len(text) {
		switch {
		case p < len(g.pattern) && g.pattern[p] == '*':
			star, resume = p, t
			p++
		case p < len(g.pattern) && g.pattern[p] == '?':
			p++
			t += runeWidth(text[t:])
		case p < len(g.pattern) && g.pattern[p] == text[t]:
			p++
			t++
		case star >= 0:
			resume += runeWidth(text[resume:])
			p, t = star+1, resume
		default:
			return false
		}
	}
	return strings.Trim(g.pattern[p:], "*") == ""
}

func runeWidth(text string) int {
	_, size := utf8.DecodeRuneInString(text)
	return size
}
