package syntax

// parseFlag reads a flag; without a value it means yes.
func (a *argumentParser) parseFlag(t token, o CommandOption) *parseError {
	n := a.i + 1
	if n >= len(a.tokens) || a.tokens[n].afterComma {
		return a.setFlag(t, o, true, n)
	}
	v := a.tokens[n]
	if yes, ok := a.parseYesNo(v); ok && (v.kind == word || v.adjacent) {
		return a.setFlag(t, o, yes, n+1)
	}
	switch {
	case v.kind == brokenQuote && v.adjacent:
		return v.err
	case v.adjacent, t.hasColon && v.kind == word && !isJoiner(v) && !a.isFlag(v):
		return a.badFlagValueError(t, o, v, `takes yes or no (or true, false, on, off, 1, 0, y, n), not "`+a.echoSource(v.start, v.end)+`"`)
	}
	return a.setFlag(t, o, true, n)
}

// parseYesNo reads the words for yes and no.
func (a *argumentParser) parseYesNo(v token) (yes, ok bool) {
	text := v.text
	if v.kind == quotedText {
		text = string(cleanText(v.content.runes, v.content.from).runes)
	} else if v.kind != word {
		return false, false
	}
	switch foldKey(trimPunctuation(text)) {
	case "yes", "true", "on", "1", "y":
		return true, true
	case "no", "false", "off", "0", "n":
		return false, true
	}
	return false, false
}

// badFlagValueError is the error of a flag with another value than yes or no. One that cannot be
// undone is only left out.
func (a *argumentParser) badFlagValueError(t token, o CommandOption, v token, why string) *parseError {
	f := a.badValueError(t, o, v.start, why)
	switch {
	case o.Irreversible && !v.isPerson():
		f.readings = a.dropOption(t, v.end)
		return f
	case v.isPerson():
		f.readings = []correction{setTo(o.Key, true, edit{v.start, v.start, " "})}
		return f
	}
	for _, yes := range []bool{true, false} {
		f.readings = append(f.readings, setTo(o.Key, yes, edit{t.start, v.end, optionPart(o.Key, yes)}))
	}
	return f
}

// setFlag sets a flag and moves on to token next.
func (a *argumentParser) setFlag(t token, o CommandOption, yes bool, next int) *parseError {
	a.i = next
	if f := a.setOption(t, o, yes, span{t.start, a.tokens[next-1].end}); f != nil {
		return f
	}
	if c, found := a.cmd.Conflict(a.inv.Options); found {
		return &parseError{Error: Error{Code: OptionConflict, At: t.start, Message: c.Message}, readings: a.resolveConflict(c)}
	}
	return nil
}
