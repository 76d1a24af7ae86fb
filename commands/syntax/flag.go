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
		return a.badValueError(t, o, v.start, `takes yes or no (or true, false, on, off, 1, 0, y, n), not "`+a.echoSource(v.start, v.end)+`"`)
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

// setFlag sets a flag and moves on to token next.
func (a *argumentParser) setFlag(t token, o CommandOption, yes bool, next int) *parseError {
	if f := a.duplicateOptionError(t, o); f != nil {
		return f
	}
	a.inv.Options[o.Key] = yes
	a.i = next
	if c, found := a.cmd.Conflict(a.inv.Options); found {
		return &parseError{Error: Error{Code: OptionConflict, At: t.start, Message: c.Message}}
	}
	return nil
}
