package syntax

// talk answers a message without a command: silence among others, help where
// the bot is addressed.
func (r *reader) talk() (Result, *fault) {
	if r.room && !r.calls() {
		return Result{Ignore: true}, nil
	}
	r.slash = r.pos
	first, second := r.plainWord(r.pos)
	if first > r.pos {
		typed := string(r.src[r.pos:first])
		if f := r.slashless(typed, first); f != nil {
			return Result{}, f
		}
		if c, ok := r.grammar.Lookup(second); ok && fold(typed) == "help" {
			return Result{Help: c.Name}, nil
		}
	}
	return Result{Help: r.spokenOf()}, nil
}

// calls reports a message that calls the bot without beginning with its name:
// a command follows the mention, or the mention is the only one and the last
// thing said.
func (r *reader) calls() bool {
	for i, m := range r.mentions {
		if m.UserID != r.grammar.BotID || m.Start < r.pos {
			continue
		}
		next := m.End
		for next < r.end && r.mentionAt(next) == nil && (blank(r.src[next]) || listSign(r.src[next]) || binds(r.src[next]) || ender(r.src[next])) {
			next++
		}
		if next >= r.end && len(r.mentions) == 1 {
			return true
		}
		if next < r.end && slash(r.src[next]) && r.nameEnd(next+1) > next+1 {
			return true
		}
		if i > maxShown {
			return false
		}
	}
	return false
}

// plainWord is where the word at i ends, and the one after it.
func (r *reader) plainWord(i int) (end int, second string) {
	end = r.nameEnd(i)
	from := end
	for from < r.end && blank(r.src[from]) && r.mentionAt(from) == nil {
		from++
	}
	return end, string(r.src[from:r.nameEnd(from)])
}

// slashless finds a command that was written without its slash.
func (r *reader) slashless(typed string, end int) *fault {
	c, ok := r.grammar.Lookup(typed)
	if !ok || fold(typed) == "help" || !r.ends(end) {
		return nil
	}
	if c.Args != ArgsRoom && c.Args != ArgsPeople && end < r.end {
		return nil
	}
	f := &fault{Error: Error{Code: UnknownCommand, At: r.pos}, edits: []edit{{r.pos, r.pos, "/"}}}
	f.Message = "A command starts with a slash. Did you mean /" + c.Name + "?"
	return f
}

// spokenOf is the first command that the message names with its slash.
func (r *reader) spokenOf() string {
	for i := r.pos; i < r.end; i++ {
		if !slash(r.src[i]) || r.mentionAt(i) != nil || i > r.pos && !blank(r.src[i-1]) {
			continue
		}
		end := r.nameEnd(i + 1)
		if c, ok := r.grammar.Lookup(string(r.src[i+1 : end])); ok {
			return c.Name
		}
		i = max(i, end-1)
	}
	return TopicGeneral
}
