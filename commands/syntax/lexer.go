package syntax

import "strings"

// lexer cuts the arguments of a command into tokens. It stops at the first broken quote, because
// what follows may stand inside or outside of quotes.
type lexer struct {
	src      []rune
	end      int
	mentions []Mention
	// isKey reports whether a folded word is the key of an option.
	isKey  func(folded string) bool
	quotes quoteIndex

	pos    int
	tokens []token
}

func newLexer(src []rune, start, end int, mentions []Mention, isKey func(string) bool) *lexer {
	l := &lexer{src: src, end: end, mentions: mentions, isKey: isKey, pos: start}
	l.quotes = indexQuotes(l, start)
	return l
}

func (l *lexer) tokenize() []token {
	for {
		from := l.pos
		afterComma := l.skipSeparators()
		if l.pos >= l.end {
			return l.tokens
		}
		adjacent := l.pos == from && len(l.tokens) > 0
		t := l.readToken(adjacent)
		t.adjacent, t.afterComma = adjacent, afterComma
		l.tokens = append(l.tokens, t)
		l.pos = t.end
		if t.kind == mention {
			l.pos = l.skipAfterMention(t.end)
		}
		if t.kind == brokenQuote {
			return l.tokens
		}
	}
}

// skipSeparators moves to the next token and reports whether it passed a comma or semicolon.
func (l *lexer) skipSeparators() (comma bool) {
	for l.pos < l.end && !l.isMentionAt(l.pos) && (isBlank(l.src[l.pos]) || isListSeparator(l.src[l.pos])) {
		comma = comma || isListSeparator(l.src[l.pos])
		l.pos++
	}
	return comma
}

func (l *lexer) isMentionAt(i int) bool {
	n := firstMentionAfter(l.mentions, i)
	return n < len(l.mentions) && l.mentions[n].Start == i
}

func (l *lexer) readToken(adjacent bool) token {
	if l.isMentionAt(l.pos) {
		m := l.mentions[firstMentionAfter(l.mentions, l.pos)]
		return token{kind: mention, start: m.Start, end: m.End, userID: m.UserID}
	}
	r := l.src[l.pos]
	if isDoubleQuote(r) || isSingleQuote(r) && !l.isApostrophe(l.pos) {
		return l.readQuote(l.pos)
	}
	end := l.wordEnd(l.pos)
	if !adjacent || l.tokens[len(l.tokens)-1].kind != key {
		if t, ok := l.readCommandOrKey(l.pos, end); ok {
			return t
		}
	}
	return l.readWord(l.pos, end)
}

// wordEnd is where the run of visible characters from start ends.
func (l *lexer) wordEnd(start int) int {
	stop := l.end
	if n := firstMentionAfter(l.mentions, start); n < len(l.mentions) {
		stop = min(stop, l.mentions[n].Start)
	}
	i := start + 1
	for i < stop && !isBlank(l.src[i]) && !isListSeparator(l.src[i]) && !isDoubleQuote(l.src[i]) && !l.isLinkAt(i) {
		i++
	}
	return i
}

// readCommandOrKey reads what only stands at the start of a word: a command or the key of an
// option.
func (l *lexer) readCommandOrKey(pos, end int) (token, bool) {
	if isSlash(l.src[pos]) {
		i := l.keyEnd(pos+1, end)
		text := string(l.src[pos+1 : i])
		return token{kind: command, start: pos, end: end, text: text}, i == end && i > pos+1
	}
	if n := l.countDashes(pos, end); n > 0 {
		i := l.keyEnd(pos+n, end)
		t := token{kind: key, start: pos, end: i, text: string(l.src[pos+n : i]), hasDashes: true}
		if i < end && isColon(l.src[i]) {
			t.end, t.hasColon = i+1, true
		}
		return t, foldKey(t.text) != "" && (t.hasColon || i == end)
	}
	i := l.keyEnd(pos, end)
	text := string(l.src[pos:i])
	if i == end || !isColon(l.src[i]) || foldKey(text) == "" || strings.EqualFold(text, "mailto") {
		return token{}, false
	}
	return token{kind: key, start: pos, end: i + 1, text: text, hasColon: true}, true
}

// countDashes is how many characters at pos are the dashes before the key of an option.
func (l *lexer) countDashes(pos, end int) int {
	switch {
	case isLongDash(l.src[pos]):
		return 1
	case end > pos+1 && toHalfWidth(l.src[pos]) == '-' && toHalfWidth(l.src[pos+1]) == '-':
		return 2
	}
	return 0
}

func (l *lexer) keyEnd(pos, end int) int {
	for pos < end && isKeyRune(l.src[pos]) {
		pos++
	}
	return pos
}

func (l *lexer) readWord(pos, end int) token {
	text := string(l.src[pos:end])
	t := token{kind: word, start: pos, end: end, text: text}
	if mail, ok := parseEmail(text); ok {
		t.kind, t.text = email, mail
	} else if name, ok := parseUsername(text); ok {
		t.kind, t.text = username, name
		if mail, ok := parseEmail(name); ok {
			t.kind, t.text = email, mail
		}
	}
	return t
}

// isArgumentAt reports whether a person or an option stands at pos, so that a quoted text must have
// ended before it.
func (l *lexer) isArgumentAt(pos int) bool {
	if l.isMentionAt(pos) {
		return true
	}
	end := l.wordEnd(pos)
	if t, ok := l.readCommandOrKey(pos, end); ok {
		follows := t.hasColon && !t.hasDashes && t.end < l.end && isDoubleQuote(l.src[t.end])
		return t.kind == key && (l.isKey(foldKey(t.text)) || follows)
	}
	return l.readWord(pos, end).isPerson()
}
