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
			if _, ok := r.grammar.Lookup(t.text); ok {
				return r.multipleCommandsError(t)
			}
		}
	}
	return nil
}
