package syntax

// otherCommandError offers the command that opens a room in the place of an unknown one which a
// room follows: /create "Q2" @alice. It is nil where none follows.
func (r *messageReader) otherCommandError(start, end int) *parseError {
	for _, c := range r.grammar.Commands {
		if c.Args != ArgsRoom {
			continue
		}
		change := edit{start, end, c.Name}
		fixed := applyEdits(Message{Text: string(r.src), Mentions: r.mentions, Room: r.wasWrittenInRoom}, []edit{change})
		result, failed := r.grammar.parseOnce(fixed)
		f := r.unknownCommandError("/"+string(r.src[start:end]), "/"+c.Name, change)
		switch {
		case failed != nil && r.quoteFollows(end):
			return f
		case result.Command != nil && result.Command.Name != "" && isMeant(result):
			f.edits, f.readings = nil, []correction{callRoom(result.Command.Name, change)}
			return f
		}
	}
	return nil
}

// quoteFollows reports whether a quoted text follows at i.
func (r *messageReader) quoteFollows(i int) bool {
	for i < r.end && isBlank(r.src[i]) {
		i++
	}
	return i < r.end && isDoubleQuote(r.src[i]) && r.mentionAt(i) == nil
}
