package syntax

import (
	"sort"
	"strings"
	"unicode"
)

// quoteIndex holds where quotes can end, found in one pass, so that no quote is searched for twice.
type quoteIndex struct {
	// closing maps an opening quote, such as “ „ « 「, to the quote that closes it, nesting observed.
	closing map[int]int
	// last is the last place of each straight or single quote.
	last map[rune]int
	// lastClose is the last place where a single quote ends a word.
	lastClose int
}

func indexQuotes(l *lexer, start int) quoteIndex {
	q := quoteIndex{closing: map[int]int{}, last: map[rune]int{}, lastClose: -1}
	var open []int
	for i := l.findQuote(start-1, isQuote); i >= 0; i = l.findQuote(i, isQuote) {
		r := l.src[i]
		q.last[r] = i
		if isSingleClosingQuote(r) && l.canCloseAt(i) {
			q.lastClose = i
		}
		if n := len(open); n > 0 && isClosingQuoteOf(l.src[open[n-1]], r) {
			q.closing[open[n-1]] = i
			open = open[:n-1]
		} else if _, ok := closingQuotes[r]; ok {
			open = append(open, i)
		}
	}
	return q
}

// closingQuotes maps the quotes that have a left and a right form to what closes them.
var closingQuotes = map[rune]string{
	'“': "”", '”': "”", '„': "“”", '«': "»", '»': "«", '‹': "›", '›': "‹", '「': "」", '『': "』",
}

func isClosingQuoteOf(open, r rune) bool { return strings.ContainsRune(closingQuotes[open], r) }

func isQuote(r rune) bool { return isDoubleQuote(r) || isSingleQuote(r) || isSingleClosingQuote(r) }

// findQuote finds the first quote after i that is of the kind wanted, not escaped and not part of a
// mention; -1 if there is none.
func (l *lexer) findQuote(i int, wanted func(rune) bool) int {
	n := firstMentionAfter(l.mentions, i)
	for i++; i < l.end; i++ {
		for n < len(l.mentions) && l.mentions[n].End <= i {
			n++
		}
		switch {
		case n < len(l.mentions) && l.mentions[n].Start <= i:
			i = l.mentions[n].End - 1
		case wanted(l.src[i]):
			return i
		case l.isEscape(i):
			i++
		}
	}
	return -1
}

// firstMentionAfter is the index of the first mention that ends after i.
func firstMentionAfter(mentions []Mention, i int) int {
	return sort.Search(len(mentions), func(n int) bool { return mentions[n].End > i })
}

// isEscape reports whether a backslash at i makes the next character plain.
func (l *lexer) isEscape(i int) bool {
	return l.src[i] == '\\' && i+1 < l.end && (l.src[i+1] == '\\' || isQuote(l.src[i+1]))
}

// isApostrophe reports whether the single quote at i stands for omitted digits, as in '26.
func (l *lexer) isApostrophe(i int) bool {
	return unicode.IsDigit(runeAt(l.src[:l.end], i+1)) && l.quotes.lastClose <= i
}

// canCloseAt reports whether a text may end with the quote at i: nothing follows without a blank.
func (l *lexer) canCloseAt(i int) bool {
	next := l.skipSentenceEnd(i + 1)
	return next >= l.end || isBlank(l.src[next]) || isListSeparator(l.src[next]) ||
		next == i+1 && (l.isMentionAt(next) || isAtSign(l.src[next]))
}

// skipSentenceEnd skips the punctuation that ends a sentence.
func (l *lexer) skipSentenceEnd(i int) int {
	for i < l.end && isSentenceEnd(l.src[i]) {
		i++
	}
	return i
}

// findClosingQuote finds the quote that closes the one at open; -1 if none does.
func (l *lexer) findClosingQuote(open int) int {
	r := l.src[open]
	if _, ok := closingQuotes[r]; ok {
		if i, ok := l.quotes.closing[open]; ok {
			return i
		}
		return l.findOtherClosingQuote(open, isDoubleQuote)
	}
	own := r
	if isSingleQuote(r) {
		own = closingQuote(r)
	}
	if l.quotes.last[own] > open {
		return l.findQuote(open, func(r rune) bool { return r == own })
	}
	if isSingleQuote(r) {
		return l.findOtherClosingQuote(open, isSingleClosingQuote)
	}
	return l.findOtherClosingQuote(open, isDoubleQuote)
}

// findOtherClosingQuote finds a closing quote of another style, as autocorrect leaves it.
func (l *lexer) findOtherClosingQuote(open int, style func(rune) bool) int {
	i := l.findQuote(open, style)
	if i >= 0 && !l.canCloseAt(i) {
		return -1
	}
	return i
}

func (l *lexer) readQuote(open int) token {
	end := l.findClosingQuote(open)
	switch {
	case end < 0:
		return l.unclosedQuoteToken(open)
	case l.canCloseAt(end):
		return token{kind: quotedText, start: open, end: l.skipSentenceEnd(end + 1), content: l.readQuotation(open+1, end)}
	case isColon(l.src[end-1]) || l.hasArgumentBetween(open+1, end):
		return l.unclosedQuoteToken(open)
	}
	return l.runOnQuoteToken(open, end)
}

// readQuotation resolves the escapes between two quotes.
func (l *lexer) readQuotation(start, end int) *quotation {
	q := &quotation{runes: make([]rune, 0, end-start), from: make([]int, 0, end-start)}
	n := firstMentionAfter(l.mentions, start)
	for i := start; i < end; i++ {
		for n < len(l.mentions) && l.mentions[n].End <= i {
			n++
		}
		mention := n < len(l.mentions) && l.mentions[n].Start <= i
		q.mentions = q.mentions || mention
		if !mention && l.isEscape(i) && i+1 < end {
			i++
		}
		q.runes = append(q.runes, l.src[i])
		q.from = append(q.from, i)
	}
	return q
}
