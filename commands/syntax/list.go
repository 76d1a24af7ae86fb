package syntax

// list reads an option that may have several values and be repeated.
func (a *arguments) list(t token, o Option) *fault {
	n := a.i + 1
	if !a.lists(n, o) || a.tokens[n].listed {
		return a.noValue(t, o, n)
	}
	return a.values(o, t.text, n)
}

// lists reports that token n can be a value of a list.
func (a *arguments) lists(n int, o Option) bool {
	if n >= len(a.tokens) {
		return false
	}
	t := a.tokens[n]
	if o.Kind == Groups {
		return a.isText(t) || (t.kind == email || t.kind == username) && a.touches(n)
	}
	return t.person() || a.isText(t)
}

// touches reports that no blank stands before token n.
func (a *arguments) touches(n int) bool { return a.tokens[n].glued || a.follows(n) }

// values reads the values of a list from token n on, and moves on behind them.
func (a *arguments) values(o Option, key string, n int) *fault {
	for {
		end, f := a.value(o, key, n)
		if f != nil {
			return f
		}
		a.i, a.grouped = end, end
		if end >= len(a.tokens) || !a.follows(end) || !a.lists(end, o) {
			return nil
		}
		n = end
	}
}

// value reads one value of a list; end is the index of the token after it.
func (a *arguments) value(o Option, key string, n int) (end int, f *fault) {
	v := a.tokens[n]
	if o.Kind != Groups {
		return n + 1, a.somebody(o, key, v)
	}
	end = n + 1
	a.loose = &loose{option: o, key: key, start: v.start, next: end, bare: v.kind != quoted}
	var runes []rune
	var from []int
	if v.kind == quoted {
		runes, from = v.inside.runes, v.inside.from
		a.note(v.inside.mentions, NoteMentionInText)
	} else {
		for end < len(a.tokens) && a.tokens[end].glued && a.clings(end) {
			end++
		}
		stop := a.tokens[end-1].end
		a.loose.next = end
		runes, from = a.src[v.start:stop], positions(v.start, stop)
	}
	name := string(clean(runes, from).runes)
	if name == "" {
		return 0, a.missing(token{text: key}, o, v.start)
	}
	a.addGroup(name)
	return end, nil
}

// somebody takes one of the people an option names.
func (a *arguments) somebody(o Option, key string, v token) *fault {
	if !v.person() {
		what := a.between(v.start, v.end)
		return a.bad(token{text: key}, o, v.start, "needs a person, and "+what+" alone is none: pick the name from the list that opens when you type @, or write an e-mail address")
	}
	if p, ok := a.person(v); ok && o.Kind == Owners {
		a.promote(o.Key, p)
	}
	return nil
}
