package syntax

import "strings"

// parseWords reads a run of words: the name, if there is none yet, and otherwise words that join
// people, flags without a colon, or an error. Flags alone are a name only where they come first and
// no other name follows.
func (a *argumentParser) parseWords() *parseError {
	end := a.runEnd()
	if f, done := a.continueOptionValue(end); f != nil || done {
		return f
	}
	if f := a.exclusionError(end); f != nil {
		return f
	}
	if f := a.dashedOptionError(); f != nil {
		return f
	}
	if a.hasName || (a.i > 0 || a.lastNameToken > a.i) && a.areFlags(end) {
		return a.parseExtraWords(end)
	}
	if a.isFiller(end) {
		a.i = end
		return nil
	}
	if f := a.spacedColonError(end); f != nil {
		return f
	}
	first, last := a.trimRun(a.i, end)
	a.i = end
	if first == last {
		return nil
	}
	if a.tail.address == end && end > 0 {
		return a.readAddressName(first)
	}
	if f := a.namedFlagsError(first, last); f != nil {
		return f
	}
	if f := a.spacedFlagError(first, last); f != nil {
		return f
	}
	start, stop := a.tokens[first].start, a.tokens[last-1].end
	a.inv.NameUnquoted = true
	return a.setName(span{start, stop}, optionValue{start, a.src[start:stop], offsets(start, stop), false})
}

// wordRun is the last run of words that was measured: the index after it, and whether there was a
// name by then, which decides about unknown options.
type wordRun struct {
	end     int
	hasName bool
}

// runEnd is the index after the words that start here.
func (a *argumentParser) runEnd() int {
	if a.run.end <= a.i || a.run.hasName != a.hasName {
		a.run = wordRun{a.findRunEnd(a.i), a.hasName}
	}
	return a.run.end
}

// findRunEnd finds the first person, option, quote or command from token i on.
func (a *argumentParser) findRunEnd(i int) int {
	for i < len(a.tokens) {
		switch t := a.tokens[i]; t.kind {
		case word:
		case command:
			if _, ok := a.findCommand(t); ok {
				return i
			}
		case key:
			if a.isOptionKey(t) || a.hasName || a.isMeantAsOption(i) {
				return i
			}
		default:
			return i
		}
		i++
	}
	return i
}

// trimRun leaves out the words that only join the run to people beside it, and a dangling "with".
func (a *argumentParser) trimRun(first, end int) (int, int) {
	last := end
	besidePeople := a.isPeopleAt(end)
	for last > first && isDanglingJoiner(a.tokens[last-1].text, besidePeople) && a.tokens[last-1].kind == word {
		last--
	}
	if a.i > 0 && a.tokens[a.i-1].isPerson() {
		for first < last && isJoiner(a.tokens[first]) {
			first++
		}
	}
	return first, last
}

func isDanglingJoiner(text string, besidePeople bool) bool {
	return isWith(text) || besidePeople && (isJoinerText(text) || isDashText(text))
}

func isWith(text string) bool { return foldKey(text) == "with" || foldKey(text) == "w/" }

// isJoinerText reports whether a word or sign may stand between people.
func isJoinerText(text string) bool {
	switch foldKey(text) {
	case "and", "&", "with", "w/", "plus", "+",
		"und", "mit", "et", "avec", "y", "con":
		return true
	}
	return false
}

// isDashText reports whether a sign sets people off from what stands before them.
func isDashText(text string) bool {
	switch text {
	case "-", "–", "—", "(", ")":
		return true
	}
	return false
}

func isJoiner(t token) bool { return t.kind == word && (isJoinerText(t.text) || isDashText(t.text)) }

// isPeopleAt reports whether token i is a person or starts an option that takes people.
func (a *argumentParser) isPeopleAt(i int) bool {
	if i < 0 || i >= len(a.tokens) {
		return false
	}
	t := a.tokens[i]
	if n, ok := a.optionIndex[foldKey(t.text)]; ok && t.kind == key {
		k := a.cmd.Options[n].Kind
		return k == Groups || k == People || k == Owners
	}
	return t.isPerson() || t.kind == displayName
}

// parseExtraWords reads words after the name.
func (a *argumentParser) parseExtraWords(end int) *parseError {
	t := a.tokens[a.i]
	next := a.i
	for next < len(a.tokens) && isJoiner(a.tokens[next]) {
		next++
	}
	if next > a.i && (a.isPeopleAt(next) || a.isAfterPeople(a.i)) {
		a.i = next
		return nil
	}
	if next := max(a.skipPhrases(a.i, courtesies), a.skipSelf(), a.skipDecoration(), a.skipNameBehindAddress()); next > a.i {
		a.i = next
		return nil
	}
	if next := a.skipFiller(a.i, courtesies, invitings); next > a.i && a.isPeopleAt(next) {
		a.i = next
		return nil
	}
	if f := a.quotedPeopleError(a.i); f != nil {
		return f
	}
	if next > a.i && next < len(a.tokens) && a.tokens[next].kind == quotedText {
		a.i = next
		return a.parseQuoted(a.tokens[next])
	}
	last := a.trimExtraWords(end)
	f := a.unexpectedTextError(t, max(last, a.i+1))
	if f := a.atSignError(); f != nil {
		return f
	}
	if group, ok := a.readGroupWords(end); ok && isJoiner(t) {
		f.Message, f.readings = f.Message+" Did you mean "+group.label+"?", []correction{group}
		return f
	}
	if near, ok := a.spelledFlag(last); ok {
		return a.correctToFlag(f, near, last)
	}
	if f.edits = a.joinAddressEdits(last); f.edits != nil {
		f.Message += " Did you mean " + t.text + a.echoSource(a.tokens[last].start, a.tokens[last].end) + "?"
		f.Text = ""
		return f
	}
	if f.edits = a.extraWordEdits(last); f.edits != nil {
		return f
	}
	if a.isFlag(t) {
		return a.setFlag(t, a.cmd.Options[a.optionIndex[foldKey(t.text)]], true, a.i+1)
	}
	if near, ok := a.nearestFlag(last); ok {
		return a.correctToFlag(f, near, last)
	}
	if f := a.restOfNameError(last); f != nil {
		return f
	}
	a.addUsernameBefore(f)
	f.Message += a.hintFor(t, end)
	f.readings = a.readExtraWords(last)
	return f
}

