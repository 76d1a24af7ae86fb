package syntax

import (
	"slices"
	"strings"
)

// groupOpenings may stand before the name of a group that is written like any other word.
var groupOpenings = newPhrases(
	"everybody in, everyone in, everybody in the, everyone in the, everybody from, everyone from, all in, all of, all of the",
	"everybody in the group, everyone in the group, all, the, the group, the team, the whole, people in, members of",
	"alle in, alle aus, alle von, alle aus der, die gruppe, tous, tous les, le groupe, todos, todos los, el grupo",
)

// readGroupWords is the correction that adds the known group whose full name begins here, with or
// without an @, and ends at token end or before.
func (a *argumentParser) readGroupWords(end int) (correction, bool) {
	first := a.i
	for first < end && isJoiner(a.tokens[first]) {
		first++
	}
	begin := first
	first = min(a.skipPhrases(first, groupOpenings), end)
	if a.isAfterUsername() {
		if stop, ok := a.findGroupWords(a.tokens[a.i-1].start+1, a.i, end); ok {
			return a.addGroupWords(a.tokens[a.i-1].start, a.tokens[a.i-1].start+1, stop)
		}
		return correction{}, false
	}
	if stop, ok := a.findGroupWords(0, first, end); ok {
		return a.addGroupWords(a.tokens[begin].start, a.tokens[first].start, stop)
	}
	return correction{}, false
}

// isAfterUsername reports whether the words here follow a username without a comma, so that they
// are probably the rest of its name.
func (a *argumentParser) isAfterUsername() bool {
	return a.i > 0 && a.tokens[a.i-1].kind == username && !a.tokens[a.i].afterComma
}

// findGroupWords is where the longest known name of a group ends that begins at start, or else at
// token first, and that ends with one of the tokens from first to end.
func (a *argumentParser) findGroupWords(start, first, end int) (stop int, found bool) {
	for n := first; n < end && (n == first || !a.tokens[n].afterComma); n++ {
		if start == 0 {
			start = a.tokens[n].start
		}
		if a.tokens[n].end-start > 2*a.knownGroups().longest {
			break
		}
		if a.isKnownGroup(start, a.tokens[n].end) {
			stop, found = a.tokens[n].end, true
		}
	}
	return stop, found
}

// addGroupWords is the correction that makes a group of the source from start to stop, whose name
// begins at name.
func (a *argumentParser) addGroupWords(start, name, stop int) (correction, bool) {
	text, _ := CleanName(string(a.src[name:stop]))
	return a.addGroupNamed(text, start, stop)
}

// addGroupNamed is the correction that puts a group of this name in the place of the source from
// start to stop.
func (a *argumentParser) addGroupNamed(name string, start, stop int) (correction, bool) {
	n := slices.IndexFunc(a.cmd.Options, func(o CommandOption) bool { return o.Kind == Groups })
	if n < 0 || a.cmd.Args != ArgsRoom {
		return correction{}, false
	}
	key := a.cmd.Options[n].Key
	holds := func(r Result) bool {
		return slices.ContainsFunc(r.invocation().Groups, func(g string) bool { return FoldGroupName(g) == FoldGroupName(name) })
	}
	return correction{label: optionPart(key, name), holds: holds, edits: []edit{{start, stop, key + ":" + Quote(name)}}}, true
}

// readQuotedGroup are the corrections for a second quoted text that is the name of a known group.
func (a *argumentParser) readQuotedGroup(t token) []correction {
	name := string(cleanText(t.content.runes, t.content.from).runes)
	if !a.knownGroups().names[FoldGroupName(name)] {
		return nil
	}
	way, ok := a.addGroupNamed(name, t.start, t.end)
	if !ok {
		return nil
	}
	ways := []correction{way}
	desc, ok := a.cmd.Option("desc")
	if _, given := a.inv.Options[desc.Key]; ok && !given {
		ways = append(ways, describeAs(desc.Key, string(t.content.runes), edit{t.start, t.start, desc.Key + ":"}))
	}
	return ways
}

// TrimGroupOpening cuts off the end of a text what may stand before the name of a group, such as
// ", everybody in the". It reports whether something of that stood there.
func TrimGroupOpening(text string) (before string, signed bool) {
	words := strings.Fields(text)
	for {
		n := openingLength(words)
		if n == 0 {
			break
		}
		words, signed = words[:len(words)-n], true
	}
	text = strings.Join(words, " ")
	before = strings.TrimRight(text, ",;:、，；：")
	return before, signed || before != text
}

// openingLength is how many words at the end may stand before the name of a group.
func openingLength(words []string) int {
	for n := min(maxPhrase, len(words)); n > 0; n-- {
		text := strings.Join(words[len(words)-n:], " ")
		if groupOpenings[foldPhrase(text)] || n == 1 && (isJoinerText(text) || isDashText(text)) {
			return n
		}
	}
	return 0
}

// atSignError is the error of a quoted text right behind an at sign: a group or a person.
func (a *argumentParser) atSignError() *parseError {
	at, next := a.tokens[a.i], a.i+1
	if runes := []rune(at.text); len(runes) != 1 || !isAtSign(runes[0]) || next >= len(a.tokens) || a.tokens[next].kind != quotedText || !a.tokens[next].adjacent {
		return nil
	}
	t := a.tokens[next]
	f := a.unexpectedTextError(t, next+1)
	f.From = at.start
	f.Message += " If it is a person, pick the name from the list that opens when you type @."
	if name := string(cleanText(t.content.runes, t.content.from).runes); a.knownGroups().names[FoldGroupName(name)] {
		if way, ok := a.addGroupNamed(name, at.start, t.end); ok {
			f.readings = []correction{way}
		}
	}
	return f
}
