package syntax

// unclosedQuoteToken is the token for a quote that is never closed. The correction closes it before
// the first person or option that follows.
func (l *lexer) unclosedQuoteToken(open int) token {
	f := &parseError{Error: Error{Code: UnclosedQuote, At: open, Message: "The quote that opens here is never closed."}}
	if f.readings = l.readOtherClosingQuote(open); f.readings != nil {
		return token{kind: brokenQuote, start: open, end: l.end, err: f}
	}
	if f.edits = l.closeQuoteEdits(open); f.edits == nil {
		f.readings = []correction{{label: withoutQuote, edits: []edit{{open, open + 1, " "}}}}
	}
	return token{kind: brokenQuote, start: open, end: l.end, err: f}
}

// readOtherClosingQuote takes a single quote at the end of the text for the one that closes it, or
// for an apostrophe.
func (l *lexer) readOtherClosingQuote(open int) []correction {
	if !isDoubleQuote(l.src[open]) || l.isAdjacentToWord(open) {
		return nil
	}
	end := l.trimJoiners(open+1, l.findArgument(open+1))
	if end <= open+2 || !isSingleClosingQuote(l.src[end-1]) || l.isEscape(end-2) || isBlank(l.src[end-2]) {
		return nil
	}
	text, closing := string(l.src[open+1:end]), string(closingQuote(l.src[open]))
	return []correction{
		{label: quotedPart(string(l.src[open+1 : end-1])), edits: []edit{{end - 1, end, closing}}},
		{label: quotedPart(text), edits: []edit{{end, end, closing}}},
	}
}

func (l *lexer) closeQuoteEdits(open int) []edit {
	r := l.src[open]
	if start, ok := l.findQuoteStart(open); ok {
		return []edit{{start, start, string(openingQuote(r))}}
	}
	if open > 0 && l.isAdjacentToWord(open) {
		return nil
	}
	end := l.findArgument(open + 1)
	wrong := l.findQuote(open, isDoubleQuote)
	if wrong >= 0 && wrong < end && l.canCloseAt(wrong) {
		return []edit{{wrong, wrong + 1, string(closingQuote(r))}}
	}
	end = l.trimJoiners(open+1, end)
	if end <= open+1 {
		return nil
	}
	if l.src[end-1] == closingQuote(r) && l.src[end-2] == '\\' {
		return []edit{{end - 1, end - 1, `\`}}
	}
	return []edit{{end, end, string(closingQuote(r))}}
}

// isAdjacentToWord reports whether the quote follows a token that is no key: probably an
// apostrophe.
func (l *lexer) isAdjacentToWord(open int) bool {
	n := len(l.tokens)
	return n > 0 && l.tokens[n-1].end == open && l.tokens[n-1].kind != key
}

// findQuoteStart finds where a text starts that has only its closing quote, at i: before the words
// that end there.
func (l *lexer) findQuoteStart(i int) (start int, ok bool) {
	if !isDoubleQuote(l.src[i]) || !l.canCloseAt(i) || !l.isAdjacentToWord(i) {
		return 0, false
	}
	n := len(l.tokens)
	for n > 0 && l.isPlainWord(l.tokens[n-1]) {
		n--
	}
	for n < len(l.tokens)-1 && isJoiner(l.tokens[n]) {
		n++
	}
	if n == len(l.tokens) {
		return 0, false
	}
	return l.tokens[n].start, true
}

func (l *lexer) isPlainWord(t token) bool {
	return t.kind == word || t.kind == key && !t.hasDashes && !l.isKey(foldKey(t.text))
}

// openingQuote is the quote that a text ending with r usually begins with.
func openingQuote(r rune) rune {
	return otherQuote(r, "“”„“«»»«‹››‹「」『』", 1)
}

// closingQuote is the quote that a text beginning with r usually ends with.
func closingQuote(r rune) rune {
	return otherQuote(r, "“”„“«»»«‹››‹「」『』‘’‚‘", 0)
}

// otherQuote looks up a quote in pairs, by the first or the second of each; r where it is in none.
func otherQuote(r rune, pairs string, by int) rune {
	quotes := []rune(pairs)
	for i := by; i < len(quotes); i += 2 {
		if quotes[i] == r {
			return quotes[i^1]
		}
	}
	return r
}

// hasArgumentBetween reports whether a person or an option stands between start and end.
func (l *lexer) hasArgumentBetween(start, end int) bool { return l.findArgument(start) < end }

// findArgument returns where the first person or option from pos on stands.
func (l *lexer) findArgument(pos int) int {
	for pos < l.end {
		switch r := l.src[pos]; {
		case l.isMentionAt(pos):
			return pos
		case isBlank(r) || isListSeparator(r) || isDoubleQuote(r):
			pos++
		case l.isArgumentAt(pos):
			return pos
		default:
			pos = l.wordEnd(pos)
		}
	}
	return l.end
}

// trimJoiners moves end back over blanks, commas and joining words such as a dangling "with".
func (l *lexer) trimJoiners(start, end int) int {
	for {
		for end > start && (isBlank(l.src[end-1]) || isListSeparator(l.src[end-1])) {
			end--
		}
		from := end
		for from > start && end-from < 5 && !isBlank(l.src[from-1]) {
			from--
		}
		if from == start || from == end || !isJoinerText(string(l.src[from:end])) {
			return end
		}
		end = from
	}
}
