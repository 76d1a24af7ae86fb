package syntax

import "strings"

// readExtraWords are the corrections for words after the name, up to token end: they are usernames
// without their @, or the description. Right after a username they are probably the rest of a name,
// which nobody can be found by.
func (a *argumentParser) readExtraWords(end int) (ways []correction) {
	if a.cmd.Args != ArgsRoom || a.i > 0 && a.tokens[a.i-1].kind == username && !a.tokens[a.i].afterComma {
		return nil
	}
	if inner, ok := a.readInnerQuote(a.i, end); ok {
		return []correction{inner}
	}
	if off, ok := a.readNegatedFlag(end); ok {
		return []correction{off}
	}
	if names, edits := a.readBareUsernames(end); len(names) > 0 {
		ways = append(ways, addUsernames(names, edits))
	}
	desc, ok := a.cmd.Option("desc")
	if _, given := a.inv.Options[desc.Key]; ok && !given && end > a.i {
		start, stop := a.tokens[a.i].start, a.tokens[end-1].end
		text := string(a.src[start:stop])
		ways = append(ways, describeAs(desc.Key, text, edit{start, stop, desc.Key + ":" + Quote(text)}))
	}
	return ways
}

// readBareUsernames reads words between commas and joining words as usernames. It returns none
// where one of them cannot be a username.
func (a *argumentParser) readBareUsernames(end int) (names []string, edits []edit) {
	for n := a.i; n < end; n++ {
		t := a.tokens[n]
		switch {
		case isJoiner(t):
		case n > a.i && !t.afterComma && !isJoiner(a.tokens[n-1]), !a.isBareUsername(n), len(names) == maxReadings:
			return nil, nil
		default:
			names = append(names, trimPunctuation(t.text))
			edits = append(edits, edit{t.start, t.start, "@"})
		}
	}
	return names, edits
}

// readNegatedFlag reads "no history" and the like.
func (a *argumentParser) readNegatedFlag(end int) (correction, bool) {
	first := a.tokens[a.i]
	if end < a.i+2 || !negations[foldPhrase(first.text)] {
		return correction{}, false
	}
	start, stop := a.tokens[a.i+1].start, a.tokens[end-1].end
	o, ok := a.cmd.Option(strings.Join(strings.Fields(string(a.src[start:stop])), ""))
	if !ok || o.Kind != Flag {
		return correction{}, false
	}
	return setTo(o.Key, false, edit{first.start, stop, optionPart(o.Key, false)}), true
}

// negations may stand before a flag.
var negations = newPhrases("no, not, without, kein, keine, nicht, ohne, non, pas, sans, sin")
