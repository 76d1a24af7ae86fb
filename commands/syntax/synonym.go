package syntax

import (
	"slices"
	"strings"
)

// synonymOf is the option that a word stands for in another language or program. Such a word is
// only corrected: nothing is done because of it.
func (c Command) synonymOf(word string) (spelling, bool) {
	typed := foldSynonym(word)
	for i, o := range c.Options {
		if slices.ContainsFunc(o.Synonyms, func(s string) bool { return foldSynonym(s) == typed }) {
			return spelling{o.Key, i}, true
		}
	}
	return spelling{}, false
}

// foldSynonym is the form in which synonyms are compared: accents do not count.
func foldSynonym(word string) string { return foldKey(foldLetters(word)) }

// synonymEdits are the edits that make a synonym right before a quoted text or a person the key of
// its option.
func (a *argumentParser) synonymEdits(i int) []edit {
	t := a.tokens[i]
	near, ok := a.cmd.synonymOf(trimPunctuation(t.text))
	if !ok || t.kind != word || i+1 >= len(a.tokens) || a.tokens[i+1].afterComma {
		return nil
	}
	next, kind := a.tokens[i+1], a.cmd.Options[near.index].Kind
	if next.kind == quotedText && kind != Flag || next.isPerson() && (kind == People || kind == Owners) {
		return []edit{{t.start, next.start, near.text + ":"}}
	}
	return nil
}

// settings may stand before a flag that is written as a word after the name.
var settings = newPhrases(
	"is, is to be, be, to be, should be, make it, set it to, it is, it's, as",
	"ist, soll, als, est, c'est, es, como",
)

// spelledFlag is the flag that the words from here up to token end say in other words than its key.
func (a *argumentParser) spelledFlag(end int) (spelling, bool) {
	first, typed := a.skipPhrases(a.i, settings), ""
	if first >= end {
		return spelling{}, false
	}
	for _, t := range a.tokens[first:end] {
		if typed += t.text; len(typed) > maxEcho {
			return spelling{}, false
		}
	}
	typed = trimPunctuation(typed)
	near, ok := a.cmd.synonymOf(typed)
	if n, isKey := a.optionIndex[foldKey(typed)]; isKey && end > a.i+1 {
		near, ok = spelling{a.cmd.Options[n].Key, n}, true
	}
	return near, ok && a.cmd.Options[near.index].Kind == Flag
}

// correctToFlag makes a flag of the words from here up to token end.
func (a *argumentParser) correctToFlag(f *parseError, near spelling, end int) *parseError {
	f.Message += " Did you mean " + near.text + "?"
	if a.cmd.Options[near.index].Irreversible {
		f.Message += typeItYourself
		start, stop := a.tokens[a.i].start, a.tokens[end-1].end
		f.readings = []correction{{label: withoutPart(quotedPart(string(a.src[start:stop]))), edits: a.leaveOut(span{start, stop})}}
		return f
	}
	f.edits = []edit{{a.tokens[a.i].start, a.tokens[end-1].end, near.text}}
	return f
}

// negatedFlag is the flag that a word such as no-history denies.
func (a *argumentParser) negatedFlag(typed string) (CommandOption, bool) {
	folded := foldKey(trimPunctuation(typed))
	for _, no := range []string{"no", "not", "non"} {
		if rest, ok := strings.CutPrefix(folded, no); ok {
			if n, ok := a.optionIndex[rest]; ok && a.cmd.Options[n].Kind == Flag {
				return a.cmd.Options[n], true
			}
		}
	}
	return CommandOption{}, false
}

// spacedColonError is the error of an option at the beginning whose sign stands alone before a
// quoted text: name = "K1".
func (a *argumentParser) spacedColonError(end int) *parseError {
	if end != a.i+2 || end >= len(a.tokens) || a.tokens[end].kind != quotedText || a.tokens[end].afterComma {
		return nil
	}
	if sign := a.tokens[a.i+1]; sign.kind != word || len([]rune(sign.text)) > 1 || !isColon([]rune(sign.text)[0]) {
		return nil
	}
	edits := a.addColonEdits(a.i)
	if edits == nil {
		return nil
	}
	f := a.unexpectedTextError(a.tokens[a.i+1], a.i+2)
	f.Message += " Write " + a.tokens[a.i].text + a.tokens[a.i+1].text + " without a blank."
	f.Text, f.edits = "", edits
	return f
}
