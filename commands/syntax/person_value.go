package syntax

import (
	"strings"
	"unicode"
)

// peopleOption is the option that takes people and that the word at token i names before a quoted
// text, by its key or in other words: owner "Carol O'Neil".
func (a *argumentParser) peopleOption(i int) (CommandOption, bool) {
	if i < 0 || i+1 >= len(a.tokens) || a.tokens[i].kind != word || a.tokens[i+1].kind != quotedText || a.tokens[i+1].afterComma {
		return CommandOption{}, false
	}
	typed := trimPunctuation(a.tokens[i].text)
	n, ok := a.optionIndex[foldKey(typed)]
	if near, isSynonym := a.cmd.synonymOf(typed); !ok && isSynonym {
		n, ok = near.index, true
	}
	if !ok || a.cmd.Options[n].Kind != People && a.cmd.Options[n].Kind != Owners {
		return CommandOption{}, false
	}
	return a.cmd.Options[n], true
}

// quotedPeopleError is the error of names in quotes behind the word at token i that stands for an
// option that takes people, or nil.
func (a *argumentParser) quotedPeopleError(i int) *parseError {
	o, ok := a.peopleOption(i)
	if !ok {
		return nil
	}
	return a.personNameError(o, a.tokens[i], i, i+1)
}

// personNameError is the error of the value at token n of an option that takes people, whose key is
// t and begins with token first: a name in place of a person. Everything that the list names by
// name is its text, for whoever looks people up. No correction leaves a name out.
func (a *argumentParser) personNameError(o CommandOption, t token, first, n int) *parseError {
	names, end := a.readNames(n)
	stop := a.tokens[end-1].end
	f := a.notPersonError(t, o, n, stop)
	f.Text, f.From, f.End = names, a.tokens[first].start, stop
	if v := a.tokens[n]; v.kind == quotedText && end == n+1 && o.Kind == People {
		if name := string(cleanText(v.content.runes, v.content.from).runes); a.knownGroups().names[FoldGroupName(name)] {
			if way, ok := a.addGroupNamed(name, f.From, stop); ok {
				f.readings = []correction{way}
			}
		}
	}
	return f
}

// notPersonError is the error of a value, from token n to where it ends, that is no person.
func (a *argumentParser) notPersonError(t token, o CommandOption, n, stop int) *parseError {
	key, what := strings.TrimSuffix(t.text, ":"), a.echoSource(a.tokens[n].start, stop)
	return a.badValueError(token{text: key}, o, a.tokens[n].start, "needs a person, and "+what+
		" alone is none: pick the name from the list that opens when you type @, or write an e-mail address or a username")
}

// readNames are the names from token n on, and the index of the token after them: quoted texts
// with commas or joining words between them, or else the words of one.
func (a *argumentParser) readNames(n int) (names string, end int) {
	if a.tokens[n].kind != quotedText {
		end = n + 1
		return string(a.src[a.tokens[n].start:a.tokens[n].end]), end
	}
	var all []string
	for i := n; i < len(a.tokens); i++ {
		switch t := a.tokens[i]; {
		case t.kind == quotedText && (i == n || t.afterComma || isJoiner(a.tokens[i-1])):
			all, end = append(all, string(t.content.runes)), i+1
		case !isJoiner(t):
			return strings.Join(all, "; "), end
		}
	}
	return strings.Join(all, "; "), end
}

// restOfNameError is the error of words up to token end that stand right behind a username in a
// list of people, and are probably the rest of a name: user:Alice Martin. Nil where they are not.
func (a *argumentParser) restOfNameError(end int) *parseError {
	if a.i == 0 || a.listEnd != a.i || a.tokens[a.i].afterComma || a.tokens[a.i-1].kind != word || end <= a.i || !hasLetter(a.tokens[a.i].text) {
		return nil
	}
	first := a.i - 1
	key := first
	for key > 0 && !a.isOptionKey(a.tokens[key]) {
		key--
	}
	n, ok := a.optionIndex[foldKey(a.tokens[key].text)]
	if !ok || a.cmd.Options[n].Kind != People && a.cmd.Options[n].Kind != Owners {
		return nil
	}
	stop := a.tokens[end-1].end
	f := a.notPersonError(a.tokens[key], a.cmd.Options[n], first, stop)
	f.Text, f.End = string(a.src[a.tokens[first].start:stop]), stop
	if key == first-1 {
		first = key
	}
	f.From = a.tokens[first].start
	return f
}

func hasLetter(text string) bool { return strings.ContainsFunc(text, unicode.IsLetter) }
