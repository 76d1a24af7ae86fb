package syntax

import (
	"fmt"
	"strings"
)

// argumentParser reads the tokens of a command with options, from left to right, and stops at the
// first error.
type argumentParser struct {
	*messageReader
	cmd         Command
	optionIndex map[string]int
	tokens      []token
	i           int

	inv Invocation
	// hasName is true once there is a name, or where the command takes none.
	hasName bool
	// lastNameToken is the index of the last token that may be a name of its own, -1 without one.
	lastNameToken int
	// tail is the end of an unquoted name that is probably the name of a person.
	tail addressName
	// open is the last value of an option to which more tokens may belong.
	open *openValue
	// listEnd is the index of the token after the last list of groups or people.
	listEnd int
	run     wordRun
	// known are the known groups, filled at first need.
	known *groupNames

	// spans are the places of the options that take one value, by key, and of the name.
	spans map[string]span

	people map[PersonRef]bool
	groups map[string]bool
	owners map[PersonRef]bool
	notes  map[Note]bool
}

// openValue is an option's value to which more tokens may belong: words, if it has no quotes, or
// further groups after a comma.
type openValue struct {
	option   CommandOption
	key      string
	start    int // where the value starts
	next     int // the index of the token after it
	unquoted bool
}

func newArgumentParser(r *messageReader, c Command, tokens []token, known map[string]int) *argumentParser {
	a := &argumentParser{
		messageReader: r, cmd: c, optionIndex: known, tokens: tokens, lastNameToken: -1,
		inv:     Invocation{Command: c.Name, Options: map[string]any{}},
		hasName: c.Args != ArgsRoom,
		spans:   map[string]span{},
		people:  map[PersonRef]bool{}, groups: map[string]bool{},
		owners: map[PersonRef]bool{}, notes: map[Note]bool{},
	}
	if c.Args == ArgsRoom || c.Args == ArgsPeople {
		a.markDisplayNames()
	}
	values := a.findQuotedValues()
	for i, t := range a.tokens {
		if (t.kind == quotedText && !a.isQuotedPerson(t) || t.kind == brokenQuote) && !values[i] || t.kind == key && a.isNameOption(t) {
			a.lastNameToken = i
		}
	}
	return a
}

// isOptionKey reports whether a token is the key of an option of the command.
func (a *argumentParser) isOptionKey(t token) bool {
	_, ok := a.optionIndex[foldKey(t.text)]
	return ok && t.kind == key
}

// followsComma reports whether only a comma stands between token i and the one before.
func (a *argumentParser) followsComma(i int) bool {
	before := a.tokens[i-1]
	return a.tokens[i].start == before.end+1 && isComma(a.src[before.end])
}

func (a *argumentParser) isNameOption(t token) bool {
	n, ok := a.optionIndex[foldKey(t.text)]
	return ok && a.cmd.Options[n].Kind == Name
}

func (a *argumentParser) parse() (Result, *parseError) {
	for a.i < len(a.tokens) {
		if f := a.parseArgument(a.tokens[a.i]); f != nil {
			return Result{}, f
		}
	}
	if f := a.checkMemberLimit(); f != nil {
		return Result{}, f
	}
	if !a.hasName {
		return Result{Form: &FormRequest{Command: a.cmd.Name, Missing: []string{"name"}, Prefill: a.inv}}, nil
	}
	return Result{Command: &a.inv}, nil
}

// parseArgument reads one argument and moves on behind it.
func (a *argumentParser) parseArgument(t token) *parseError {
	switch t.kind {
	case brokenQuote:
		return t.err
	case displayName:
		a.i++
		return nil
	case mention, email, username:
		if a.cmd.Args == ArgsNone {
			return a.unexpectedTextError(t, a.i+1)
		}
		a.addPerson(t)
		a.i++
		return nil
	case key:
		if n, ok := a.optionIndex[foldKey(t.text)]; ok {
			return a.parseOption(t, a.cmd.Options[n])
		}
		if a.hasName || a.isMeantAsOption(a.i) {
			return a.unknownOptionError(t)
		}
	case quotedText:
		return a.parseQuoted(t)
	case command:
		if _, ok := a.findCommand(t); ok {
			return a.multipleCommandsError(t)
		}
	}
	return a.parseWords()
}

