package syntax

import "strings"

// words reads a run of words: the name, if there is none yet, and otherwise
// what joins people, flags without a sign, or an error. Flags alone are a name
// only where they come first and no other name does.
func (a *arguments) words() *fault {
	end := a.runEnd()
	if f, done := a.continued(end); f != nil || done {
		return f
	}
	if a.named || (a.i > 0 || a.later > a.i) && a.onlyFlags(end) {
		return a.extra(end)
	}
	first, last := a.trimmedRun(a.i, end)
	a.i = end
	if first == last {
		return nil
	}
	start, stop := a.tokens[first].start, a.tokens[last-1].end
	return a.name(start, a.src[start:stop], positions(start, stop), false)
}

// run is a run of words that was measured before: the index after it, and
// whether there was a name, which makes a difference to unknown options.
type run struct {
	end   int
	named bool
}

// runEnd is the index after the words that start here.
func (a *arguments) runEnd() int {
	if a.run.end <= a.i || a.run.named != a.named {
		a.run = run{a.measure(a.i), a.named}
	}
	return a.run.end
}

// measure finds the first person, option, quote or command from token i on.
func (a *arguments) measure(i int) int {
	for i < len(a.tokens) {
		switch t := a.tokens[i]; t.kind {
		case word:
		case command:
			if _, ok := a.second(t); ok {
				return i
			}
		case key:
			if a.isKey(t) || a.named || a.attempted(i) {
				return i
			}
		default:
			return i
		}
		i++
	}
	return i
}

// trimmedRun leaves out the words that only join the run to people beside it,
// and a dangling "with".
func (a *arguments) trimmedRun(first, end int) (int, int) {
	last := end
	beside := a.peopleAt(end)
	for last > first && joins(a.tokens[last-1].text, beside) && a.tokens[last-1].kind == word {
		last--
	}
	if a.i > 0 && a.tokens[a.i-1].person() {
		for first < last && connector(a.tokens[first]) {
			first++
		}
	}
	return first, last
}

func joins(text string, beside bool) bool {
	return fold(text) == "with" || beside && (connects(text) || dash(text))
}

// connects reports the words and signs that may stand between people.
func connects(text string) bool {
	switch fold(text) {
	case "and", "&", "with", "plus", "+":
		return true
	}
	return false
}

// dash reports the signs that set people off from what stands before them.
func dash(text string) bool {
	switch text {
	case "-", "–", "—", "(", ")":
		return true
	}
	return false
}

func connector(t token) bool { return t.kind == word && (connects(t.text) || dash(t.text)) }

// peopleAt reports that token i is a person or starts an option that takes people.
func (a *arguments) peopleAt(i int) bool {
	if i < 0 || i >= len(a.tokens) {
		return false
	}
	t := a.tokens[i]
	if n, ok := a.known[fold(t.text)]; ok && t.kind == key {
		k := a.cmd.Options[n].Kind
		return k == Groups || k == People || k == Owners
	}
	return t.person()
}

// extra reads words after the name.
func (a *arguments) extra(end int) *fault {
	t := a.tokens[a.i]
	next := a.i
	for next < len(a.tokens) && connector(a.tokens[next]) {
		next++
	}
	if next > a.i && (a.peopleAt(next) || a.peopleBefore(a.i)) {
		a.i = next
		return nil
	}
	f := a.unexpected(t, end)
	if f.edits = a.signed(a.i); f.edits != nil {
		return f
	}
	if a.isFlag(t) {
		return a.flag(t, a.cmd.Options[a.known[fold(t.text)]], true, a.i+1)
	}
	_, last := a.trimmedRun(a.i, end)
	if near, ok := a.nearFlag(last); ok {
		f.Message += " Did you mean " + near.text + "?"
		f.edits = []edit{{t.start, a.tokens[last-1].end, near.text}}
		return f
	}
	f.Message += a.hint(t, end)
	return f
}

// peopleBefore reports that a person or a group ends right before token i.
func (a *arguments) peopleBefore(i int) bool {
	if i == 0 {
		return false
	}
	return a.tokens[i-1].person() || a.grouped == i
}

