package syntax

// minNearLetters is how many letters a misspelt command must have to be answered in a shared room,
// where it may be another bot's.
const minNearLetters = 5

// readBareSlash reads a slash without a name: it is ignored in a shared room, and otherwise a
// request for help or the command that follows after a blank or another slash.
func (r *messageReader) readBareSlash(start int) (Result, *parseError) {
	if r.room {
		return Result{Ignore: true}, nil
	}
	from := start
	for from < r.end && (isBlank(r.src[from]) || isSlash(r.src[from])) && r.mentionAt(from) == nil {
		from++
	}
	end := r.nameEnd(from)
	c, ok := r.grammar.Lookup(string(r.src[from:end]))
	if !ok {
		return Result{Help: TopicGeneral}, nil
	}
	return Result{}, r.unknownCommandError(string(r.src[r.slash:end]), "/"+c.Name, edit{start, from, ""})
}

// readUnknownCommand reads a name that is no command.
func (r *messageReader) readUnknownCommand(start, end int) (Result, *parseError) {
	typed := string(r.src[start:end])
	if c, next, ok := r.findSplitCommand(typed, end); ok {
		return Result{}, r.unknownCommandError("/"+typed, "/"+c, edit{end, next, ""})
	}
	if f := r.runTogetherError(start, end, true); f != nil {
		return Result{}, f
	}
	if c, stop, ok := r.findSaid(start); ok && !r.room {
		return Result{}, r.unknownCommandError(string(r.src[r.slash:stop]), "/"+c, edit{start, stop, c})
	}
	near, ok := nearestSpelling(foldKey(typed), r.grammar.spellings(), r.maxEdits(typed))
	switch {
	case ok:
		return Result{}, r.unknownCommandError("/"+typed, "/"+near.text, edit{start, end, near.text})
	case r.room:
		return Result{Ignore: true}, nil
	}
	if f := r.runTogetherError(start, end, false); f != nil {
		return Result{}, f
	}
	if f := r.otherCommandError(start, end); f != nil {
		return Result{}, f
	}
	return Result{}, r.unknownCommandError("/"+typed, "", edit{})
}

// findSplitCommand finds the command that a blank splits in two words.
func (r *messageReader) findSplitCommand(typed string, end int) (name string, next int, ok bool) {
	next = end
	for next < r.end && isBlank(r.src[next]) && r.mentionAt(next) == nil {
		next++
	}
	stop := r.nameEnd(next)
	if next == end || stop == next || !r.isWordEnd(stop) || stop-next > maxEcho {
		return "", 0, false
	}
	c, ok := r.grammar.Lookup(typed + string(r.src[next:stop]))
	if !ok || r.room && len(foldKey(c.Name)) < minNearLetters {
		return "", 0, false
	}
	return c.Name, next, true
}

// maxEdits is how many edits away a command may be to count as the one that was meant.
func (r *messageReader) maxEdits(typed string) func(candidate string) int {
	letters := len([]rune(foldKey(typed)))
	return func(candidate string) int {
		switch {
		case len(candidate) >= minNearLetters && letters >= minNearLetters:
			return 2
		case r.room:
			return -1
		}
		return 1
	}
}

func (r *messageReader) unknownCommandError(typed, meant string, e edit) *parseError {
	f := &parseError{Error: Error{Code: UnknownCommand, At: r.slash}}
	if meant == "" {
		f.Message = "I don't know " + echo(typed) + ". I know " + r.grammar.commandList() + "."
		return f
	}
	f.Message = "I don't know " + echo(typed) + ". Did you mean " + meant + "?"
	f.edits = []edit{e}
	return f
}

// commandList lists all commands in words.
func (g Grammar) commandList() string {
	var names []string
	for _, c := range g.Commands {
		if !c.Unlisted {
			names = append(names, "/"+c.Name)
		}
	}
	return JoinWords(names, "and")
}
