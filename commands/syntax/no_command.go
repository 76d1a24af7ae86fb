package syntax

// readTalk reads a message without a command: it is ignored in a shared room. Where the bot is
// addressed it asks for help if it says so or names a command, and is talk otherwise.
func (r *messageReader) readTalk() (Result, *parseError) {
	if r.room && !r.isBotCalled() {
		return Result{Ignore: true}, nil
	}
	r.slash = r.pos
	first, second := r.splitFirstWord(r.pos)
	if first > r.pos {
		typed := string(r.src[r.pos:first])
		if f := r.missingSlashError(typed, first); f != nil {
			return Result{}, f
		}
		if f := r.saidCommandError(); f != nil {
			return Result{}, f
		}
		if c, ok := r.grammar.Lookup(second); ok && foldKey(typed) == "help" {
			return Result{Help: c.Name}, nil
		}
		if foldKey(typed) == "help" {
			return Result{Help: TopicGeneral}, nil
		}
	}
	if f := r.backslashError(); f != nil {
		return Result{}, f
	}
	if topic, at := r.findNamedCommand(); topic != "" {
		if f := r.innerCommandError(at); f != nil {
			return Result{}, f
		}
		return Result{Help: topic}, nil
	}
	return Result{Help: TopicGeneral, Talk: r.readSmallTalk()}, nil
}

// isBotCalled reports whether a message calls the bot without beginning with its name: a command
// follows the mention, or the mention is the only one and ends the message.
func (r *messageReader) isBotCalled() bool {
	for i, m := range r.mentions {
		if m.UserID != r.grammar.BotID || m.Start < r.pos {
			continue
		}
		next := m.End
		for next < r.end && r.mentionAt(next) == nil && (isBlank(r.src[next]) || isListSeparator(r.src[next]) || isColon(r.src[next]) || isSentenceEnd(r.src[next])) {
			next++
		}
		if next >= r.end && len(r.mentions) == 1 {
			return true
		}
		if next < r.end && isSlash(r.src[next]) && r.nameEnd(next+1) > next+1 {
			return true
		}
		if i > maxEcho {
			return false
		}
	}
	return false
}

// splitFirstWord returns where the word at i ends, and the word after it.
func (r *messageReader) splitFirstWord(i int) (end int, second string) {
	end = r.nameEnd(i)
	from := end
	for from < r.end && isBlank(r.src[from]) && r.mentionAt(from) == nil {
		from++
	}
	return end, string(r.src[from:r.nameEnd(from)])
}

// missingSlashError is the error of a command that was written without its slash, or nil.
func (r *messageReader) missingSlashError(typed string, end int) *parseError {
	c, ok := r.grammar.Lookup(typed)
	if !ok || foldKey(typed) == "help" || !r.isWordEnd(end) {
		return nil
	}
	if c.Args != ArgsRoom && c.Args != ArgsPeople && end < r.end {
		return nil
	}
	f := &parseError{Error: Error{Code: UnknownCommand, At: r.pos}, edits: []edit{{r.pos, r.pos, "/"}}}
	f.Message = "A command starts with a slash. Did you mean /" + c.Name + "?"
	return f
}

// backslashError is the error of a command behind a backslash, or nil.
func (r *messageReader) backslashError() *parseError {
	if r.pos >= r.end || r.src[r.pos] != '\\' && r.src[r.pos] != '＼' {
		return nil
	}
	end := r.nameEnd(r.pos + 1)
	c, ok := r.grammar.Lookup(string(r.src[r.pos+1 : end]))
	if !ok {
		return nil
	}
	return r.unknownCommandError(string(r.src[r.pos:end]), "/"+c.Name, edit{r.pos, r.pos + 1, "/"})
}

// findNamedCommand returns the first command that the message names with its slash and where it
// stands, empty if it names none.
func (r *messageReader) findNamedCommand() (name string, at int) {
	for i := r.pos; i < r.end; i++ {
		if !isSlash(r.src[i]) || r.mentionAt(i) != nil || i > r.pos && !isBlank(r.src[i-1]) {
			continue
		}
		end := r.nameEnd(i + 1)
		if c, ok := r.grammar.Lookup(string(r.src[i+1 : end])); ok {
			return c.Name, i
		}
		i = max(i, end-1)
	}
	return "", 0
}
