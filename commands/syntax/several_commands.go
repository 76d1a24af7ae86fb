package syntax

import "fmt"

// MaxCommands is how many commands of one message may be run together.
const MaxCommands = 5

// findCommand finds the command that a token with a slash names, exactly or nearly.
func (r *messageReader) findCommand(t token) (Command, bool) {
	if c, ok := r.grammar.Lookup(t.text); ok {
		return c, true
	}
	chat := messageReader{grammar: r.grammar, room: true}
	near, ok := nearestSpelling(foldKey(t.text), r.grammar.spellings(), chat.maxEdits(t.text))
	if !ok {
		return Command{}, false
	}
	return r.grammar.Commands[near.index], true
}

// multipleCommandsError is the error of a message with several commands, of which the second is at
// the token. Each that can be read is a reading.
func (r *messageReader) multipleCommandsError(second token) *parseError {
	starts := append([]int{0}, r.findCommands(second.start)...)
	n := len(starts)
	f := &parseError{Error: Error{
		Code: MultipleCommands, At: second.start,
		Message: fmt.Sprintf("Your message holds %d commands, and the second starts here.", n),
	}}
	if n > MaxCommands {
		f.Message = fmt.Sprintf("Your message holds more than %d commands, and the second starts here.", MaxCommands)
		return f
	}
	for i, start := range starts {
		end := r.end
		if i+1 < n {
			end = starts[i+1]
		}
		one := r.cutMessage(start, end)
		f.readings = append(f.readings, correction{message: &one, line: i + 1, of: n})
	}
	return f
}

// findCommands finds where commands start from a place on, one more than MaxCommands at most.
func (r *messageReader) findCommands(from int) (starts []int) {
	l := newLexer(r.src, from, r.end, r.mentions, func(string) bool { return false })
	for _, t := range l.tokenize() {
		if t.kind != command {
			continue
		}
		if _, ok := r.findCommand(t); ok {
			starts = append(starts, t.start)
		}
		if len(starts) > MaxCommands {
			return starts
		}
	}
	return starts
}

// cutMessage is the part of the message from start to end, without blanks around it.
func (r *messageReader) cutMessage(start, end int) Message {
	for end > start && (isBlank(r.src[end-1]) || isListSeparator(r.src[end-1])) && r.mentionAt(end-1) == nil {
		end--
	}
	m := Message{Text: string(r.src[start:end]), Room: r.wasWrittenInRoom}
	for _, s := range r.mentions {
		if s.Start >= start && s.End <= end {
			m.Mentions = append(m.Mentions, Mention{Start: s.Start - start, End: s.End - start, UserID: s.UserID})
		}
	}
	return m
}
