package syntax

import "unicode"

// unclosed is the token for a quote that is never closed. Its correction
// closes it before the first person or option that follows.
func (l *lexer) unclosed(open int) token {
	f := &fault{Error: Error{Code: UnclosedQuote, At: open, Message: "The quote that opens here is never closed."}}
	f.edits = l.closing(open)
	return token{kind: broken, start: open, end: l.end, fault: f}
}

func (l *lexer) closing(open int) []edit {
	r := l.src[open]
	if start, ok := l.unopened(open); ok {
		return []edit{{start, start, string(opening(r))}}
	}
	if open > 0 && l.glued(open) {
		return nil
	}
	end := l.boundary(open + 1)
	wrong := l.nextQuote(open, doubleQuote)
	if wrong >= 0 && wrong < end && l.closes(wrong) {
		return []edit{{wrong, wrong + 1, string(closing(r))}}
	}
	end = l.trimmed(open+1, end)
	if end <= open+1 {
		return nil
	}
	if l.src[end-1] == closing(r) && l.src[end-2] == '\\' {
		return []edit{{end - 1, end - 1, `\`}}
	}
	return []edit{{end, end, string(closing(r))}}
}

// glued reports a quote that hangs on what is no key: an apostrophe rather.
func (l *lexer) glued(open int) bool {
	n := len(l.tokens)
	return n > 0 && l.tokens[n-1].end == open && l.tokens[n-1].kind != key
}

// unopened says where the text starts whose closing quote, and only that,
// stands at i: before the words that end there.
func (l *lexer) unopened(i int) (start int, ok bool) {
	if !doubleQuote(l.src[i]) || !l.closes(i) || !l.glued(i) {
		return 0, false
	}
	n := len(l.tokens)
	for n > 0 && l.plain(l.tokens[n-1]) {
		n--
	}
	for n < len(l.tokens)-1 && connector(l.tokens[n]) {
		n++
	}
	if n == len(l.tokens) {
		return 0, false
	}
	return l.tokens[n].start, true
}

func (l *lexer) plain(t token) bool {
	return t.kind == word || t.kind == key && !t.dashed && !l.isKey(fold(t.text))
}

func opening(r rune) rune {
	switch r {
	case '”':
		return '“'
	case '“':
		return '„'
	case '»':
		return '«'
	case '«':
		return '»'
	}
	return r
}

func closing(r rune) rune {
	switch r {
	case '“':
		return '”'
	case '„':
		return '“'
	case '«':
		return '»'
	case '»':
		return '«'
	case '‘':
		return '’'
	}
	return r
}

// argumentIn reports a person or an option between start and end.
func (l *lexer) argumentIn(start, end int) bool { return l.boundary(start) < end }

// boundary is where the first person or option from pos stands.
func (l *lexer) boundary(pos int) int {
	for pos < l.end {
		switch r := l.src[pos]; {
		case l.mentionAt(pos):
			return pos
		case blank(r) || listSign(r) || doubleQuote(r):
			pos++
		case l.argument(pos):
			return pos
		default:
			pos = l.wordEnd(pos)
		}
	}
	return l.end
}

// trimmed moves end back over blanks, commas and a dangling "with".
func (l *lexer) trimmed(start, end int) int {
	for {
		for end > start && (blank(l.src[end-1]) || listSign(l.src[end-1])) {
			end--
		}
		from := end
		for from > start && end-from < 5 && !blank(l.src[from-1]) {
			from--
		}
		if from == start || from == end || !connects(string(l.src[from:end])) {
			return end
		}
		end = from
	}
}

// runOn is the token for a quote that closes in front of more text.
func (l *lexer) runOn(end int) token {
	escaped := `\"`
	if singleClose(l.src[end]) {
		escaped = `\'`
	}
	f := &fault{Error: Error{
		Code: QuoteRunOn, At: end,
		Message: "The quote closes here, but text follows without a space. Write " + escaped + " for a quote inside the name.",
	}}
	switch {
	case l.argument(end + 1):
		f.edits = []edit{{end + 1, end + 1, " "}}
	case singleClose(l.src[end]) && unicode.IsLetter(l.src[end-1]) && unicode.IsLetter(l.src[end+1]):
		f.edits = []edit{{end, end, `\`}}
	}
	return token{kind: broken, start: end, end: l.end, fault: f}
}
