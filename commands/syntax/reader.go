package syntax

import "slices"

// reader finds out whom a message is for, and which command it holds.
type reader struct {
	grammar  Grammar
	src      []rune
	end      int
	mentions []Mention
	// room: silence is the rule, unless the bot is addressed.
	room bool

	pos int
	// slash is where the command starts.
	slash int
}

func (r *reader) message() (Result, *fault) {
	ticks := r.skip("`")
	for r.bot(r.pos) {
		r.room = false
		r.pos = r.mentionAt(r.pos).End
		ticks = r.skip("`,:，：") || ticks
	}
	if ticks {
		r.dropTicks()
	}
	if r.pos >= r.end || !slash(r.src[r.pos]) {
		return r.talk()
	}
	return r.command()
}

// skip passes blanks and the signs given, and reports a backtick among them.
func (r *reader) skip(signs string) (ticks bool) {
	for r.pos < r.end && r.mentionAt(r.pos) == nil {
		c := r.src[r.pos]
		if !blank(c) && !slices.Contains([]rune(signs), c) {
			break
		}
		ticks = ticks || c == '`'
		r.pos++
	}
	return ticks
}

// dropTicks leaves out the backticks that close what the first ones opened.
func (r *reader) dropTicks() {
	for r.end > r.pos && (r.src[r.end-1] == '`' || blank(r.src[r.end-1])) {
		r.end--
	}
}

// mentionAt is the mention that covers i, or nil.
func (r *reader) mentionAt(i int) *Mention {
	n := firstAfter(r.mentions, i)
	if n < len(r.mentions) && r.mentions[n].Start <= i {
		return &r.mentions[n]
	}
	return nil
}

func (r *reader) bot(i int) bool {
	m := r.mentionAt(i)
	return m != nil && m.UserID == r.grammar.BotID
}

// command reads the name of the command, and what follows it by its rules.
func (r *reader) command() (Result, *fault) {
	r.slash = r.pos
	start := r.pos + 1
	end := r.nameEnd(start)
	if end == start {
		return r.bare(start)
	}
	asked, rest := r.attached(end)
	if rest > end && !asked {
		return r.unknown(start, rest)
	}
	c, ok := r.grammar.Lookup(string(r.src[start:end]))
	switch {
	case !ok:
		return r.unknown(start, end)
	case asked:
		return Result{Help: c.Name}, nil
	}
	r.pos = r.afterName(end)
	return r.arguments(c)
}

func (r *reader) nameEnd(i int) int {
	for i < r.end && keyRune(r.src[i]) && r.mentionAt(i) == nil {
		i++
	}
	return i
}

// attached looks at what hangs on the name of a command: a question mark asks
// for help, the end of a sentence does not count, and anything else up to rest
// makes it another word, such as a path.
func (r *reader) attached(end int) (asked bool, rest int) {
	i := end
	for i < r.end && ender(r.src[i]) && r.mentionAt(i) == nil {
		asked = asked || narrow(r.src[i]) == '?'
		i++
	}
	if r.ends(i) {
		return asked, end
	}
	if i == end && (r.mentionAt(i) != nil || binds(r.src[i]) || doubleQuote(r.src[i]) || singleQuote(r.src[i]) || atSign(r.src[i])) {
		return false, end
	}
	for i < r.end && !blank(r.src[i]) && r.mentionAt(i) == nil {
		i++
	}
	return false, i
}

func (r *reader) ends(i int) bool {
	return i >= r.end || blank(r.src[i]) && r.mentionAt(i) == nil || listSign(r.src[i])
}

// afterName passes the punctuation that [reader.attached] found harmless.
func (r *reader) afterName(i int) int {
	for i < r.end && r.mentionAt(i) == nil && (ender(r.src[i]) || binds(r.src[i])) {
		i++
	}
	return i
}

func (r *reader) arguments(c Command) (Result, *fault) {
	known := keys(c)
	l := newLexer(r.src, r.pos, r.end, r.mentions, func(word string) bool { _, ok := known[word]; return ok })
	tokens := l.run()
	if asksHelp(tokens) {
		return Result{Help: c.Name}, nil
	}
	switch c.Args {
	case ArgsText:
		return r.text(c, tokens)
	case ArgsCommand:
		return r.topic(c, tokens)
	}
	return newArguments(r, c, tokens, known).read()
}

// asksHelp reports the word help alone.
func asksHelp(tokens []token) bool {
	if len(tokens) != 1 {
		return false
	}
	t := tokens[0]
	switch {
	case t.kind == word:
		return t.text == "?" || fold(unpunctuated(t.text)) == "help"
	case t.kind == key:
		return t.dashed && fold(t.text) == "help"
	}
	return false
}

// keys are the options of a command by folded spelling.
func keys(c Command) map[string]int {
	known := map[string]int{}
	for _, s := range c.spellings() {
		known[fold(s.text)] = s.of
	}
	return known
}