// hint says what may have gone wrong before the word t.
func (a *arguments) hint(t token, end int) string {
	if a.i > 0 && a.tokens[a.i-1].kind == username {
		name := a.between(a.tokens[a.i-1].start, t.end)
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

// signed gives the key of an option at i the colon it lacks, or that stands
// behind a blank.
func (a *arguments) signed(i int) []edit {
	t := a.tokens[i]
	n, ok := a.known[fold(t.text)]
	if !ok || t.kind != word || i+1 >= len(a.tokens) || a.tokens[i+1].listed {
		return nil
	}
	next := a.tokens[i+1]
	switch o := a.cmd.Options[n]; {
	case next.kind == word && binds([]rune(next.text)[0]):
		return []edit{{t.end, next.start, ""}}
	case o.Kind == Flag:
		return nil
	case next.kind == word || next.kind == quoted || next.person() && (o.Kind == People || o.Kind == Owners):
		return []edit{{t.end, next.start, ":"}}
	}
	return nil
}

// continued looks at words right after an option's value, which are probably
// meant to belong to it. done says that it has read them.
func (a *arguments) continued(end int) (f *fault, done bool) {
	l, t := a.loose, a.tokens[a.i]
	if l == nil || l.next != a.i {
		return nil, false
	}
	elsewhere := a.named || a.later > a.i
	if n := a.knownGroup(l, end); n > 0 {
		f = a.unquoted(l, n)
		if !elsewhere && a.isGroup(l.start, a.tokens[a.i-1].end) {
			f.edits = nil // the words could be the name just as well
		}
		return f, false
	}
	first, last := a.trimmedRun(a.i, end)
	switch {
	case first == last || !elsewhere:
		return nil, false
	case t.listed && l.option.Kind == Groups && t.kind == word && !connector(t):
		return a.values(l.option, l.key, a.i), true
	case t.listed || !l.bare || a.onlyFlags(last):
		return nil, false
	}
	f = a.unquoted(l, last)
	if l.option.Kind == Groups && a.grammar.KnownGroups != nil {
		f.edits = nil // the groups are known, and this is none of them
	}
	return f, false
}

// onlyFlags reports that the words up to token end are flags, each of them.
func (a *arguments) onlyFlags(end int) bool {
	for _, t := range a.tokens[a.i:end] {
		if !a.isFlag(t) {
			return false
		}
	}
	return true
}

// nearFlag is the flag that the words from here up to token end spell with
// blanks, or one word with a slip. The first letter must be right: nohistory is
// no history.
func (a *arguments) nearFlag(end int) (spelling, bool) {
	const shortest = 5
	var joined strings.Builder
	for _, t := range a.tokens[a.i:end] {
		joined.WriteString(fold(t.text))
	}
	typed := joined.String()
	if len(typed) < shortest {
		return spelling{}, false
	}
	near, ok := a.nearOption(token{text: typed})
	slip := fold(near.text) != typed
	if slip && (end > a.i+1 || !strings.HasPrefix(near.text, typed[:1])) {
		return spelling{}, false
	}
	return near, ok && a.cmd.Options[near.of].Kind == Flag
}

func (a *arguments) isFlag(t token) bool {
	n, ok := a.known[fold(t.text)]
	return ok && t.kind == word && a.cmd.Options[n].Kind == Flag
}

// unquoted is the error of a value that lacks its quotes, up to token end.
func (a *arguments) unquoted(l *loose, end int) *fault {
	t, stop := a.tokens[a.i], a.tokens[end-1].end
	f := a.unexpected(t, end)
	value := Quote(string(a.src[l.start:stop]))
	if len(value) <= 4*maxShown {
		f.Message += " Did you mean " + l.key + ":" + shown(value) + "?"
	}
	if stop < a.end && doubleQuote(a.src[stop]) {
		stop++ // a closing quote whose opening one is the one that lacks
	}
	f.edits = []edit{{l.start, stop, value}}
	return f
}
