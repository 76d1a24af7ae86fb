package syntax

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// lineWidth is how many columns of a long line are shown around an error.
const lineWidth = 100

// Caret returns the line of text the error is in, and the line below it that points to the place.
// Of a long line only the part around the place is shown; what cannot be seen is left out, and wide
// characters count twice.
func (e *Error) Caret(text string) (line, caret string) {
	src := []rune(text)
	place := max(0, min(e.At, len(src)))
	start, end := place, place
	for start > 0 && src[start-1] != '\n' {
		start--
	}
	for end < len(src) && src[end] != '\n' {
		end++
	}
	room := lineWidth / 2
	if whole, cut := fitColumns(src[start:end], lineWidth); !cut {
		room = textColumns(whole)
	}
	before, cut := fitColumns(reverseRunes(src[start:place]), room)
	if before = reverseRunes(before); cut {
		before = append([]rune("…"), before...)
	}
	after, cut := fitColumns(src[place:end], lineWidth-textColumns(before))
	if cut {
		after = append(after, '…')
	}
	return string(before) + string(after), strings.Repeat(" ", textColumns(before)) + "^"
}

// Reply is the error as plain text: the message, the line with a caret under the place, and the
// corrected line.
func (e *Error) Reply(text string) string {
	line, caret := e.Caret(text)
	reply := "✗ " + e.Message + "\n  " + line + "\n  " + caret
	if e.Fix != nil {
		reply += "\nDid you mean   " + e.Fix.Text
	}
	return reply
}

// fitColumns cuts runes to what can be shown in so many columns, and reports whether that is less
// than all.
func fitColumns(runes []rune, most int) (shown []rune, cut bool) {
	used := 0
	for _, r := range runes {
		if isInvisible(r) {
			continue
		}
		if unicode.IsSpace(r) {
			r = ' '
		}
		if used += runeColumns(r); used > most {
			return shown, true
		}
		shown = append(shown, r)
	}
	return shown, false
}

func reverseRunes(runes []rune) []rune {
	out := slices.Clone(runes)
	slices.Reverse(out)
	return out
}

func textColumns(runes []rune) int {
	n := 0
	for _, r := range runes {
		n += runeColumns(r)
	}
	return n
}

// runeColumns is how wide a character is in a fixed-width font.
func runeColumns(r rune) int {
	if unicode.In(r, unicode.Mn, unicode.Me) {
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}
