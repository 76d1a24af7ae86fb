package syntax

import "slices"

// maxPlainWords is how many words without capitals are a person's name in a list.
const maxPlainWords = 3

// displayNames finds the names of people before addresses in brackets, from left to right.
type displayNames struct {
	*argumentParser
	isValue []bool // of each token: whether it is the quoted value of an option
	// isNamed is true once it is clear which other words are the room's name.
	isNamed bool
	// isList is true where several addresses have a name before them.
	isList bool
}

// markDisplayNames marks the names of people before addresses in brackets, which are passed over.
func (a *argumentParser) markDisplayNames() {
	d := displayNames{argumentParser: a, isValue: a.findQuotedValues()}
	found := 0
	for i, t := range a.tokens {
		switch {
		case d.isBeforeAddress(i) && (t.kind == word || t.kind == quotedText):
			found++
		case t.kind == quotedText && !d.isValue[i] && !a.isQuotedPerson(t), t.kind == key && a.isNameOption(t):
			d.isNamed = true
		}
	}
	if d.isList = found > 1; found == 0 {
		return
	}
	for i, start := 0, 0; i <= len(a.tokens); i++ {
		if i < len(a.tokens) && a.isRunWord(i) {
			continue
		}
		d.markBefore(start, i)
		start = i + 1
	}
}

// findQuotedValues finds the tokens that are values of options, not names of their own.
func (a *argumentParser) findQuotedValues() []bool {
	values := make([]bool, len(a.tokens))
	for i := 1; i < len(a.tokens); i++ {
		values[i] = a.isOptionKey(a.tokens[i-1]) || values[i-1] && a.followsComma(i)
	}
	return values
}

// isRunWord reports whether token i is a word that may belong to an unquoted name.
func (a *argumentParser) isRunWord(i int) bool {
	switch t := a.tokens[i]; t.kind {
	case word:
		return true
	case key:
		return !a.isOptionKey(t)
	}
	return false
}

// markBefore marks the name before token i, where one stands there: a quoted text, or words of the
// run that begins at start.
func (d *displayNames) markBefore(start, i int) {
	isAddress := i > 0 && d.isBeforeAddress(i-1)
	if start > 0 && d.isOptionKey(d.tokens[start-1]) && !d.isPeopleOption(start-1) {
		start++ // the option's value
	}
	switch {
	case isAddress && d.tokens[i-1].kind == quotedText:
		d.markQuoted(i - 1)
	case isAddress && start < i:
		start = d.markWords(start, i)
		fallthrough
	case start < i:
		d.isNamed = d.isNamed || d.mayBeName(start, i)
	}
}

// mayBeName reports whether there are words from token start to end that may be the room's name.
func (d *displayNames) mayBeName(start, end int) bool {
	return slices.ContainsFunc(d.tokens[start:end], func(t token) bool {
		return t.kind != displayName && !isJoiner(t) && !d.isFlag(t)
	})
}

func (d *displayNames) isPeopleOption(i int) bool {
	n, ok := d.optionIndex[foldKey(d.tokens[i].text)]
	return ok && d.tokens[i].kind == key && (d.cmd.Options[n].Kind == People || d.cmd.Options[n].Kind == Owners)
}

// markQuoted marks a quoted text before an address, or takes it for the room's name.
func (d *displayNames) markQuoted(i int) {
	text := string(d.tokens[i].content.runes)
	isPerson := isWrittenLikeName(text)
	switch {
	case d.isValue[i] && !d.isPeopleOption(i-1):
		return
	case d.isValue[i], d.agrees(text, i+1), (d.isNamed || d.isList) && isPerson:
		d.tokens[i].kind = displayName
	default:
		d.isNamed = true
	}
}

// markWords marks the words of a person's name at the end of a run, right before the address, and
// returns where the rest of the run starts. Where that is not empty and may be the room's name, the
// author is asked.
func (d *displayNames) markWords(start, address int) int {
	from := d.findNameStart(start, address)
	if from == address {
		return start
	}
	isValue := start > 0 && d.isPeopleOption(start-1)
	text := string(d.src[d.tokens[from].start:d.tokens[address-1].end])
	isPerson := isWrittenLikeName(text) || d.isList && address-from <= maxPlainWords || d.agrees(text, address)
	if !isValue && d.isNamed && !isPerson {
		return start
	}
	if !isValue && !d.isNamed {
		if from = d.guessNameStart(from, address); from == address {
			return start
		}
		if d.mayBeName(start, from) {
			if d.tail.address == 0 {
				d.tail = addressName{from, address}
			}
			return start
		}
		from = start
	}
	for n := from; n < address; n++ {
		d.tokens[n].kind = displayName
	}
	return start
}

// findNameStart is where the longest name of a person can begin that ends before the address: some
// words with one comma at most, and no joining word or flag among them.
func (d *displayNames) findNameStart(start, address int) int {
	from, commas := address, 0
	for from > start && address-from < maxNameWords {
		t := d.tokens[from-1]
		if t.kind != word || isJoiner(t) || d.isFlag(t) {
			return from
		}
		from--
		if !t.afterComma || from == start {
			continue
		}
		if commas++; commas > 1 || slices.ContainsFunc(d.src[d.tokens[from-1].end:t.start], isSemicolon) {
			return from
		}
	}
	return from
}

// guessNameStart is where the name of a person begins among words of which the first may be the
// room's name: by the address, or in a list by how names are written. It is the address where they
// are no name.
func (d *displayNames) guessNameStart(from, address int) int {
	for n := from; n < address; n++ {
		match := matchAddress(d.tokens[n].text, d.tokens[address].text)
		if match == noMatch {
			continue
		}
		isLast := n == address-1
		if isLast && n > from && (d.tokens[n].afterComma || match == partMatch) {
			n-- // "Chen, Bob", "Bob Chen" of rchen@acme.com
		}
		return n
	}
	if n := max(from, address-2); d.isList && isWrittenLikeName(string(d.src[d.tokens[n].start:d.tokens[address-1].end])) {
		return n
	}
	return address
}

// agrees reports whether a word of a text stands in the address at token i.
func (d *displayNames) agrees(text string, i int) bool {
	return slices.ContainsFunc(splitWords(text), func(w string) bool { return matchAddress(w, d.tokens[i].text) != noMatch })
}