func (a *argumentParser) parseQuoted(t token) *parseError {
	address, isAddress := t.quotedAddress()
	switch {
	case a.hasName && t.afterComma && a.open != nil && a.open.next == a.i && a.open.option.Kind == Groups:
		return a.parseListValues(a.open.option, a.open.key, a.i)
	case isAddress && a.cmd.Args == ArgsRoom && (a.hasName || a.isQuotedPerson(t)):
		a.addPerson(token{kind: email, text: address})
		a.i++
		return nil
	case !a.hasName:
		a.i++
		return a.setName(span{t.start, t.end}, t.quotedValue())
	}
	return a.extraQuoteError(t)
}

// extraQuoteError is the error of a second quoted text. It offers to make it the value of the
// option whose key ends the name, or else the description if there is none yet.
func (a *argumentParser) extraQuoteError(t token) *parseError {
	f := a.unexpectedTextError(t, a.i+1)
	if a.cmd.Args != ArgsRoom {
		return f
	}
	name := `I already have the name "` + echo(a.inv.Name) + `"`
	if people := a.quotedPeopleError(a.i - 1); people != nil {
		return people
	}
	if f.edits = a.addColonEdits(a.i - 1); f.edits != nil { // there is a name, so something stands before
		f.Message = name + ". Did you mean " + a.tokens[a.i-1].text + ":" + a.echoSource(t.start, t.end) + "?"
		return f
	}
	if f.edits = a.synonymEdits(a.i - 1); f.edits != nil {
		f.Message = name + ". Did you mean " + f.edits[0].text + a.echoSource(t.start, t.end) + "?"
		return f
	}
	if f.readings = a.readQuotedGroup(t); f.readings != nil {
		f.Message = name + `. Is "` + echo(f.Text) + `" a group to add?`
		return f
	}
	a.addQuotesBehind(f)
	f.Message = name + ". This text is one too many."
	desc, ok := a.cmd.Option("desc")
	if _, given := a.inv.Options[desc.Key]; !ok || given {
		f.readings = []correction{{label: withoutPart(quotedPart(string(t.content.runes))), edits: a.leaveOut(span{t.start, t.end})}}
		return f
	}
	f.Message = name + ". Is this the description? Then write " + desc.Key + ": in front of it."
	f.edits = []edit{{t.start, t.start, desc.Key + ":"}}
	return f
}

// maxQuotesBehind is how many quoted texts in a row may name people.
const maxQuotesBehind = 50

// addQuotesBehind makes the quoted texts right behind a second one a part of the text that has no
// place: they are probably people. Of very many the text is left empty.
func (a *argumentParser) addQuotesBehind(f *parseError) {
	texts, end := []string{f.Text}, f.End
	for n := a.i + 1; n < len(a.tokens) && (a.tokens[n].kind == quotedText || isJoiner(a.tokens[n])); n++ {
		if t := a.tokens[n]; t.kind == quotedText {
			texts, end = append(texts, string(t.content.runes)), t.end
		}
		if len(texts) > maxQuotesBehind {
			f.Text = ""
			return
		}
	}
	f.Text, f.End = strings.Join(texts, "; "), end
}

// maxUnplaced is the longest text without a place, in code points, that may name people.
const maxUnplaced = 400

// unexpectedTextError is the error of words that have no place, up to token end. Of a very long
// text it has the place only.
func (a *argumentParser) unexpectedTextError(t token, end int) *parseError {
	stop := a.tokens[end-1].end
	text, shown := "", a.echoSource(t.start, stop)
	switch {
	case t.kind != quotedText && stop-t.start <= maxUnplaced:
		text = string(a.src[t.start:stop])
	case t.kind == quotedText:
		text = string(t.content.runes)
		shown = echo(text)
	}
	return &parseError{Error: Error{
		Code: UnexpectedText, At: t.start, Text: text, From: t.start, End: stop, Message: `I don't know what to do with "` + shown + `".`,
	}}
}

func (a *argumentParser) addNote(applies bool, n Note) {
	if applies && !a.notes[n] {
		a.notes[n] = true
		a.inv.Notes = append(a.inv.Notes, n)
	}
}

// checkMemberLimit returns an error for more people than one command may name.
func (a *argumentParser) checkMemberLimit() *parseError {
	n, most := len(a.inv.Users)+len(a.inv.Emails)+len(a.inv.Usernames), a.grammar.memberLimit()
	if n <= most {
		return nil
	}
	return &parseError{Error: Error{
		Code: TooManyMembers, At: a.slash, Count: n, Limit: most,
		Message: fmt.Sprintf("%d people are more than you may add at once (%d). Name fewer, and add the rest in the room later.", n, most),
	}}
}
