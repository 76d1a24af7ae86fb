package syntax

import "strings"

// honorifics follow a name in Japanese without a blank, and after them a particle may.
var (
	honorifics = []string{"さん", "様", "さま", "氏", "くん", "君", "ちゃん", "殿"}
	particles  = []string{"と", "を", "も", "に", "へ"}
)

// skipAfterMention passes what ends the words around a mention: punctuation, a colon before a blank
// or a quote, and the polite ending of a Japanese name.
func (l *lexer) skipAfterMention(i int) int {
	if end := l.skipOneOf(l.skipOneOf(i, honorifics), particles); l.canCloseAt(end - 1) {
		i = l.skipSentenceEnd(end)
	}
	next := i + 1
	isNoColon := i >= l.end || l.src[i] != ':' && l.src[i] != '：'
	if isNoColon || next < l.end && !isBlank(l.src[next]) && !isDoubleQuote(l.src[next]) {
		return i
	}
	return next
}

// skipOneOf passes one of the texts where it stands at i.
func (l *lexer) skipOneOf(i int, texts []string) int {
	const longest = 4
	if i >= l.end || l.isMentionAt(i) {
		return i
	}
	here := string(l.src[i:min(l.end, i+longest)])
	for _, text := range texts {
		if strings.HasPrefix(here, text) {
			return i + len([]rune(text))
		}
	}
	return i
}
