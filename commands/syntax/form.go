package syntax

import "strings"

// maxMendings is how many mistakes of a message are mended before the rest of it is left out.
const maxMendings = 20

// FormFor is the form for a message that names a command with a room: with everything filled in
// that can be understood, and with the rest as it was typed. It is nil for all other messages.
func (g Grammar) FormFor(m Message) *FormRequest {
	result := g.Parse(m)
	switch e := result.Error; {
	case result.Form != nil:
		return result.Form
	case result.Command != nil && g.hasForm(result.Command.Command):
		return &FormRequest{Command: result.Command.Command, Prefill: *result.Command}
	case e == nil:
		return nil
	case e.Fix != nil && !e.Code.mayLoseText():
		return g.FormFor(*e.Fix)
	case e.Code == UnknownCommand && len(e.Readings) > 0:
		return g.FormFor(e.Readings[0].Message)
	}
	return g.fillForm(m)
}

func (g Grammar) hasForm(command string) bool {
	c, ok := g.Lookup(command)
	return ok && c.Args == ArgsRoom
}

// mayLoseText reports whether a correction of this error leaves out some of what was typed.
func (c Code) mayLoseText() bool {
	switch c {
	case NameTooLong, OptionDuplicate, OptionConflict, MultipleCommands, TooManyMembers:
		return true
	}
	return false
}

// fillForm reads a message with mistakes. What a correction can mend is mended; the words around
// any other mistake are left out.
func (g Grammar) fillForm(m Message) *FormRequest {
	for n := 0; ; n++ {
		a := g.argumentsOf(m)
		if a == nil {
			return nil
		}
		reader := formReader{argumentParser: a, mayMend: n < maxMendings}
		edits := reader.read()
		if edits == nil {
			return &FormRequest{Command: a.cmd.Name, Prefill: a.inv, Rest: strings.Join(reader.rest, " ")}
		}
		m = applyEdits(m, edits)
	}
}

// argumentsOf is a parser before the first argument of a command with a room; nil if the message
// names none.
func (g Grammar) argumentsOf(m Message) *argumentParser {
	src := []rune(m.Text)
	r := &messageReader{grammar: g, src: src, end: len(src), mentions: validMentions(m.Mentions, len(src)), room: m.Room}
	if _, _ = r.read(); !g.hasForm(r.command) {
		return nil
	}
	c, _ := g.Lookup(r.command)
	known := optionsByKey(c)
	l := newLexer(src, r.pos, r.end, r.mentions, func(word string) bool { _, ok := known[word]; return ok })
	return newArgumentParser(r, c, l.tokenize(), known)
}

// formReader reads the arguments of a command and goes on after each mistake.
type formReader struct {
	*argumentParser
	mayMend bool
	rest    []string // what was left out
}

// read reads all arguments. The edits are not nil where the message is to be mended and read again.
func (r *formReader) read() []edit {
	for r.i < len(r.tokens) {
		from := r.i
		f := r.parseArgument(r.tokens[from])
		if f == nil {
			continue
		}
		if edits := r.mend(f); edits != nil {
			return edits
		}
		r.skip(from, f)
	}
	return nil
}

// mend is the correction of a mistake that loses no text; a quote without its other half becomes a
// blank.
func (r *formReader) mend(f *parseError) []edit {
	switch {
	case !r.mayMend:
		return nil
	case f.edits != nil && !f.Code.mayLoseText():
		return f.edits
	case f.Code == UnclosedQuote || f.Code == QuoteRunOn:
		return []edit{{f.At, f.At + 1, " "}}
	}
	return nil
}

// skip moves on behind a mistake in the argument that begins at token from. A name that is too long
// and settings that contradict each other are kept: the form shows them.
func (r *formReader) skip(from int, f *parseError) {
	switch f.Code {
	case OptionConflict:
		return
	case NameTooLong:
		r.inv.Name, r.hasName = r.longName(from), true
		return
	}
	from, end := r.mistake(from, f)
	for _, t := range r.tokens[from:end] {
		if t.kind == mention { // who was chosen from a list is not lost
			r.addPerson(t)
		}
	}
	r.rest = append(r.rest, string(r.src[r.tokens[from].start:r.tokens[end-1].end]))
	r.i = end
}

// mistake is which tokens a mistake is about: from the argument that begins at token from, those
// that were understood are left out.
func (r *formReader) mistake(from int, f *parseError) (first, end int) {
	switch {
	case f.Code == MultipleCommands || f.Code == UnclosedQuote || f.Code == QuoteRunOn:
		return from, len(r.tokens)
	case r.i > from && r.i < len(r.tokens) && f.At >= r.tokens[r.i].start: // in a list whose first values are good
		return r.i, r.i + 1
	case r.i > from:
		return from, r.i
	}
	end = from + 1
	switch r.tokens[from].kind {
	case word, command:
		return from, max(end, r.findRunEnd(from))
	case key:
		for end < len(r.tokens) && (r.tokens[end].adjacent || r.tokens[end].start <= f.At) {
			end++
		}
	}
	return from, end
}

// longName is the name that begins at token from and was read.
func (r *formReader) longName(from int) string {
	if r.tokens[from].kind == key {
		from++
	}
	t := r.tokens[from]
	if t.kind == quotedText {
		return string(cleanText(t.content.runes, t.content.from).runes)
	}
	name, _ := CleanName(string(r.src[t.start:r.tokens[r.i-1].end]))
	return name
}
