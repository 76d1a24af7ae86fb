package messageml

import "strings"

// Escape makes text harmless as content or as a quoted attribute of MessageML. Characters that XML
// or the agent refuse (most control characters, non-characters) are removed; invalid UTF-8 becomes
// U+FFFD. Line ends stay line ends, which the agent shows as blanks outside Code and Pre: the Text
// node makes breaks of them.
func Escape(s string) string {
	var b strings.Builder
	writeEscaped(&b, s, inText)
	return b.String()
}

type escapePlace int

const (
	inText escapePlace = iota
	inLine
	inAttribute
)

// writeEscaped escapes beyond what XML asks: FreeMarker reads the message before the XML parser
// does, so the characters that begin its expressions ( ${ #{ <# <@ ) and end them are written as
// numbers.
func writeEscaped(b *strings.Builder, s string, where escapePlace) {
	s = lineEnds.Replace(s)
	for _, r := range s {
		if !isAllowed(r) {
			continue
		}
		if escaped := escapeRune(r, where); escaped != "" {
			b.WriteString(escaped)
			continue
		}
		b.WriteRune(r)
	}
}

// lineEnds makes of line ends what an XML parser makes of the literal ones.
var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n")

func escapeRune(r rune, where escapePlace) string {
	switch r {
	case '&':
		return "&amp;"
	case '<':
		return "&lt;"
	case '>':
		return "&gt;"
	case '"':
		return "&quot;"
	case '\'':
		return "&#39;"
	case '$':
		return "&#36;"
	case '#':
		return "&#35;"
	case '{':
		return "&#123;"
	case '}':
		return "&#125;"
	}
	return escapeBlank(r, where)
}

// escapeBlank keeps line ends: in an attribute an XML parser would turn literal ones into blanks,
// in a line the agent does.
func escapeBlank(r rune, where escapePlace) string {
	switch {
	case r == '\n' && where == inLine:
		return "<br/>"
	case r == '\n' && where == inAttribute:
		return "&#10;"
	case r == '\t' && where == inAttribute:
		return "&#9;"
	}
	return ""
}

// isAllowed excludes what XML 1.0 forbids and the C1 controls, which have no meaning in a chat.
func isAllowed(r rune) bool {
	switch {
	case r < 0x20:
		return r == '\t' || r == '\n'
	case r >= 0x7f && r <= 0x9f:
		return false
	case r == 0xfffe || r == 0xffff:
		return false
	}
	return true
}
