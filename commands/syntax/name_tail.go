package syntax

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// NameTail is a text that may end with people, such as the name of a room that was written without
// quotes. Whether its parts are people is for whoever asks the directory.
type NameTail struct {
	name  string
	words []tailWord
	// first is the first word that may begin a person.
	first int
}

// tailWord is a word of the text with what stands before it.
type tailWord struct {
	text       string
	start, end int // bytes of the text
	gap        tailGap
}

// tailGap is what stands between two words: the strongest of several.
type tailGap int

const (
	gapBlank tailGap = iota
	gapAnd
	gapComma
	gapSign // ";", ":" or "&"
	gapWith
)

// isSign reports whether people may be announced by what stands there.
func (g tailGap) isSign() bool { return g >= gapComma }

// ReadNameTail reads a name whose tail may be people. The first word always belongs to the name.
func ReadNameTail(name string) NameTail { return NameTail{name, cutTailWords(name, gapBlank), 1} }

// ReadPeople reads a text that stands where people may stand and can be nothing else.
func ReadPeople(text string) NameTail { return NameTail{text, cutTailWords(text, gapSign), 0} }

// cutTailWords cuts a text into its words. Words and signs that only join others become gaps.
func cutTailWords(text string, gap tailGap) []tailWord {
	var words []tailWord
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRuneInString(text[at:])
		if sign := signGap(r); unicode.IsSpace(r) || sign > gapBlank {
			gap, at = max(gap, sign), at+size
			continue
		}
		end := tailWordEnd(text, at)
		word := tailWord{text: strings.TrimRight(strings.TrimLeft(text[at:end], "(<[@"), ".!?)>]:"), start: at, end: end, gap: gap}
		at = end
		switch joiner := joinerGap(text[word.start:word.end]); {
		case joiner > gapBlank:
			gap = max(gap, joiner)
		case word.text != "":
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
	case ';', '；', '：':
		return gapSign
	}
	return gapBlank
}

// joinerGap is what a word stands for that joins others, in English, German, French and Spanish.
func joinerGap(word string) tailGap {
	switch strings.ToLower(word) {
	case "with", "w/", "mit", "avec", "con":
		return gapWith
	case "&", ":", "＆":
		return gapSign
	case "and", "und", "et", "y", "plus", "+":
		return gapAnd
	}
	return gapBlank
}

// PersonPhrase is a part of a text that may name a person.
type PersonPhrase struct {
	// Text is the name as a directory writes it: "Bob Chen" also for "Chen, Bob".
	Text string
	// Single is true for one word: a username or a first name.
	Single bool
	// Signed is true where a sign or a word such as "with" stands before it.
	Signed bool
	// Whole is true where a sign or the end follows, and not just another word.
	Whole bool

	start, end int // words
}

// Phrases are all parts that may name a person.
func (t NameTail) Phrases() []PersonPhrase {
	var all []PersonPhrase
	for start := t.first; start < len(t.words); start++ {
		all = append(all, t.phrasesAt(start)...)
	}
	return all
}

// phrasesAt are the phrases that begin with a word, the longest first: up to three words without
// anything between them, and "Last, First".
func (t NameTail) phrasesAt(start int) []PersonPhrase {
	var found []PersonPhrase
	run := t.runEnd(start)
	if comma := run; comma-start <= 2 && comma < len(t.words) && t.words[comma].gap == gapComma {
		for end := min(t.runEnd(comma), comma+2); end > comma; end-- {
			found = append(found, t.phrase(start, end, t.join(comma, end)+" "+t.join(start, comma)))
		}
	}
	for end := min(run, start+3); end > start; end-- {
		if end-start < 3 || t.words[start].gap > gapBlank {
			found = append(found, t.phrase(start, end, t.join(start, end)))
		}
	}
	return found
}

func (t NameTail) phrase(start, end int, text string) PersonPhrase {
	p := PersonPhrase{Text: text, Single: end == start+1, start: start, end: end}
	p.Signed = slices.ContainsFunc(t.words[:start+1], func(w tailWord) bool { return w.gap.isSign() })
	p.Whole = end == len(t.words) || t.words[end].gap > gapBlank
	return p
}

// runEnd is the word after those that stand together with the one at start.
func (t NameTail) runEnd(start int) int {
	end := start + 1
	for end < len(t.words) && t.words[end].gap == gapBlank {
		end++
	}
	return end
}

func (t NameTail) join(start, end int) string {
	words := make([]string, 0, end-start)
	for _, w := range t.words[start:end] {
		words = append(words, w.text)
	}
	return strings.Join(words, " ")
}

// TailSplit is a text cut into a name and people.
type TailSplit struct {
	Name   string
	People []PersonPhrase
	// Unknown are parts that stand among the people and name nobody.
	Unknown []string
}

// Split cuts the text where the longest tail begins that consists of people only. Without one, it
// cuts at a sign that some people follow. It reports false where there are no people.
func (t NameTail) Split(isPerson func(PersonPhrase) bool) (TailSplit, bool) {
	next := make([]*PersonPhrase, len(t.words)+1)
	begin := len(t.words)
	for start := len(t.words) - 1; start >= t.first; start-- {
		for _, p := range t.phrasesAt(start) {
			if (p.end == len(t.words) || next[p.end] != nil) && isPerson(p) {
				next[start], begin = &p, start
				break
			}
		}
	}
	if begin == len(t.words) {
		return t.splitAtSign(isPerson)
	}
	split := TailSplit{Name: t.nameBefore(begin)}
	for p := next[begin]; p != nil; p = next[p.end] {
		split.People = append(split.People, *p)
	}
	return split, true
}

// splitAtSign cuts at the last "with" that somebody follows, or else at the first other sign.
func (t NameTail) splitAtSign(isPerson func(PersonPhrase) bool) (TailSplit, bool) {
	cut := -1
	for start := t.first; start < len(t.words); start++ {
		gap := t.words[start].gap
		if gap != gapWith && (cut >= 0 || !gap.isSign()) {
			continue
		}
		if len(t.splitFrom(start, isPerson).People) > 0 {
			cut = start
		}
	}
	if cut < 0 {
		return TailSplit{}, false
	}
	return t.splitFrom(cut, isPerson), true
}

// splitFrom cuts before a word. A person counts where nothing else stands between two gaps.
func (t NameTail) splitFrom(start int, isPerson func(PersonPhrase) bool) TailSplit {
	split := TailSplit{Name: t.nameBefore(start)}
	for start < len(t.words) {
		phrases := t.phrasesAt(start)
		at := slices.IndexFunc(phrases, func(p PersonPhrase) bool { return p.Whole && isPerson(p) })
		if at < 0 {
			end := t.runEnd(start)
			split.Unknown = append(split.Unknown, t.join(start, end))
			start = end
			continue
		}
		split.People = append(split.People, phrases[at])
		start = phrases[at].end
	}
	return split
}

// nameBefore is the text before a word, without what joins the two.
func (t NameTail) nameBefore(start int) string {
	if start == 0 {
		return ""
	}
	return strings.TrimRight(t.name[:t.words[start-1].end], ":")
}
