package syntax

// Parse reads one message. It never panics, and it always sets exactly one field of the result. The
// fix and the readings of an error are offered only if they read as something that can be run.
func (g Grammar) Parse(m Message) Result {
	result, f := g.parseOnce(m)
	if f != nil {
		c := corrector{grammar: g, left: maxCorrections}
		result.Error.setReadings(c.correct(m, f))
	}
	return result
}

// parseOnce understands a message up to its first error.
func (g Grammar) parseOnce(m Message) (Result, *parseError) {
	src := []rune(m.Text)
	r := &messageReader{
		grammar: g, src: src, end: len(src), mentions: validMentions(m.Mentions, len(src)),
		room: m.Room, wasWrittenInRoom: m.Room,
	}
	result, f := r.read()
	if f != nil {
		f.Command = r.command
		return Result{Error: &f.Error}, f
	}
	return result, nil
}