// isAfterPeople reports whether a person or a group ends right before token i.
func (a *argumentParser) isAfterPeople(i int) bool {
	if i == 0 {
		return false
	}
	return a.tokens[i-1].isPerson() || a.listEnd == i
}

// hintFor says what the author may have meant by the word t.
func (a *argumentParser) hintFor(t token, end int) string {
	if group, ok := a.readGroupWords(end); ok {
		return " Did you mean " + group.label + "?"
	}
	if a.i > 0 && a.tokens[a.i-1].kind == username {
		name := a.echoSource(a.tokens[a.i-1].start, t.end)
		return ` To add "` + name + `", pick the name from the list that opens when you type @.`
	}
	switch {
	case a.cmd.Args != ArgsRoom:
		return ""
	case end > a.i+1:
		return " If it is a person, pick the name from the list that opens when you type @. A name or a description of several words needs quotes."
	}
	return " If it is a person, pick the name from the list that opens when you type @."
}

// addColonEdits adds the colon that the key of an option at i lacks, or that follows after a blank.
func (a *argumentParser) addColonEdits(i int) []edit {
	t := a.tokens[i]
	n, ok := a.optionIndex[foldKey(t.text)]
	if !ok || t.kind != word || i+1 >= len(a.tokens) || a.tokens[i+1].afterComma {
		return nil
	}
	next := a.tokens[i+1]
	switch o := a.cmd.Options[n]; {
	case next.kind == word && isColon([]rune(next.text)[0]):
		return []edit{{t.end, next.start, ""}}
	case o.Kind == Flag:
		return nil
	case next.kind == word || next.kind == quotedText || next.isPerson() && (o.Kind == People || o.Kind == Owners):
		return []edit{{t.end, next.start, ":"}}
	}
	return nil
}

// continueOptionValue reads words right after an option's value, which probably belong to it. done
// is true if it has read them.
func (a *argumentParser) continueOptionValue(end int) (f *parseError, done bool) {
	l, t := a.open, a.tokens[a.i]
	if l == nil || l.next != a.i {
		return nil, false
	}
	nameIsElsewhere := a.hasName || a.lastNameToken > a.i
	if n := a.findKnownGroup(l, end); n > 0 {
		f = a.unquotedValueError(l, n)
		if !nameIsElsewhere && a.isKnownGroup(l.start, a.tokens[a.i-1].end) {
			f.edits = nil // the words could be the name just as well
		}
		return f, false
	}
	first, last := a.trimRun(a.i, end)
	switch {
	case first == last || !nameIsElsewhere:
		return nil, false
	case t.afterComma && l.option.Kind == Groups && t.kind == word && !isJoiner(t):
		return a.parseListValues(l.option, l.key, a.i), true
	case t.afterComma || !l.unquoted || a.areFlags(last):
		return nil, false
	}
	f = a.unquotedValueError(l, last)
	if l.option.Kind == Groups && a.knownGroups().known {
		f.edits = nil // the groups are known, and this is none of them
	}
	return f, false
}

// areFlags reports whether the words up to token end are flags, each of them.
func (a *argumentParser) areFlags(end int) bool {
	for _, t := range a.tokens[a.i:end] {
		if !a.isFlag(t) {
			return false
		}
	}
	return true
}

// nearestFlag is the flag that the words from here up to token end spell with blanks, or one word
// nearly. The first letter must be right: nohistory is not history.
func (a *argumentParser) nearestFlag(end int) (spelling, bool) {
	const shortest = 5
	var joined strings.Builder
	for _, t := range a.tokens[a.i:end] {
		joined.WriteString(foldKey(t.text))
	}
	typed := joined.String()
	if len(typed) < shortest {
		return spelling{}, false
	}
	near, ok := a.nearestOption(token{text: typed})
	slip := foldKey(near.text) != typed
	if slip && (end > a.i+1 || !strings.HasPrefix(near.text, typed[:1])) {
		return spelling{}, false
	}
	return near, ok && a.cmd.Options[near.index].Kind == Flag
}

func (a *argumentParser) isFlag(t token) bool {
	n, ok := a.optionIndex[foldKey(t.text)]
	return ok && t.kind == word && a.cmd.Options[n].Kind == Flag
}

// unquotedValueError is the error of a value of several words without quotes, up to token end.
func (a *argumentParser) unquotedValueError(l *openValue, end int) *parseError {
	t, stop := a.tokens[a.i], a.tokens[end-1].end
	f := a.unexpectedTextError(t, end)
	value := Quote(string(a.src[l.start:stop]))
	if len(value) <= 4*maxEcho {
		f.Message += " Did you mean " + l.key + ":" + echo(value) + "?"
	}
	if stop < a.end && isDoubleQuote(a.src[stop]) {
		stop++ // a closing quote whose opening one is the one that lacks
	}
	f.edits = []edit{{l.start, stop, value}}
	return f
}
