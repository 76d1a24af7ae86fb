package syntax

import "slices"

// parseOption reads an option whose key is the token t.
func (a *argumentParser) parseOption(t token, o CommandOption) *parseError {
	switch o.Kind {
	case Flag:
		return a.parseFlag(t, o)
	case Groups, People, Owners:
		return a.parseList(t, o)
	}
	v, f := a.parseValue(t, o)
	if f != nil {
		return f
	}
	given := span{t.start, a.tokens[a.i-1].end}
	switch o.Kind {
	case Name:
		return a.setNameOption(v, given)
	case Duration:
		return a.setDuration(t, o, v, given)
	}
	text := cleanDescription(v.runes)
	if text == "" {
		return a.missingValueError(t, o, v.start)
	}
	a.addNote(v.mentions, NoteMentionInText)
	return a.setOption(t, o, text, given)
}

// optionValue is the text of an option, with the offset of each character.
type optionValue struct {
	start    int
	runes    []rune
	from     []int
	mentions bool
}

// quotedValue is the text between quotes.
func (t token) quotedValue() optionValue {
	return optionValue{t.start, t.content.runes, t.content.from, t.content.mentions}
}

// parseValue reads the one value of an option and moves on behind it.
func (a *argumentParser) parseValue(t token, o CommandOption) (optionValue, *parseError) {
	n := a.i + 1
	if !a.hasValueAt(n) {
		return optionValue{}, a.noValueError(t, o, n)
	}
	v := a.tokens[n]
	if v.kind == quotedText {
		a.i = n + 1
		return v.quotedValue(), nil
	}
	end := v.end
	for a.i = n + 1; a.i < len(a.tokens) && a.continuesWord(a.i); a.i++ {
		end = a.tokens[a.i].end
	}
	if o.Kind != Duration {
		a.open = &openValue{option: o, key: t.text, start: v.start, next: a.i, unquoted: true}
	}
	return optionValue{v.start, a.src[v.start:end], offsets(v.start, end), false}, nil
}

// continuesWord reports whether token i belongs to the word before it: only a comma or nothing
// stands between.
func (a *argumentParser) continuesWord(i int) bool {
	t, before := a.tokens[i], a.tokens[i-1]
	if t.kind == quotedText || t.kind == mention || t.kind == brokenQuote || a.isOptionKey(t) {
		return false
	}
	return t.adjacent || !slices.ContainsFunc(a.src[before.end:t.start], isBlank)
}

// hasValueAt reports whether token n can be the value of the option before it.
func (a *argumentParser) hasValueAt(n int) bool {
	if n >= len(a.tokens) || a.tokens[n].afterComma {
		return false
	}
	t := a.tokens[n]
	return a.isText(t) || (t.kind == email || t.kind == username) && t.adjacent
}

// isText reports whether a token is a text and no argument of its own.
func (a *argumentParser) isText(t token) bool {
	switch t.kind {
	case word, quotedText:
		return true
	case key:
		return !a.isOptionKey(t)
	case command:
		_, ok := a.findCommand(t)
		return !ok
	}
	return false
}

// noValueError is the error of an option whose value is missing, is a broken quote, or is a person
// where a text is needed.
func (a *argumentParser) noValueError(t token, o CommandOption, n int) *parseError {
	if n < len(a.tokens) {
		switch v := a.tokens[n]; {
		case v.kind == brokenQuote && !v.afterComma:
			return v.err
		case v.kind == mention && v.adjacent:
			f := a.badValueError(t, o, v.start, "needs "+o.describeValue()+", not a person")
			f.readings = a.dropOption(t, t.end)
			return f
		}
	}
	return a.missingValueError(t, o, t.end)
}

func (a *argumentParser) missingValueError(t token, o CommandOption, at int) *parseError {
	f := &parseError{Error: Error{Code: OptionMissingValue, At: at, Option: o.Key}}
	f.Message = t.text + ": needs " + o.describeValue()
	if o.Example != "" {
		f.Message += ", such as " + o.Example
	}
	f.Message += "."
	f.readings = a.dropOption(t, at)
	return f
}

// describeValue says in words what value an option takes.
func (o CommandOption) describeValue() string {
	switch o.Kind {
	case Name, Groups:
		return "a name"
	case People, Owners:
		return "a person"
	case Duration:
		return "a length of time"
	case Flag:
		return "yes or no"
	}
	return "a text"
}

func (a *argumentParser) badValueError(t token, o CommandOption, at int, why string) *parseError {
	f := &parseError{Error: Error{Code: OptionBadValue, At: at, Option: o.Key}}
	f.Message = t.text + ": " + why
	if o.Example != "" {
		f.Message += ", such as " + o.Example
	}
	f.Message += "."
	return f
}

func (a *argumentParser) setDuration(t token, o CommandOption, v optionValue, given span) *parseError {
	text := foldKey(string(cleanText(v.runes, v.from).runes))
	if _, ok := ParseDuration(text); !ok {
		f := a.badValueError(token{text: o.Key}, o, v.start, `cannot be "`+echo(string(v.runes))+`": write days, hours or weeks as 30d, 12h or 2w`)
		f.readings = a.dropOption(t, given.end)
		return f
	}
	return a.setOption(t, o, text, given)
}
