package syntax

import "slices"

// option reads an option whose key is the token t.
func (a *arguments) option(t token, o Option) *fault {
	switch o.Kind {
	case Flag:
		return a.flagValue(t, o)
	case Groups, People, Owners:
		return a.list(t, o)
	}
	if f := a.again(t, o); f != nil {
		return f
	}
	v, f := a.single(t, o)
	if f != nil {
		return f
	}
	switch o.Kind {
	case Name:
		return a.name(v.start, v.runes, v.from, v.mentions)
	case Duration:
		return a.duration(o, v)
	}
	text := tidy(v.runes)
	if text == "" {
		return a.missing(t, o, v.start)
	}
	a.note(v.mentions, NoteMentionInText)
	a.inv.Options[o.Key] = text
	return nil
}

// again is the error of an option that is given twice.
func (a *arguments) again(t token, o Option) *fault {
	_, given := a.inv.Options[o.Key]
	if !given && (o.Kind != Name || !a.named) {
		return nil
	}
	f := &fault{Error: Error{Code: OptionDuplicate, At: t.start, Option: o.Key}}
	f.Message = o.Key + ": is given twice. Keep one of them."
	if fold(t.text) != fold(o.Key) {
		f.Message = o.Key + ": is given twice (" + t.text + ": means the same). Keep one of them."
	}
	if o.Kind == Name {
		f.Message = `I already have the name "` + shown(a.inv.Name) + `". Keep one of them.`
	}
	return f
}

// value is what an option is set to, with the offsets it came from.
type value struct {
	start    int
	runes    []rune
	from     []int
	mentions bool
}

// single reads the one value of an option and moves on behind it.
func (a *arguments) single(t token, o Option) (value, *fault) {
	n := a.i + 1
	if !a.valued(n) {
		return value{}, a.noValue(t, o, n)
	}
	v := a.tokens[n]
	if v.kind == quoted {
		a.i = n + 1
		return value{v.start, v.inside.runes, v.inside.from, v.inside.mentions}, nil
	}
	end := v.end
	for a.i = n + 1; a.i < len(a.tokens) && a.clings(a.i); a.i++ {
		end = a.tokens[a.i].end
	}
	if o.Kind != Duration {
		a.loose = &loose{option: o, key: t.text, start: v.start, next: a.i, bare: true}
	}
	return value{v.start, a.src[v.start:end], positions(v.start, end), false}, nil
}

// clings reports that token i belongs to the word before it: only a comma or
// nothing stands between.
func (a *arguments) clings(i int) bool {
	t, before := a.tokens[i], a.tokens[i-1]
	if t.kind == quoted || t.kind == mention || t.kind == broken || a.isKey(t) {
		return false
	}
	return t.glued || !slices.ContainsFunc(a.src[before.end:t.start], blank)
}

// valued reports that token n can be the value of the option before it.
func (a *arguments) valued(n int) bool {
	if n >= len(a.tokens) || a.tokens[n].listed {
		return false
	}
	t := a.tokens[n]
	return a.isText(t) || (t.kind == email || t.kind == username) && t.glued
}

// isText reports a token that is a text and no argument of its own.
func (a *arguments) isText(t token) bool {
	switch t.kind {
	case word, quoted:
		return true
	case key:
		return !a.isKey(t)
	case command:
		_, ok := a.second(t)
		return !ok
	}
	return false
}

// noValue is the error of an option whose value is missing, broken, or a
// person where a text is needed.
func (a *arguments) noValue(t token, o Option, n int) *fault {
	if n < len(a.tokens) {
		switch v := a.tokens[n]; {
		case v.kind == broken && !v.listed:
			return v.fault
		case v.kind == mention && v.glued:
			return a.bad(t, o, v.start, "needs "+o.needs()+", not a person")
		}
	}
	return a.missing(t, o, t.end)
}

func (a *arguments) missing(t token, o Option, at int) *fault {
	f := &fault{Error: Error{Code: OptionMissingValue, At: at, Option: o.Key}}
	f.Message = t.text + ": needs " + o.needs()
	if o.Example != "" {
		f.Message += ", such as " + o.Example
	}
	f.Message += "."
	return f
}

// needs says what the value of an option is.
func (o Option) needs() string {
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

func (a *arguments) bad(t token, o Option, at int, why string) *fault {
	f := &fault{Error: Error{Code: OptionBadValue, At: at, Option: o.Key}}
	f.Message = t.text + ": " + why
	if o.Example != "" {
		f.Message += ", such as " + o.Example
	}
	f.Message += "."
	return f
}

func (a *arguments) duration(o Option, v value) *fault {
	text := fold(string(clean(v.runes, v.from).runes))
	if _, ok := ParseDuration(text); !ok {
		t := token{text: o.Key}
		return a.bad(t, o, v.start, `cannot be "`+shown(string(v.runes))+`": write days, hours or weeks as 30d, 12h or 2w`)
	}
	a.inv.Options[o.Key] = text
	return nil
}
