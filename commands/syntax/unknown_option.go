package syntax

import "strings"

// attempted reports that the key at i, although unknown, is meant as one: it
// has two hyphens, or it is nearly a known one and no part of the name, because
// a quote or a person clings to it or because the name comes later.
func (a *arguments) attempted(i int) bool {
	t := a.tokens[i]
	if t.dashed {
		return !longDash(a.src[t.start])
	}
	if a.later <= i && !a.clung(i+1) {
		return false
	}
	_, ok := a.nearOption(t)
	return ok
}

// clung reports a quote or a person at i that nothing sets off from the token
// before.
func (a *arguments) clung(i int) bool {
	if i >= len(a.tokens) || !a.tokens[i].glued {
		return false
	}
	t := a.tokens[i]
	return t.kind == quoted || t.kind == broken || t.person()
}

func (a *arguments) nearOption(t token) (spelling, bool) {
	typed := fold(t.text)
	if len([]rune(typed)) < 3 {
		return spelling{}, false
	}
	return nearest(typed, a.cmd.spellings(), func(candidate string) int {
		if len(candidate) < nearRoom {
			return 1
		}
		return 2
	})
}

func (a *arguments) unknownOption(t token) *fault {
	f := &fault{Error: Error{Code: UnknownOption, At: t.start, Message: `There is no option "` + shown(t.text) + `".`}}
	if len(a.cmd.Options) == 0 {
		return f
	}
	near, ok := a.nearOption(t)
	if !ok {
		f.Message += " The options are " + a.listed() + "."
		return f
	}
	f.Message += " Did you mean " + near.text + ": ?"
	start := t.start
	for !keyRune(a.src[start]) || narrow(a.src[start]) == '-' {
		start++
	}
	f.edits = []edit{{start, start + len([]rune(strings.TrimLeft(t.text, "-－"))), near.text}}
	return f
}

// listed names the options as a sentence does.
func (a *arguments) listed() string {
	var names []string
	for _, o := range a.cmd.Options {
		if !o.Unavailable {
			names = append(names, o.Key+":")
		}
	}
	return enumerated(names)
}
