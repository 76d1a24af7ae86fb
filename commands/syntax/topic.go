package syntax

// text reads the argument of a command that takes everything as one text.
func (r *reader) text(c Command, tokens []token) (Result, *fault) {
	inv := Invocation{Command: c.Name}
	if len(tokens) == 1 && tokens[0].kind == quoted {
		inside := tokens[0].inside
		inv.Text = string(clean(inside.runes, inside.from).runes)
		return Result{Command: &inv}, nil
	}
	if second := r.another(tokens); second != nil {
		return Result{}, second
	}
	start := r.pos
	if len(tokens) == 1 && tokens[0].kind == broken {
		start = tokens[0].start + 1
	}
	inv.Text, _ = CleanName(string(r.src[start:r.end]))
	return Result{Command: &inv}, nil
}

// another is the error of a second command among the tokens, or nil.
func (r *reader) another(tokens []token) *fault {
	for _, t := range tokens {
		if t.kind == command {
			if c, ok := r.grammar.Lookup(t.text); ok {
				return r.multiple(t, c)
			}
		}
	}
	return nil
}

func (r *reader) multiple(t token, c Command) *fault {
	return &fault{Error: Error{
		Code: MultipleCommands, At: t.start,
		Message: "A second command starts here. Send one command at a time: /" + c.Name + " needs a message of its own.",
	}}
}

// topic reads the argument of a command that takes the name of a command.
func (r *reader) topic(c Command, tokens []token) (Result, *fault) {
	if len(tokens) == 0 {
		return Result{Help: TopicGeneral}, nil
	}
	t := tokens[0]
	if t.kind == broken {
		return Result{}, t.fault
	}
	typed := t.text
	if t.kind == mention && t.user == r.grammar.BotID {
		return Result{Help: TopicGeneral}, nil
	}
	if t.kind == quoted {
		typed = string(clean(t.inside.runes, t.inside.from).runes)
	}
	found, ok := r.grammar.Lookup(unpunctuated(typed))
	switch {
	case ok && len(tokens) == 1:
		return Result{Help: found.Name}, nil
	case ok:
		return Result{}, &fault{Error: Error{
			Code: UnexpectedText, At: tokens[1].start,
			Message: "I don't know what to do with " + `"` + r.between(tokens[1].start, r.end) + `". Ask for help with one command at a time, such as /` + c.Name + " " + found.Name + ".",
		}}
	}
	return r.noTopic(t, typed, len(tokens) > 1)
}

// noTopic answers a request for help with something there is none for. A
// whole sentence gets help in general.
func (r *reader) noTopic(t token, typed string, sentence bool) (Result, *fault) {
	f := &fault{Error: Error{Code: UnknownCommand, At: t.start}}
	near, ok := nearest(fold(typed), r.grammar.spellings(), r.tolerance(typed))
	if !ok && sentence {
		return Result{Help: TopicGeneral}, nil
	}
	if !ok {
		f.Message = "There is no command \"" + shown(typed) + "\". I know " + r.grammar.listed() + "."
		return Result{}, f
	}
	f.Message = "There is no command \"" + shown(typed) + "\". Did you mean " + near.text + "?"
	f.edits = []edit{{t.start, t.end, near.text}}
	if t.kind == mention {
		f.edits = nil
	}
	return Result{}, f
}

// between is what stands from start to end, as a message repeats it.
func (r *reader) between(start, end int) string {
	return shown(string(r.src[start:min(end, start+4*maxShown)]))
}
