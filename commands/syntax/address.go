package syntax

// Mail programs copy lists of people as
//
//	Alice Martin <alice@acme.com>; Chen, Bob <bob@acme.com>; "Martin, Eve" <eve@acme.com>
//
// The address counts, and the name before it is passed over. In front of the room's name, or right
// behind an unquoted one, words are taken for the name of a person only if the address agrees.

// maxNameWords is how many words the name of a person has at most.
const maxNameWords = 5

// isLinkAt reports whether an e-mail address in angle brackets begins at i, as mail programs put it
// right behind a name.
func (l *lexer) isLinkAt(i int) bool {
	const longest = 300
	if l.src[i] != '<' {
		return false
	}
	for end := i + 1; end < l.end && end < i+longest && !isBlank(l.src[end]); end++ {
		if l.src[end] == '>' {
			_, ok := parseEmail(string(l.src[i : end+1]))
			return ok
		}
	}
	return false
}

// quotedAddress is the address that stands alone in quotes. Mail programs put single ones around an
// address without a name.
func (t token) quotedAddress() (string, bool) {
	return parseEmail(string(t.content.runes))
}

// isQuotedPerson reports whether a quoted text is an address in single quotes, and no name.
func (a *argumentParser) isQuotedPerson(t token) bool {
	_, ok := t.quotedAddress()
	return ok && isSingleQuote(a.src[t.start])
}

// isInBrackets reports whether token i is an e-mail address in brackets.
func (a *argumentParser) isInBrackets(i int) bool {
	if i >= len(a.tokens) || a.tokens[i].kind != email {
		return false
	}
	switch a.src[a.tokens[i].start] {
	case '<', '(', '[':
		return true
	}
	return false
}

// isBeforeAddress reports whether an address in brackets follows token i without a comma.
func (a *argumentParser) isBeforeAddress(i int) bool {
	return a.isInBrackets(i+1) && !a.tokens[i+1].afterComma
}
