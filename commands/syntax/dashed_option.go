package syntax

import (
	"slices"
	"strings"
	"unicode"
)

// dashedOption is the option that a word with one hyphen names as in a shell: -u, -owner. A letter
// stands for an option that takes a value.
func (a *argumentParser) dashedOption(t token) (CommandOption, bool) {
	name, ok := strings.CutPrefix(strings.Map(toHalfWidth, t.text), "-")
	if !ok || t.kind != word || name == "" || strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && r != '-' }) {
		return CommandOption{}, false
	}
	if n, isKey := a.optionIndex[foldKey(name)]; isKey && len(name) > 1 {
		return a.cmd.Options[n], true
	}
	n := slices.IndexFunc(a.cmd.Options, func(o CommandOption) bool {
		return o.Kind != Flag && !o.Unavailable && foldKey(name) == o.Key[:1]
	})
	if n < 0 {
		return CommandOption{}, false
	}
	return a.cmd.Options[n], true
}

// dashedOptionError is the error of an option as in a shell at the beginning of the words here, or
// nil.
func (a *argumentParser) dashedOptionError() *parseError {
	t := a.tokens[a.i]
	o, ok := a.dashedOption(t)
	if !ok || !a.hasName && a.lastNameToken <= a.i {
		return nil
	}
	f := &parseError{Error: Error{Code: UnknownOption, At: t.start, Message: `There is no option "` + echo(t.text) + `".`}}
	switch next := a.i + 1; {
	case o.Irreversible:
		f.Message += " Did you mean " + o.Key + "?" + typeItYourself
		f.readings = []correction{{label: withoutPart(t.text), edits: a.leaveOut(span{t.start, t.end})}}
	case o.Kind == Flag:
		f.Message += " Did you mean " + o.Key + "?"
		f.edits = []edit{{t.start, t.end, o.Key}}
	case next < len(a.tokens) && !a.tokens[next].afterComma && !a.isOptionKey(a.tokens[next]):
		f.Message += " Did you mean " + o.Key + ": ?"
		f.edits = []edit{{t.start, a.tokens[next].start, o.Key + ":"}}
	default:
		return nil
	}
	return f
}

func (a *argumentParser) isDashedOption(n int) bool {
	_, ok := a.dashedOption(a.tokens[n])
	return ok
}
