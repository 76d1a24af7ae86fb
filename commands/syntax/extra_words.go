package syntax

import "strings"

// readExtraWords are the corrections for words after the name, up to token end: they are usernames
// without their @, or the description. Right after a username they are probably the rest of a name,
// which nobody can be found by.
func (a *argumentParser) readExtraWords(end int) (ways []correction) {
	if a.cmd.Args != ArgsRoom {
		return nil
	}
	if inner, ok := a.readInnerQuote(a.i, end); ok && !a.isAfterUsername() {
		return []correction{inner}
	}
	if group, ok := a.readGroupWords(end); ok {
		ways = append(ways, group)
	}
	if a.isAfterUsername() {
		return ways
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
		text, gap := string(a.src[start:stop]), ""
		if a.tokens[a.i].adjacent {
			gap = " "
		}
		ways = append(ways, describeAs(desc.Key, text, edit{start, stop, gap + desc.Key + ":" + Quote(text)}))
	}
	return ways
}

// extraWordEdits are the edits that make something else of the words after the name up to token
// end: an option or a person's ownership. Nil where they are nothing of that.
func (a *argumentParser) extraWordEdits(end int) []edit {
	for _, edits := range [][]edit{a.addColonEdits(a.i), a.synonymEdits(a.i), a.ownerEdits(end), a.boundOwnerEdits()} {
		if edits != nil {
			return edits
		}
	}
	return nil
}

// joinAddressEdits are the edits that join an e-mail address which is written with a blank before
// its @.
func (a *argumentParser) joinAddressEdits(end int) []edit {
	if end >= len(a.tokens) || a.tokens[end].kind != username || a.tokens[end].afterComma {
		return nil
	}
	local, domain := a.tokens[end-1], a.tokens[end]
	_, ok := parseEmail(string(a.src[local.start:local.end]) + string(a.src[domain.start:domain.end]))
	if !ok || !strings.Contains(domain.text, ".") || end > a.i+1 {
		return nil
	}
	return []edit{{local.end, domain.start, ""}}
}

// addUsernameBefore makes the username before the words a part of the text that has no place: the
// two are probably one name.
func (a *argumentParser) addUsernameBefore(f *parseError) {
	if a.isAfterUsername() {
		before := a.tokens[a.i-1]
		f.From, f.Text = before.start, before.text+" "+f.Text
	}
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
	if o, ok := a.negatedFlag(first.text); ok && end == a.i+1 {
		return setTo(o.Key, false, edit{first.start, first.end, optionPart(o.Key, false)}), true
	}
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
