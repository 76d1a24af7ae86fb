package syntax

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

// unknownHelpTopic reads a topic that is no command. A whole sentence asks for help in general.
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
