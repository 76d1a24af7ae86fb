package syntax

import "strings"

// isMeantAsOption reports whether the unknown key at i is meant as an option: it has two hyphens,
// or it is nearly a known key and no part of the name, because a quote or a person follows it
// directly or because the name comes later.
func (a *argumentParser) isMeantAsOption(i int) bool {
	t := a.tokens[i]
	if t.hasDashes {
		return !isLongDash(a.src[t.start])
	}
	if a.lastNameToken <= i && !a.isAdjacentValue(i+1) {
		return false
	}
	if _, ok := a.nearestKey(t); ok {
		return true
	}
	_, ok := a.cmd.synonymOf(t.text)
	return ok && (i > 0 || a.lastNameToken > i)
}

// isAdjacentValue reports whether a quote or a person stands at i, directly after the token before.
func (a *argumentParser) isAdjacentValue(i int) bool {
	if i >= len(a.tokens) || !a.tokens[i].adjacent {
		return false
	}
	t := a.tokens[i]
	return t.kind == quotedText || t.kind == brokenQuote || t.isPerson()
}

// nearestOption is the option that an unknown key stands for or nearly spells.
func (a *argumentParser) nearestOption(t token) (spelling, bool) {
	if near, ok := a.cmd.synonymOf(t.text); ok {
		return near, true
	}
	return a.nearestKey(t)
}

func (a *argumentParser) nearestKey(t token) (spelling, bool) {
	typed := foldKey(t.text)
	if len([]rune(typed)) < 3 {
		return spelling{}, false
	}
	return nearestSpelling(typed, a.cmd.spellings(), func(candidate string) int {
		if len(candidate) < minNearLetters {
			return 1
		}
		return 2
	})
}

// typeItYourself follows the name of an option that cannot be undone.
const typeItYourself = " It cannot be undone, so please type it yourself."

func (a *argumentParser) unknownOptionError(t token) *parseError {
	f := &parseError{Error: Error{Code: UnknownOption, At: t.start, Message: `There is no option "` + echo(t.text) + `".`}}
	if len(a.cmd.Options) == 0 {
		return f
	}
	if o, ok := a.negatedFlag(t.text); ok {
		return a.negatedOptionError(f, t, o)
	}
	near, ok := a.nearestOption(t)
	if !ok {
		f.Message += " The options are " + a.optionList() + "."
		f.readings = a.dropUnknownOption(t)
		return f
	}
	f.Message += " Did you mean " + near.text + ": ?"
	if a.cmd.Options[near.index].Irreversible {
		f.Message += typeItYourself
		f.readings = a.dropUnknownOption(t)
		return f
	}
	start := t.start
	for !isKeyRune(a.src[start]) || toHalfWidth(a.src[start]) == '-' {
		start++
	}
	f.edits = []edit{{start, start + len([]rune(strings.TrimLeft(t.text, "-－"))), near.text}}
	return f
}

// negatedOptionError is the error of a key such as no-history, which is no other word for history.
func (a *argumentParser) negatedOptionError(f *parseError, t token, o CommandOption) *parseError {
	if t.hasColon {
		f.readings = a.dropUnknownOption(t)
		return f
	}
	off := optionPart(o.Key, false)
	f.Message += " Did you mean " + off + "?"
	f.edits = []edit{{t.start, t.end, off}}
	return f
}

// dropUnknownOption leaves an unknown option out, with the value that stands right after it.
func (a *argumentParser) dropUnknownOption(t token) []correction {
	end, next := t.end, a.i+1
	if t.hasColon && next < len(a.tokens) && a.tokens[next].adjacent && a.isText(a.tokens[next]) {
		end = a.tokens[next].end
	}
	return a.dropOption(t, end)
}

// optionList lists the keys of the options in words.
func (a *argumentParser) optionList() string {
	var names []string
	for _, o := range a.cmd.Options {
		if !o.Unavailable {
			names = append(names, o.Key+":")
		}
	}
	return JoinWords(names, "and")
}
