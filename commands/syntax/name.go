package syntax

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// MaxName is the most code points a room name may have; Symphony refuses 50.
const MaxName = 49

// CleanName makes a room name of what somebody typed: NFC, one line with single blanks, no
// invisible characters. invisible says that some were removed. The name may come out empty or
// longer than [MaxName].
func CleanName(typed string) (name string, invisible bool) {
	runes := []rune(typed)
	c := cleanText(runes, offsets(0, len(runes)))
	return string(c.runes), c.hadInvisible
}

// cleanedText is text fit for a name, each code point with the offset in the message it came from.
type cleanedText struct {
	runes        []rune
	from         []int
	hadInvisible bool
}

func offsets(start, end int) []int {
	p := make([]int, end-start)
	for i := range p {
		p[i] = start + i
	}
	return p
}

func cleanText(runes []rune, from []int) cleanedText {
	c := cleanedText{runes: make([]rune, 0, len(runes)), from: make([]int, 0, len(runes))}
	gap := false
	for i, r := range runes {
		switch {
		case unicode.IsSpace(r):
			gap = true
			continue
		case isInvisible(r) || c.isStraySelector(r, runeAt(runes, i+1)):
			c.hadInvisible = true
			continue
		}
		if gap && len(c.runes) > 0 {
			c.add(' ', from[i]-1)
		}
		gap = false
		c.add(r, from[i])
	}
	return c.toNFC()
}

func (c *cleanedText) add(r rune, from int) {
	c.runes = append(c.runes, r)
	c.from = append(c.from, from)
}

// isStraySelector reports whether r is a variation selector that does not follow a symbol it could
// vary: it would make two names differ that look the same.
func (c *cleanedText) isStraySelector(r, next rune) bool {
	if !unicode.Is(unicode.Variation_Selector, r) {
		return false
	}
	if len(c.runes) == 0 {
		return true
	}
	last := c.runes[len(c.runes)-1]
	const keycap = 0x20e3
	return !unicode.In(last, unicode.So, unicode.Sm) && next != keycap
}

// toNFC brings the text to NFC segment by segment, so that each code point of the outcome still
// knows where it came from.
func (c cleanedText) toNFC() cleanedText {
	text := string(c.runes)
	if norm.NFC.IsNormalString(text) {
		return c
	}
	out := cleanedText{hadInvisible: c.hadInvisible}
	for i := 0; len(text) > 0; {
		n := norm.NFC.NextBoundaryInString(text, true)
		for _, r := range norm.NFC.String(text[:n]) {
			if !isInvisible(r) { // a joiner that NFC puts between endless accents
				out.add(r, c.from[i])
			}
		}
		i += len([]rune(text[:n]))
		text = text[n:]
	}
	return out
}

// runeAt is the rune at i, or 0 beyond the ends.
func runeAt(runes []rune, i int) rune {
	if i < 0 || i >= len(runes) {
		return 0
	}
	return runes[i]
}

// cleanDescription is a text fit for a description: NFC, trimmed, nothing invisible. Its lines and
// blanks stay.
func cleanDescription(runes []rune) string {
	seen := make([]rune, 0, len(runes))
	for _, r := range runes {
		if !isInvisible(r) {
			seen = append(seen, r)
		}
	}
	return strings.TrimSpace(norm.NFC.String(string(seen)))
}

// Quote writes text so that it reads as one quoted text in a command.
func Quote(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}
