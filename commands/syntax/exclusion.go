package syntax

import "strings"

// exclusionWords say that whoever follows is not to be in the room, the longest first of those that
// begin alike.
const exclusionWords = "but not, and not, other than, everyone but, all but, not, except for, except, without, excluding, minus, w/o, aber nicht, " +
	"aber ohne, und nicht, nicht, ohne, außer, mais pas, et pas, pas, sauf, sans, excepté, hormis, pero no, pero sin, y no, sin, excepto, salvo, menos"

// exclusions are these, and words that mean so only directly before a person.
var exclusions = newPhrases(exclusionWords + ", but, no")

// CannotExclude is what is told about a person after such a word.
const CannotExclude = "People cannot be excluded: name only those who are to be in the room."

// exclusionError is the error of a word such as "without", or a hyphen, directly before a person.
// Nobody may come in by it, so it has no correction. A hyphen that begins a line is a bullet.
func (a *argumentParser) exclusionError(end int) *parseError {
	if a.cmd.Args != ArgsRoom {
		return nil
	}
	for n := a.i; n < end; n++ {
		if a.excludes(n, n+1 == end && a.isPeopleAt(end)) {
			return &parseError{Error: Error{Code: UnexpectedText, At: a.tokens[n].start, Message: CannotExclude}}
		}
	}
	return nil
}

// excludes reports whether token n leaves a person out: the next one where one stands there, or
// -@carol.
func (a *argumentParser) excludes(n int, isBeforePerson bool) bool {
	t := a.tokens[n]
	after, isHyphen := strings.CutPrefix(t.text, "-")
	switch {
	case t.kind != word:
		return false
	case !isHyphen:
		return isBeforePerson && exclusions[foldPhrase(t.text)]
	case a.beginsLine(t.start):
		return false
	case after == "":
		return isBeforePerson && a.tokens[n+1].adjacent
	}
	_, isName := parseUsername(after)
	return isName
}

func (a *argumentParser) beginsLine(at int) bool {
	for at > 0 && isBlank(a.src[at-1]) && a.src[at-1] != '\n' {
		at--
	}
	return at > 0 && a.src[at-1] == '\n'
}
