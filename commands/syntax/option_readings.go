package syntax

// span is a part of the source.
type span struct{ start, end int }

// setOption keeps the value of an option that takes one, unless it has another one already. given
// is the whole option.
func (a *argumentParser) setOption(t token, o CommandOption, value any, given span) *parseError {
	before, twice := a.inv.Options[o.Key]
	switch {
	case !twice:
		a.inv.Options[o.Key], a.spans[o.Key] = value, given
		return nil
	case before == value:
		return nil
	}
	f := &parseError{Error: Error{Code: OptionDuplicate, At: t.start, Option: o.Key}}
	f.Message = o.Key + ": is given twice. Keep one of them."
	if foldKey(t.text) != foldKey(o.Key) {
		f.Message = o.Key + ": is given twice (" + t.text + ": means the same). Keep one of them."
	}
	f.readings = []correction{
		setTo(o.Key, before, a.leaveOut(given)...),
		setTo(o.Key, value, a.leaveOut(a.spans[o.Key])...),
	}
	return f
}

// setNameOption sets the name that an option gives.
func (a *argumentParser) setNameOption(v optionValue, given span) *parseError {
	if !a.hasName {
		return a.setName(given, v)
	}
	second := string(cleanText(v.runes, v.from).runes)
	if second == a.inv.Name {
		return nil
	}
	f := &parseError{Error: Error{
		Code: OptionDuplicate, At: given.start, Option: "name",
		Message: `I already have the name "` + echo(a.inv.Name) + `". Keep one of them.`,
	}}
	f.readings = append(f.readings, callRoom(a.inv.Name, a.leaveOut(given)...))
	if n := len([]rune(second)); n > 0 && n <= MaxName && a.spans[nameSpan].end > 0 {
		f.readings = append(f.readings, callRoom(second, a.leaveOut(a.spans[nameSpan])...))
	}
	return f
}

// nameSpan is the key under which the place of the name is kept.
const nameSpan = "/name"

// leaveOut is the edit that leaves a part of the source out, with the blank before it.
func (a *argumentParser) leaveOut(s span) []edit {
	if s.start > 0 && isBlank(a.src[s.start-1]) && (s.end >= a.end || isBlank(a.src[s.end])) {
		s.start--
	}
	return []edit{{s.start, s.end, ""}}
}

// dropOption is the correction that leaves an option out, from its key t up to end.
func (a *argumentParser) dropOption(t token, end int) []correction {
	if t.kind != key {
		return nil
	}
	return []correction{{label: withoutPart(t.text + ":"), edits: a.leaveOut(span{t.start, max(t.end, end)})}}
}

// resolveConflict are the corrections that each leave out one of two settings.
func (a *argumentParser) resolveConflict(c Conflict) []correction {
	first, second := c.A, c.B
	if a.spans[second.Key].start < a.spans[first.Key].start {
		first, second = second, first
	}
	return []correction{a.keepSetting(c, first, second), a.keepSetting(c, second, first)}
}

func (a *argumentParser) keepSetting(c Conflict, kept, dropped Setting) correction {
	way := setTo(kept.Key, kept.Value, a.leaveOut(a.spans[dropped.Key])...)
	way.label = withoutPart(dropped.text())
	if c.Opposites {
		way.label = kept.text()
	}
	return way
}

// text is the setting as it is typed.
func (s Setting) text() string {
	if s.Value {
		return s.Key
	}
	return s.Key + ":no"
}
