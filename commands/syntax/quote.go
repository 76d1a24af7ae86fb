package syntax

import (
	"sort"
	"strings"
	"unicode"
)

// quoteIndex knows of every quote where it can end, found in one pass, so that
// no quote is searched for twice.
type quoteIndex struct {
	// pair maps an opening “ „ « ” to the quote that closes it, nesting observed.
	pair map[int]int
	// last is the last place of each straight or single quote.
	last map[rune]int
	// lastClose is the last place where a single quote ends a word.
	lastClose int
}

func indexQuotes(l *lexer, start int) quoteIndex {
	q := quoteIndex{pair: map[int]int{}, last: map[rune]int{}, lastClose: -1}
	var open []int
	for i := l.nextQuote(start-1, anyQuote); i >= 0; i = l.nextQuote(i, anyQuote) {
		r := l.src[i]
		q.last[r] = i
		if singleClose(r) && l.closes(i) {
			q.lastClose = i
		}
		if n := len(open); n > 0 && ends(l.src[open[n-1]], r) {
			q.pair[open[n-1]] = i
			open = open[:n-1]
		} else if _, ok := nested[r]; ok {
			open = append(open, i)
		}
	}
	return q
}

// nested are the quotes that have a left and a right form, with what closes them.
var nested = map[rune]string{'“': "”", '”': "”", '„': "“”", '«': "»", '»': "«"}

func ends(open, r rune) bool { return strings.ContainsRune(nested[open], r) }

func anyQuote(r rune) bool { return doubleQuote(r) || singleQuote(r) || singleClose(r) }

// nextQuote finds the first quote after i that is of the kind wanted, not
// escaped and not part of a mention; -1 if there is none.
func (l *lexer) nextQuote(i int, wanted func(rune) bool) int {
	n := firstAfter(l.mentions, i)
	for i++; i < l.end; i++ {
		for n < len(l.mentions) && l.mentions[n].End <= i {
			n++
		}
		switch {
		case n < len(l.mentions) && l.mentions[n].Start <= i:
			i = l.mentions[n].End - 1
		case wanted(l.src[i]):
			return i
		case l.escape(i):
			i++
		}
	}
	return -1
}

// firstAfter is the index of the first mention that ends after i.
func firstAfter(mentions []Mention, i int) int {
	return sort.Search(len(mentions), func(n int) bool { return mentions[n].End > i })
}

// escape reports a backslash that makes the next character plain.
func (l *lexer) escape(i int) bool {
	return l.src[i] == '\\' && i+1 < l.end && (l.src[i+1] == '\\' || anyQuote(l.src[i+1]))
}

// apostrophe reports a single quote that stands for omitted digits, as in '26.
func (l *lexer) apostrophe(i int) bool {
	return unicode.IsDigit(at(l.src[:l.end], i+1)) && l.quotes.lastClose <= i
}

// closes reports that a text may end with the quote at i: nothing follows that
// would run into it.
func (l *lexer) closes(i int) bool {
	next := l.enders(i + 1)
	return next >= l.end || blank(l.src[next]) || listSign(l.src[next]) ||
		next == i+1 && (l.mentionAt(next) || atSign(l.src[next]))
}

// enders skips the punctuation that ends a sentence.
func (l *lexer) enders(i int) int {
	for i < l.end && ender(l.src[i]) {
		i++
	}
	return i
}

// closer finds the quote that closes the one at open; -1 if none does.
func (l *lexer) closer(open int) int {
	r := l.src[open]
	if _, ok := nested[r]; ok {
		if i, ok := l.quotes.pair[open]; ok {
			return i
		}
		return l.anyCloser(open, doubleQuote)
	}
	own := r
	if r == '‘' {
		own = '’'
	}
	if l.quotes.last[own] > open {
		return l.nextQuote(open, func(r rune) bool { return r == own })
	}
	if singleQuote(r) {
		return l.anyCloser(open, singleClose)
	}
	return l.anyCloser(open, doubleQuote)
}

// anyCloser lets a quote of another style close, as autocorrect leaves it.
func (l *lexer) anyCloser(open int, style func(rune) bool) int {
	i := l.nextQuote(open, style)
	if i >= 0 && !l.closes(i) {
		return -1
	}
	return i
}

func (l *lexer) quote(open int) token {
	end := l.closer(open)
	switch {
	case end < 0:
		return l.unclosed(open)
	case l.closes(end):
		return token{kind: quoted, start: open, end: l.enders(end + 1), inside: l.inside(open+1, end)}
	case binds(l.src[end-1]) || l.argumentIn(open+1, end):
		return l.unclosed(open)
	}
	return l.runOn(end)
}

// inside resolves the escapes between two quotes.
func (l *lexer) inside(start, end int) *quotation {
	q := &quotation{runes: make([]rune, 0, end-start), from: make([]int, 0, end-start)}
	n := firstAfter(l.mentions, start)
	for i := start; i < end; i++ {
		for n < len(l.mentions) && l.mentions[n].End <= i {
			n++
		}
		spoken := n < len(l.mentions) && l.mentions[n].Start <= i
		q.mentions = q.mentions || spoken
		if !spoken && l.escape(i) && i+1 < end {
			i++
		}
		q.runes = append(q.runes, l.src[i])
		q.from = append(q.from, i)
	}
	return q
}
