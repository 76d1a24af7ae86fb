package syntax

import "strings"

// lexer cuts the arguments of a command into tokens. It stops at the first
// broken quote, because what follows one cannot be told apart.
type lexer struct {
	src      []rune
	end      int
	mentions []Mention
	// isKey says whether a folded word is the key of an option.
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

func (l *lexer) run() []token {
	for {
		from := l.pos
		listed := l.skip()
		if l.pos >= l.end {
			return l.tokens
		}
		glued := l.pos == from && len(l.tokens) > 0
		t := l.token(glued)
		t.glued, t.listed = glued, listed
		l.tokens = append(l.tokens, t)
		l.pos = t.end
		if t.kind == mention && l.closes(t.end-1) {
			l.pos = l.enders(t.end)
		}
		if t.kind == broken {
			return l.tokens
		}
	}
}

// skip moves to the next token and reports a comma or semicolon on the way.
func (l *lexer) skip() (listed bool) {
	for l.pos < l.end && !l.mentionAt(l.pos) && (blank(l.src[l.pos]) || listSign(l.src[l.pos])) {
		listed = listed || listSign(l.src[l.pos])
		l.pos++
	}
	return listed
}

func (l *lexer) mentionAt(i int) bool {
	n := firstAfter(l.mentions, i)
	return n < len(l.mentions) && l.mentions[n].Start == i
}

func (l *lexer) token(glued bool) token {
	if l.mentionAt(l.pos) {
		m := l.mentions[firstAfter(l.mentions, l.pos)]
		return token{kind: mention, start: m.Start, end: m.End, user: m.UserID}
	}
	r := l.src[l.pos]
	if doubleQuote(r) || singleQuote(r) && !l.apostrophe(l.pos) {
		return l.quote(l.pos)
	}
	end := l.wordEnd(l.pos)
	if !glued || l.tokens[len(l.tokens)-1].kind != key {
		if t, ok := l.start(l.pos, end); ok {
			return t
		}
	}
	return l.wordToken(l.pos, end)
}

// wordEnd is where the run of visible characters from start ends.
func (l *lexer) wordEnd(start int) int {
	stop := l.end
	if n := firstAfter(l.mentions, start); n < len(l.mentions) {
		stop = min(stop, l.mentions[n].Start)
	}
	i := start + 1
	for i < stop && !blank(l.src[i]) && !listSign(l.src[i]) && !doubleQuote(l.src[i]) {
		i++
	}
	return i
}

// start reads what only the start of a word can be: a command or the key of
// an option.
func (l *lexer) start(pos, end int) (token, bool) {
	if slash(l.src[pos]) {
		i := l.keyEnd(pos+1, end)
		text := string(l.src[pos+1 : i])
		return token{kind: command, start: pos, end: end, text: text}, i == end && i > pos+1
	}
	if n := l.dashes(pos, end); n > 0 {
		i := l.keyEnd(pos+n, end)
		t := token{kind: key, start: pos, end: i, text: string(l.src[pos+n : i]), dashed: true}
		if i < end && binds(l.src[i]) {
			t.end, t.bound = i+1, true
		}
		return t, fold(t.text) != "" && (t.bound || i == end)
	}
	i := l.keyEnd(pos, end)
	text := string(l.src[pos:i])
	if i == end || !binds(l.src[i]) || fold(text) == "" || strings.EqualFold(text, "mailto") {
		return token{}, false
	}
	return token{kind: key, start: pos, end: i + 1, text: text, bound: true}, true
}

// dashes is how many characters from pos announce the key of an option.
func (l *lexer) dashes(pos, end int) int {
	switch {
	case longDash(l.src[pos]):
		return 1
	case end > pos+1 && narrow(l.src[pos]) == '-' && narrow(l.src[pos+1]) == '-':
		return 2
	}
	return 0
}

func (l *lexer) keyEnd(pos, end int) int {
	for pos < end && keyRune(l.src[pos]) {
		pos++
	}
	return pos
}

func (l *lexer) wordToken(pos, end int) token {
	text := string(l.src[pos:end])
	t := token{kind: word, start: pos, end: end, text: text}
	if mail, ok := address(text); ok {
		t.kind, t.text = email, mail
	} else if name, ok := handle(text); ok {
		t.kind, t.text = username, name
		if mail, ok := address(name); ok {
			t.kind, t.text = email, mail
		}
	}
	return t
}

// argument reports that somebody who writes the word at pos has left a quoted
// text behind: a person or an option stands there.
func (l *lexer) argument(pos int) bool {
	if l.mentionAt(pos) {
		return true
	}
	end := l.wordEnd(pos)
	if t, ok := l.start(pos, end); ok {
		follows := t.bound && !t.dashed && t.end < l.end && doubleQuote(l.src[t.end])
		return t.kind == key && (l.isKey(fold(t.text)) || follows)
	}
	return l.wordToken(pos, end).person()
}
