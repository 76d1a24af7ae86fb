package syntax

import "unicode"

// runOnQuoteToken is the token for a quoted text that ends in front of more text.
func (l *lexer) runOnQuoteToken(open, end int) token {
	escaped := `\"`
	if isSingleClosingQuote(l.src[end]) {
		escaped = `\'`
	}
	f := &parseError{Error: Error{
		Code: QuoteRunOn, At: end,
		Message: "The quote closes here, but text follows without a space. Write " + escaped + " for a quote inside the name.",
	}}
	switch {
	case l.isArgumentAt(end + 1):
		f.edits = []edit{{end + 1, end + 1, " "}}
	case isSingleClosingQuote(l.src[end]) && unicode.IsLetter(l.src[end-1]) && unicode.IsLetter(l.src[end+1]):
		f.edits = []edit{{end, end, `\`}}
	case isDoubleQuote(l.src[open]):
		f.readings = l.readRunOnQuote(open, end)
	}
	return token{kind: brokenQuote, start: end, end: l.end, err: f}
}

// maxInnerQuotes is how many quotes inside a text are corrected.
const maxInnerQuotes = 8

// readRunOnQuote takes the text up to the last quote before the next argument as one text, or where
// there is none the words up to that argument.
func (l *lexer) readRunOnQuote(open, end int) []correction {
	if edits := l.halveQuotes(open, end); edits != nil {
		return []correction{{edits: edits}}
	}
	limit, last := l.findArgument(end+1), 0
	inside := []int{end}
	for i := l.findQuote(end, isDoubleQuote); i >= 0 && i < limit && len(inside) < maxInnerQuotes; i = l.findQuote(i, isDoubleQuote) {
		if l.canCloseAt(i) {
			last = len(inside)
		}
		inside = append(inside, i)
	}
	if last > 0 {
		var edits []edit
		for _, i := range inside[:last] {
			edits = append(edits, edit{i, i, `\`})
		}
		return []correction{{label: quotedPart(string(l.src[open+1 : inside[last]])), edits: edits}}
	}
	stop := l.trimJoiners(end+1, limit)
	text := string(l.src[open+1:end]) + " " + string(l.src[end+1:stop])
	return []correction{{label: quotedPart(text), edits: []edit{{end, end + 1, " "}, {stop, stop, string(l.src[end])}}}}
}

// halveQuotes makes one of each of the double quotes around a text that are typed twice.
func (l *lexer) halveQuotes(open, end int) []edit {
	if end != open+1 {
		return nil
	}
	first := l.findQuote(end, isDoubleQuote)
	if first < 0 || first+1 >= l.end || !isDoubleQuote(l.src[first+1]) || !l.canCloseAt(first+1) || l.hasArgumentBetween(end+1, first) {
		return nil
	}
	return []edit{{open, end, ""}, {first, first + 1, ""}}
}

// readInnerQuote takes the quote that ended the text before token i for one inside the text, which
// ends with the quote at token end that nothing closes.
func (a *argumentParser) readInnerQuote(i, end int) (way correction, ok bool) {
	if i == 0 || end >= len(a.tokens) || a.tokens[i-1].kind != quotedText {
		return correction{}, false
	}
	open, after := a.tokens[i-1], a.tokens[end]
	isClosing := after.kind == brokenQuote && after.adjacent && after.start+1 <= a.end &&
		(after.start+1 == a.end || isBlank(a.src[after.start+1]) || isListSeparator(a.src[after.start+1]))
	if !isClosing || !isDoubleQuote(a.src[open.start]) || !isDoubleQuote(a.src[open.end-1]) {
		return correction{}, false
	}
	text := string(a.src[open.start+1 : after.start])
	return correction{label: quotedPart(text), edits: []edit{{open.end - 1, open.end - 1, `\`}}}, true
}
