package syntax

// flagValue reads a flag; without a value it means yes.
func (a *arguments) flagValue(t token, o Option) *fault {
	n := a.i + 1
	if n >= len(a.tokens) || a.tokens[n].listed {
		return a.flag(t, o, true, n)
	}
	v := a.tokens[n]
	if yes, ok := a.yesNo(v); ok && (v.kind == word || v.glued) {
		return a.flag(t, o, yes, n+1)
	}
	switch {
	case v.kind == broken && v.glued:
		return v.fault
	case v.glued, t.bound && v.kind == word && !connector(v) && !a.isFlag(v):
		return a.bad(t, o, v.start, `takes yes or no (or true, false, on, off, 1, 0, y, n), not "`+a.between(v.start, v.end)+`"`)
	}
	return a.flag(t, o, true, n)
}

// yesNo reads the words for yes and no.
func (a *arguments) yesNo(v token) (yes, ok bool) {
	text := v.text
	if v.kind == quoted {
		text = string(clean(v.inside.runes, v.inside.from).runes)
	} else if v.kind != word {
		return false, false
	}
	switch fold(unpunctuated(text)) {
	case "yes", "true", "on", "1", "y":
		return true, true
	case "no", "false", "off", "0", "n":
		return false, true
	}
	return false, false
}

// flag sets a flag and moves on to token next.
func (a *arguments) flag(t token, o Option, yes bool, next int) *fault {
	if f := a.again(t, o); f != nil {
		return f
	}
	a.inv.Options[o.Key] = yes
	a.i = next
	if c, found := a.cmd.Conflict(a.inv.Options); found {
		return &fault{Error: Error{Code: OptionConflict, At: t.start, Message: c.Message}}
	}
	return nil
}
