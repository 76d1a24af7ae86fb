package syntax

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// cutTailWords cuts a text into its words. Words and signs that only join others become gaps.
func cutTailWords(text string, gap tailGap) []tailWord {
	var words []tailWord
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRuneInString(text[at:])
		if sign := signGap(r); unicode.IsSpace(r) || sign > gapBlank {
			gap, at = max(gap, sign), at+size
			continue
		}
		if joiner, n := joinerAt(text[at:]); n > 0 {
			gap, at = max(gap, joiner), at+n
			continue
		}
		end := tailWordEnd(text, at)
		word := tailWord{text: strings.TrimRight(strings.TrimLeft(text[at:end], "@"), ".!?:"), start: at, end: end, gap: gap}
		word.inBrackets = strings.ContainsAny(text[max(at-1, 0):at], "([<")
		at = end
		if word.text != "" {
			words = append(words, word)
			gap = gapBlank
			if strings.HasSuffix(text[word.start:word.end], ":") {
				gap = gapSign
			}
		}
	}
	return words
}

// tailWordEnd is where the word at this byte ends. A comma between digits belongs to it.
func tailWordEnd(text string, start int) int {
	before := rune(0)
	for i, r := range text[start:] {
		next, _ := utf8.DecodeRuneInString(text[start+i+utf8.RuneLen(r):])
		isNumber := r == ',' && unicode.IsDigit(before) && unicode.IsDigit(next)
		if unicode.IsSpace(r) || signGap(r) > gapBlank && !isNumber {
			return start + i
		}
		before = r
	}
	return len(text)
}

func signGap(r rune) tailGap {
	switch r {
	case ',', '，', '、':
		return gapComma
	case ';', '；', '：', '|', '–', '—', '→':
		return gapSign
	case '(', ')', '[', ']', '<', '>', '/', '+':
		return gapAnd
	}
	return gapBlank
}

// joiners are words that stand between others, in English, German, French, Spanish and Japanese,
// the longest of those first that begin alike.
var joiners = []struct {
	gap   tailGap
	words string
}{
	{gapExcept, exclusionWords},
	{gapWith, "together with, along with, with, w/, zusammen mit, mit, sowie, avec, ainsi que, junto con, con, para, plus"},
	{gapSign, "&, ＆, :, -, ->, =>"},
	{gapAnd, "and, und, et, y, と, や"},
}

// joinerAt is the word or words at the beginning of a text that join others, and their length: 0
// where there are none.
func joinerAt(text string) (tailGap, int) {
	for _, j := range joiners {
		for words := range strings.SplitSeq(j.words, ", ") {
			if len(text) < len(words) || !strings.EqualFold(text[:len(words)], words) {
				continue
			}
			next, _ := utf8.DecodeRuneInString(text[len(words):])
			if len(text) == len(words) || unicode.IsSpace(next) || signGap(next) > gapAnd || words == "w/" {
				return j.gap, len(words)
			}
		}
	}
	return gapBlank, 0
}

// countBeforeCourtesies is how many words there are before the courtesies at the end, and before
// signs that are no words.
func countBeforeCourtesies(words []tailWord, first int) int {
	n := len(words)
	for n > first {
		length := 0
		for k := min(maxPhrase, n-first); k > 0 && length == 0; k-- {
			var texts []string
			for _, w := range words[n-k : n] {
				texts = append(texts, w.text)
			}
			if isPhrase(strings.Join(texts, " "), []phrases{courtesies}) {
				length = k
			}
		}
		if isSymbols(words[n-1].text) {
			length = 1
		}
		if length == 0 {
			break
		}
		n -= length
	}
	return n
}

// isSymbols reports whether a text has no letter and no digit, such as an emoji.
func isSymbols(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
}

// cutAtDots puts a plus in the place of each dot between letters, in words that are no addresses.
func cutAtDots(text string) string {
	fields := strings.FieldsFunc(text, unicode.IsSpace)
	for _, word := range fields {
		if runes := []rune(word); !strings.ContainsAny(word, "@/:") {
			for i := 1; i+1 < len(runes); i++ {
				if runes[i] == '.' && unicode.IsLetter(runes[i-1]) && unicode.IsLetter(runes[i+1]) {
					runes[i] = '+'
				}
			}
			text = strings.Replace(text, word, string(runes), 1)
		}
	}
	return text
}
