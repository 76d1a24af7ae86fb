package syntax

import (
	"slices"
	"strings"
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
	inBrackets bool
}

// tailGap is what stands between two words: the strongest of several.
type tailGap int

const (
	gapBlank tailGap = iota
	gapAnd
	gapComma
	gapSign // ";", ":", "&" or a dash
	gapWith
	gapExcept // "not" or "without"
)

// isSign reports whether people may be announced by what stands there.
func (g tailGap) isSign() bool { return g >= gapComma }

// ReadNameTail reads a name whose tail may be people. The first word always belongs to the name.
func ReadNameTail(name string) NameTail { return readTail(name, gapBlank, 1) }

// ReadNameTails are the ways to read a name whose tail may be people, the likeliest first:
// usernames may have dots, and people may be joined by them.
func ReadNameTails(name string) []NameTail {
	tails := []NameTail{ReadNameTail(name)}
	if apart := cutAtDots(name); apart != name {
		dotted := ReadNameTail(apart)
		dotted.name = name
		tails = append(tails, dotted)
	}
	return tails
}

// ReadPeople reads a text that stands where people may stand and can be nothing else.
func ReadPeople(text string) NameTail { return readTail(text, gapSign, 0) }

func readTail(text string, gap tailGap, first int) NameTail {
	words := cutTailWords(text, gap)
	return NameTail{text, words[:countBeforeCourtesies(words, first)], first}
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
	// Announced is true after a word such as "with": others than people may follow the person.
	Announced bool
	// First is true where a sign or a word such as "with" stands directly before it.
	First bool

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
	p.Announced = t.first == 0 || slices.ContainsFunc(t.words[:start+1], func(w tailWord) bool { return w.gap >= gapWith })
	p.First = t.words[start].gap.isSign()
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
	// Rest are words that follow a person without a sign: "with alice re bonds".
	Rest []string
	// Excludes is true where a word such as "without" stands before one of the people.
	Excludes bool
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
	switch {
	case t.first == 0 && begin > 0:
		split := t.splitFrom(0, isPerson)
		return split, len(split.People) > 0
	case begin == len(t.words):
		return t.splitAtSign(isPerson)
	}
	split := TailSplit{Name: t.nameBefore(begin)}
	for p := next[begin]; p != nil; p = next[p.end] {
		split.People = append(split.People, *p)
	}
	split.Excludes = t.excludes(split.People, begin)
	return split, true
}

// excludes reports whether a word such as "without" stands before one of the people, from word
// start on.
func (t NameTail) excludes(people []PersonPhrase, start int) bool {
	return slices.ContainsFunc(people, func(p PersonPhrase) bool {
		return slices.ContainsFunc(t.words[start:p.start+1], func(w tailWord) bool { return w.gap == gapExcept })
	})
}

// splitAtSign cuts at the last "with" that somebody follows, or else at the first other sign.
func (t NameTail) splitAtSign(isPerson func(PersonPhrase) bool) (TailSplit, bool) {
	cut := -1
	for start := t.first; start < len(t.words); start++ {
		gap := t.words[start].gap
		if gap < gapWith && (cut >= 0 || !gap.isSign()) {
			continue
		}
		if len(t.splitFrom(start, isPerson).People) > 0 {
			cut = start
		}
	}
	if cut < 0 {
		return TailSplit{}, false
	}
	for start := cut; start >= t.first; start-- { // what stands before "without" belongs to the same list
		if t.words[cut].gap == gapExcept && t.words[start].gap == gapWith && len(t.splitFrom(start, isPerson).People) > 0 {
			cut = start
		}
	}
	return t.splitFrom(cut, isPerson), true
}

// splitFrom cuts before a word. A person counts where nothing else stands between two gaps, and
// after a word such as "with" also among others.
func (t NameTail) splitFrom(start int, isPerson func(PersonPhrase) bool) TailSplit {
	split, first := TailSplit{Name: t.nameBefore(start)}, start
	for start < len(t.words) {
		found, ok := t.findPerson(start, isPerson)
		if !ok {
			end := t.runEnd(start)
			if t.words[start].inBrackets && len(split.People) > 0 {
				split.Rest = append(split.Rest, t.join(start, end))
			} else {
				split.Unknown = append(split.Unknown, t.join(start, end))
			}
			start = end
			continue
		}
		if found.start > start {
			split.Unknown = append(split.Unknown, t.join(start, found.start))
		}
		split.People = append(split.People, found)
		start = found.end
		if end := t.runEnd(max(start, 1) - 1); end > start && !t.hasPerson(start, end, isPerson) {
			split.Rest = append(split.Rest, t.join(start, end))
			start = end
		}
	}
	split.Excludes = t.excludes(split.People, first)
	return split
}

// findPerson finds the first person among the words that stand together from start on.
func (t NameTail) findPerson(start int, isPerson func(PersonPhrase) bool) (PersonPhrase, bool) {
	for at := start; at < t.runEnd(start); at++ {
		for _, p := range t.phrasesAt(at) {
			if (p.Announced || at == start && p.Whole) && isPerson(p) {
				return p, true
			}
		}
	}
	return PersonPhrase{}, false
}

func (t NameTail) hasPerson(start, end int, isPerson func(PersonPhrase) bool) bool {
	found, ok := t.findPerson(start, isPerson)
	return ok && found.start < end
}

// nameBefore is the text before a word, without what joins the two.
func (t NameTail) nameBefore(start int) string {
	if start == 0 {
		return ""
	}
	end := t.words[start-1].end
	for end < len(t.name) && strings.ContainsRune(")]>", rune(t.name[end])) {
		end++
	}
	return strings.TrimRight(t.name[:end], ":")
}
