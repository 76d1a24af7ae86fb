package syntax

// selves are words by which people name themselves among others. Who asks is in the room anyway.
var selves = newPhrases(
	"me, myself, i, just me, only me, me too", "ich, mich, mir, nur ich", "moi, moi-même", "yo, mí, a mí", "私, 自分",
)

// skipSelf returns the index after words here by which the author names himself, with or without
// a joining word before them.
func (a *argumentParser) skipSelf() int {
	first := a.i
	for first < len(a.tokens) && isJoiner(a.tokens[first]) {
		first++
	}
	if end := a.phraseEnd(first, []phrases{selves}); end > first {
		return end
	}
	return a.i
}

// isSelf reports whether token n is a word by which people name themselves.
func (a *argumentParser) isSelf(n int) bool {
	return a.tokens[n].kind == word && isPhrase(a.tokens[n].text, []phrases{selves})
}

// selfOwnerError is the error of an author among the owners, at token n: who asks is an owner.
func (a *argumentParser) selfOwnerError(o CommandOption, n int) *parseError {
	t := a.tokens[n]
	f := &parseError{Error: Error{
		Code: OptionBadValue, At: t.start, Option: o.Key,
		Message: "You are an owner of the room anyway, so “" + echo(t.text) + "” is not needed.",
	}}
	label, part := withoutPart(quotedPart(t.text)), span{t.start, t.end}
	switch follows := n+1 < len(a.tokens) && a.tokens[n+1].afterComma && a.followsComma(n+1); {
	case follows:
		part.end = a.tokens[n+1].start
	case n == a.i: // not the first of the list
		part.start = a.tokens[n-1].end
	case a.tokens[a.i].kind == key:
		f.readings = a.dropOption(a.tokens[a.i], t.end)
		return f
	}
	f.readings = []correction{{label: label, edits: []edit{{part.start, part.end, ""}}}}
	return f
}
