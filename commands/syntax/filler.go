package syntax

// isFiller reports whether the words up to token end say nothing about the command and cannot be
// the name: between the command or people and a quoted name, or at the end after people.
func (a *argumentParser) isFiller(end int) bool {
	switch {
	case a.isNameAt(end):
		return a.skipFiller(a.i, courtesies, namings) == end
	case a.lastNameToken > a.i && a.isPeopleAt(end):
		return a.skipFiller(a.i, courtesies, invitings) == end
	case a.i > 0 && (end == len(a.tokens) || a.lastNameToken > a.i):
		return a.skipFiller(a.i, courtesies) == end
	}
	return false
}

// isNameAt reports whether the name stands at token i as a quoted text or an option.
func (a *argumentParser) isNameAt(i int) bool {
	return i < len(a.tokens) && (a.tokens[i].kind == quotedText || a.tokens[i].kind == key && a.isNameOption(a.tokens[i]))
}

// skipFiller returns the index after the phrases and joining words that begin at token i.
func (a *argumentParser) skipFiller(i int, sets ...phrases) int {
	for {
		n := a.skipPhrases(i, sets...)
		for n < len(a.tokens) && isJoiner(a.tokens[n]) {
			n++
		}
		if n == i {
			return i
		}
		i = n
	}
}
