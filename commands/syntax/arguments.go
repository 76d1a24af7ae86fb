package syntax

import "fmt"

// arguments reads the tokens of a command with options, from left to right,
// and stops at the first error.
type arguments struct {
	*reader
	cmd    Command
	known  map[string]int
	tokens []token
	i      int

	inv Invocation
	// named: there is a name, or the command takes none.
	named bool
	// later is the last token that may be a name of its own: a quoted text or name:.
	later int
	// loose is the last value of an option that more may belong to.
	loose *loose
	// grouped is the index of the token after a list of groups or people.
	grouped int
	run     run
	// catalogue are the known groups, once they are needed.
	catalogue *catalogue

	seen  map[Person]bool
	group map[string]bool
	owner map[Person]bool
	noted map[Note]bool
}

// loose is an option's value that more may belong to: words, if it is bare of
// quotes, or further groups after a comma.
type loose struct {
	option Option
	key    string
	start  int // where the value starts
	next   int // the index of the token after it
	bare   bool
}

func newArguments(r *reader, c Command, tokens []token, known map[string]int) *arguments {
	a := &arguments{
		reader: r, cmd: c, known: known, tokens: tokens, later: -1,
		inv:   Invocation{Command: c.Name, Options: map[string]any{}},
		named: c.Args != ArgsRoom,
		seen:  map[Person]bool{}, group: map[string]bool{},
		owner: map[Person]bool{}, noted: map[Note]bool{},
	}
	value := false
	for i, t := range tokens {
		value = i > 0 && (a.isKey(tokens[i-1]) || value && a.follows(i))
		if (t.kind == quoted || t.kind == broken) && !value || t.kind == key && a.isName(t) {
			a.later = i
		}
	}
	return a
}

// isKey reports the key of an option there is.
func (a *arguments) isKey(t token) bool {
	_, ok := a.known[fold(t.text)]
	return ok && t.kind == key
}

// follows reports that only a comma stands between token i and the one before.
func (a *arguments) follows(i int) bool {
	before := a.tokens[i-1]
	return a.tokens[i].start == before.end+1 && comma(a.src[before.end])
}

func (a *arguments) isName(t token) bool {
	n, ok := a.known[fold(t.text)]
	return ok && a.cmd.Options[n].Kind == Name
}

func (a *arguments) read() (Result, *fault) {
	for a.i < len(a.tokens) {
		if f := a.argument(a.tokens[a.i]); f != nil {
			return Result{}, f
		}
	}
	if f := a.crowd(); f != nil {
		return Result{}, f
	}
	if !a.named {
		return Result{Form: &Form{Command: a.cmd.Name, Missing: []string{"name"}, Prefill: a.inv}}, nil
	}
	return Result{Command: &a.inv}, nil
}

// argument reads one argument and moves on behind it.
func (a *arguments) argument(t token) *fault {
	switch t.kind {
	case broken:
		return t.fault
	case mention, email, username:
		if a.cmd.Args == ArgsNone {
			return a.unexpected(t, a.i+1)
		}
		a.person(t)
		a.i++
		return nil
	case key:
		if n, ok := a.known[fold(t.text)]; ok {
			return a.option(t, a.cmd.Options[n])
		}
		if a.named || a.attempted(a.i) {
			return a.unknownOption(t)
		}
	case quoted:
		return a.quoted(t)
	case command:
		if c, ok := a.second(t); ok {
			return a.multiple(t, c)
		}
	}
	return a.words()
}

// second reports a slash and a name that is another command, or nearly one.
func (a *arguments) second(t token) (Command, bool) {
	if c, ok := a.grammar.Lookup(t.text); ok {
		return c, true
	}
	alone := reader{grammar: a.grammar, room: true}
	near, ok := nearest(fold(t.text), a.grammar.spellings(), alone.tolerance(t.text))
	if !ok {
		return Command{}, false
	}
	return a.grammar.Commands[near.of], true
}

func (a *arguments) quoted(t token) *fault {
	switch {
	case !a.named:
		a.i++
		return a.name(t.start, t.inside.runes, t.inside.from, t.inside.mentions)
	case t.listed && a.loose != nil && a.loose.next == a.i && a.loose.option.Kind == Groups:
		return a.values(a.loose.option, a.loose.key, a.i)
	}
	return a.surplus(t)
}

// surplus is the error of a second quoted text. It is the value of an option
// whose key ends the name; else, if there is no description yet, probably that.
func (a *arguments) surplus(t token) *fault {
	f := a.unexpected(t, a.i+1)
	if a.cmd.Args != ArgsRoom {
		return f
	}
	name := `I already have the name "` + shown(a.inv.Name) + `"`
	if f.edits = a.signed(a.i - 1); f.edits != nil { // there is a name, so something stands before
		f.Message = name + ". Did you mean " + a.tokens[a.i-1].text + ":" + a.between(t.start, t.end) + "?"
		return f
	}
	f.Message = name + ", and don't know what to do with this."
	desc, ok := a.cmd.Option("desc")
	if _, given := a.inv.Options[desc.Key]; !ok || given {
		return f
	}
	f.Message = name + ". Is this the description? Then write " + desc.Key + ": in front of it."
	f.edits = []edit{{t.start, t.start, desc.Key + ":"}}
	return f
}

// unexpected is the error of words that have no place, up to token end.
func (a *arguments) unexpected(t token, end int) *fault {
	text := a.between(t.start, a.tokens[end-1].end)
	if t.kind == quoted {
		text = shown(string(t.inside.runes))
	}
	return &fault{Error: Error{
		Code: UnexpectedText, At: t.start, Message: `I don't know what to do with "` + text + `".`,
	}}
}

// name takes the room's name, which began at start.
func (a *arguments) name(start int, runes []rune, from []int, mentions bool) *fault {
	c := clean(runes, from)
	if len(c.runes) == 0 {
		return &fault{Error: Error{Code: NameEmpty, At: start, Message: `The room name is empty. Write one, such as "Q2 Earnings".`}}
	}
	if n := len(c.runes); n > MaxName {
		return &fault{Error: Error{
			Code: NameTooLong, At: c.from[MaxName], Count: n, Limit: MaxName,
			Message: fmt.Sprintf("The name has %d characters; Symphony takes at most %d (%d too many).", n, MaxName, n-MaxName),
		}}
	}
	a.inv.Name, a.named = string(c.runes), true
	a.note(c.removed, NoteInvisibleRemoved)
	a.note(mentions, NoteMentionInText)
	return nil
}

func (a *arguments) note(applies bool, n Note) {
	if applies && !a.noted[n] {
		a.noted[n] = true
		a.inv.Notes = append(a.inv.Notes, n)
	}
}

// crowd is the error of more people than one command may name.
func (a *arguments) crowd() *fault {
	n, most := len(a.inv.Users)+len(a.inv.Emails)+len(a.inv.Usernames), a.grammar.maxMembers()
	if n <= most {
		return nil
	}
	return &fault{Error: Error{
		Code: TooManyMembers, At: a.slash, Count: n, Limit: most,
		Message: fmt.Sprintf("%d people are more than you may add at once (%d). Use a group: instead, or add the rest later.", n, most),
	}}
}
