package syntax

// maxFixes is how many corrections one corrected line may hold.
const maxFixes = 8

// Parse reads one message. It never panics, and it always sets exactly one field of the result. The
// fix of an error is offered only if it reads as something that can be run.
func (g Grammar) Parse(m Message) Result {
	result, edits := g.parseOnce(m)
	if len(edits) == 0 {
		return result
	}
	fixed := applyEdits(m, edits)
	for range maxFixes {
		next, more := g.parseOnce(fixed)
		if next.Error == nil {
			if !next.Ignore {
				result.Error.Fix = &fixed
			}
			return result
		}
		if len(more) == 0 {
			return result
		}
		fixed = applyEdits(fixed, more)
	}
	return result
}

// parseOnce understands a message up to its first error; the edits correct that one.
func (g Grammar) parseOnce(m Message) (Result, []edit) {
	src := []rune(m.Text)
	r := &messageReader{grammar: g, src: src, end: len(src), mentions: validMentions(m.Mentions, len(src)), room: m.Room}
	result, f := r.read()
	if f != nil {
		f.Command = r.command
		return Result{Error: &f.Error}, f.edits
	}
	return result, nil
}
