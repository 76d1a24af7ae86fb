package syntax

import "strings"

// nearRoom is how many letters a misspelt command must have to be answered in
// a shared room, where it may be another bot's.
const nearRoom = 5

// bare answers a slash without a name: silence in a room, otherwise help, or
// the command that stands behind a blank.
func (r *reader) bare(start int) (Result, *fault) {
	if r.room {
		return Result{Ignore: true}, nil
	}
	from := start
	for from < r.end && blank(r.src[from]) && r.mentionAt(from) == nil {
		from++
	}
	c, ok := r.grammar.Lookup(string(r.src[from:r.nameEnd(from)]))
	if !ok {
		return Result{Help: TopicGeneral}, nil
	}
	return Result{}, r.notKnown("/ "+c.Name, "/"+c.Name, edit{start, from, ""})
}

// unknown answers a command there is not.
func (r *reader) unknown(start, end int) (Result, *fault) {
	typed := string(r.src[start:end])
	if c, next, ok := r.joined(typed, end); ok {
		return Result{}, r.notKnown("/"+typed, "/"+c, edit{end, next, ""})
	}
	near, ok := nearest(fold(typed), r.grammar.spellings(), r.tolerance(typed))
	switch {
	case ok:
		return Result{}, r.notKnown("/"+typed, "/"+near.text, edit{start, end, near.text})
	case r.room:
		return Result{Ignore: true}, nil
	}
	return Result{}, r.notKnown("/"+typed, "", edit{})
}

// joined finds the command that a blank has split.
func (r *reader) joined(typed string, end int) (name string, next int, ok bool) {
	next = end
	for next < r.end && blank(r.src[next]) && r.mentionAt(next) == nil {
		next++
	}
	stop := r.nameEnd(next)
	if next == end || stop == next || !r.ends(stop) || stop-next > maxShown {
		return "", 0, false
	}
	c, ok := r.grammar.Lookup(typed + string(r.src[next:stop]))
	if !ok || r.room && len(fold(c.Name)) < nearRoom {
		return "", 0, false
	}
	return c.Name, next, true
}

// tolerance is how many edits a command may be away to be the one meant.
func (r *reader) tolerance(typed string) func(candidate string) int {
	letters := len([]rune(fold(typed)))
	return func(candidate string) int {
		switch {
		case len(candidate) >= nearRoom && letters >= nearRoom:
			return 2
		case r.room:
			return -1
		}
		return 1
	}
}

func (r *reader) notKnown(typed, meant string, e edit) *fault {
	f := &fault{Error: Error{Code: UnknownCommand, At: r.slash}}
	if meant == "" {
		f.Message = "I don't know " + shown(typed) + ". I know " + r.grammar.listed() + "."
		return f
	}
	f.Message = "I don't know " + shown(typed) + ". Did you mean " + meant + "?"
	f.edits = []edit{e}
	return f
}

// listed names all commands as a sentence does.
func (g Grammar) listed() string {
	names := make([]string, len(g.Commands))
	for i, c := range g.Commands {
		names[i] = "/" + c.Name
	}
	return enumerated(names)
}

// enumerated joins words as a sentence does: a, b and c.
func enumerated(words []string) string {
	if n := len(words); n > 1 {
		return strings.Join(words[:n-1], ", ") + " and " + words[n-1]
	}
	return strings.Join(words, "")
}

// maxShown is how many code points of somebody's words a message repeats.
const maxShown = 40

// shown is somebody's words as a message repeats them: on one line, not too
// long, nothing invisible.
func shown(text string) string {
	runes := []rune(text)
	if len(runes) > 4*maxShown {
		runes = runes[:4*maxShown]
	}
	name, _ := CleanName(string(runes))
	runes = []rune(name)
	if len(runes) > maxShown {
		return string(runes[:maxShown-1]) + "…"
	}
	return name
}
