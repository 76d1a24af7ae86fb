package syntax

// readText reads the argument of a command that takes everything as one text.
func (r *messageReader) readText(c Command, tokens []token) (Result, *parseError) {
	inv := Invocation{Command: c.Name}
	if len(tokens) == 1 && tokens[0].kind == quotedText {
		inside := tokens[0].content
		inv.Text = string(cleanText(inside.runes, inside.from).runes)
		return Result{Command: &inv}, nil
	}
	if second := r.secondCommandError(tokens); second != nil {
		return Result{}, second
	}
	start := r.pos
	if len(tokens) == 1 && tokens[0].kind == brokenQuote {
		start = tokens[0].start + 1
	}
	inv.Text, _ = CleanName(string(r.src[start:r.end]))
	return Result{Command: &inv}, nil
}

// secondCommandError is the error of a second command among the tokens, or nil.
func (r *messageReader) secondCommandError(tokens []token) *parseError {
	for _, t := range tokens {
		if t.kind == command {
			if c, ok := r.grammar.Lookup(t.text); ok {
				return r.multipleCommandsError(t, c)
			}
		}
	}
	return nil
}

func (r *messageReader) multipleCommandsError(t token, c Command) *parseError {
	return &parseError{Error: Error{
		Code: MultipleCommands, At: t.start,
		Message: "A second command starts here. Send one command at a time: /" + c.Name + " needs a message of its own.",
	}}
}

// readHelpTopic reads the argument of a command that takes the name of a command.
func (r *messageReader) readHelpTopic(c Command, tokens []token) (Result, *parseError) {
	if len(tokens) == 0 {
		return Result{Help: TopicGeneral}, nil
	}
	t := tokens[0]
	if t.kind == brokenQuote {
		return Result{}, t.err
	}
	typed := t.text
	if t.kind == mention && t.userID == r.grammar.BotID {
		return Result{Help: TopicGeneral}, nil
	}
	if t.kind == quotedText {
		typed = string(cleanText(t.content.runes, t.content.from).runes)
	}
	found, ok := r.grammar.Lookup(trimPunctuation(typed))
	switch {
	case ok && len(tokens) == 1:
		return Result{Help: found.Name}, nil
	case ok:
		return Result{}, &parseError{Error: Error{
			Code: UnexpectedText, At: tokens[1].start,
			Message: "I don't know what to do with " + `"` + r.echoSource(tokens[1].start, r.end) + `". Ask for help with one command at a time, such as /` + c.Name + " " + found.Name + ".",
		}}
	}
	return r.unknownHelpTopic(t, typed, len(tokens) > 1)
}

// unknownHelpTopic answers a request for help with something there is none for. A
// whole sentence gets help in general.
func (r *messageReader) unknownHelpTopic(t token, typed string, sentence bool) (Result, *parseError) {
	f := &parseError{Error: Error{Code: UnknownCommand, At: t.start}}
	near, ok := nearestSpelling(foldKey(typed), r.grammar.spellings(), r.maxEdits(typed))
	if !ok && sentence {
		return Result{Help: TopicGeneral}, nil
	}
	if !ok {
		f.Message = "There is no command \"" + echo(typed) + "\". I know " + r.grammar.commandList() + "."
		return Result{}, f
	}
	f.Message = "There is no command \"" + echo(typed) + "\". Did you mean " + near.text + "?"
	f.edits = []edit{{t.start, t.end, near.text}}
	if t.kind == mention {
		f.edits = nil
	}
	return Result{}, f
}

// echoSource is what stands from start to end, as a message repeats it.
func (r *messageReader) echoSource(start, end int) string {
	return echo(string(r.src[start:min(end, start+4*maxEcho)]))
}
