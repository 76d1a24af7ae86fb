package syntax

// parseList reads an option that may have several values and be repeated.
func (a *argumentParser) parseList(t token, o CommandOption) *parseError {
	n := a.i + 1
	if !a.isListValue(n, o) || a.tokens[n].afterComma {
		return a.noValueError(t, o, n)
	}
	return a.parseListValues(o, t.text, n)
}

// isListValue reports whether token n can be a value of a list.
func (a *argumentParser) isListValue(n int, o CommandOption) bool {
	if n >= len(a.tokens) {
		return false
	}
	t := a.tokens[n]
	if o.Kind == Groups {
		return a.isText(t) || (t.kind == email || t.kind == username) && a.isAdjacent(n)
	}
	return t.isPerson() || t.kind == displayName || a.isText(t)
}

// isAdjacent reports whether no blank stands before token n.
func (a *argumentParser) isAdjacent(n int) bool { return a.tokens[n].adjacent || a.followsComma(n) }

// parseListValues reads the values of a list from token n on, and moves on behind them.
func (a *argumentParser) parseListValues(o CommandOption, key string, n int) *parseError {
	for {
		end, f := a.parseListValue(o, key, n)
		if f != nil {
			return f
		}
		a.i, a.listEnd = end, end
		next, ok := a.nextListValue(o, end)
		if !ok {
			return nil
		}
		n = next
	}
}

// nextListValue is the index of the next value of a list, of which the token end is the first after
// the last value. It stands directly after a comma; or it is a username without its @, or one of
// the people of a list without owners, after a comma or a joining word.
func (a *argumentParser) nextListValue(o CommandOption, end int) (n int, ok bool) {
	if end >= len(a.tokens) {
		return 0, false
	}
	if a.followsComma(end) && a.isListValue(end, o) {
		return end, true
	}
	n = end
	for n < len(a.tokens) && isJoiner(a.tokens[n]) {
		n++
	}
	if o.Kind == Groups || n >= len(a.tokens) || n == end && !a.tokens[n].afterComma {
		return 0, false
	}
	isPerson := a.tokens[n].isPerson() || a.tokens[n].kind == displayName
	return n, isPerson && o.Kind == People || a.isBareUsername(n)
}

// isBareUsername reports whether token n may be a username without its @: a word alone between
// commas and joining words, and no flag.
func (a *argumentParser) isBareUsername(n int) bool {
	t := a.tokens[n]
	if _, ok := parseUsername("@" + t.text); !ok || t.kind != word || isJoiner(t) || a.isFlag(t) {
		return false
	}
	next := n + 1
	return next >= len(a.tokens) || a.tokens[next].afterComma || a.tokens[next].kind != word || isJoiner(a.tokens[next]) ||
		a.isFlag(a.tokens[next]) || a.isDashedOption(next) || isDecoration(a.tokens[next]) || a.skipPhrases(next, courtesies) == len(a.tokens)
}

// parseListValue reads one value of a list; end is the index of the token after it.
func (a *argumentParser) parseListValue(o CommandOption, key string, n int) (end int, f *parseError) {
	v := a.tokens[n]
	if o.Kind != Groups {
		for v.kind == displayName { // an address follows
			n++
			v = a.tokens[n]
		}
		return n + 1, a.parsePersonValue(o, key, n)
	}
	end = n + 1
	a.open = &openValue{option: o, key: key, start: v.start, next: end, unquoted: v.kind != quotedText}
	var runes []rune
	var from []int
	if v.kind == quotedText {
		runes, from = v.content.runes, v.content.from
		a.addNote(v.content.mentions, NoteMentionInText)
	} else {
		for end < len(a.tokens) && a.tokens[end].adjacent && a.continuesWord(end) {
			end++
		}
		stop := a.tokens[end-1].end
		a.open.next = end
		runes, from = a.src[v.start:stop], offsets(v.start, stop)
	}
	name := string(cleanText(runes, from).runes)
	if name == "" {
		return 0, a.missingValueError(token{text: key}, o, v.start)
	}
	a.addGroup(name)
	return end, nil
}

// parsePersonValue adds one of the people an option names; a word is a username without its @.
func (a *argumentParser) parsePersonValue(o CommandOption, key string, n int) *parseError {
	v := a.tokens[n]
	switch isSelf := a.isSelf(n); {
	case isSelf && o.Kind == Owners:
		return a.selfOwnerError(o, n)
	case isSelf: // who asks is in the room anyway
		return nil
	}
	if name, ok := parseUsername("@" + v.text); ok && v.kind == word {
		v.kind, v.text = username, name
	}
	if !v.isPerson() {
		if v.kind == quotedText && hasLetter(string(v.content.runes)) || v.kind == word && hasLetter(v.text) {
			first := n
			if n == a.i+1 {
				first = a.i
			}
			return a.personNameError(o, token{text: key}, first, n)
		}
		f := a.notPersonError(token{text: key}, o, n, v.end)
		f.readings = a.dropOption(a.tokens[a.i], v.end)
		return f
	}
	if p, ok := a.addPerson(v); ok && o.Kind == Owners {
		a.addOwner(o.Key, p)
	}
	return nil
}
