package syntax

import "slices"

// messageReader finds out whether a message is for the bot, and which command it holds.
type messageReader struct {
	grammar  Grammar
	src      []rune
	end      int
	mentions []Mention
	// room is true in a shared room until the bot is mentioned: silence is the rule there.
	room bool
	// wasWrittenInRoom is true for every message in a shared room.
	wasWrittenInRoom bool

	pos int
	// slash is where the command starts.
	slash int
	// command is the canonical name of the command whose arguments are read.
	command string
}

func (r *messageReader) read() (Result, *parseError) {
	ticks := r.skipSigns("`")
	for r.isBotAt(r.pos) {
		r.room = false
		r.pos = r.mentionAt(r.pos).End
		ticks = r.skipSigns("`,:，：") || ticks
	}
	if !r.room && r.skipOpenings() {
		ticks = ticks || r.src[r.pos-1] == '`'
	}
	if ticks {
		r.dropBackticks()
	}
	if r.pos >= r.end || !isSlash(r.src[r.pos]) {
		return r.readTalk()
	}
	return r.readCommand()
}

// skipSigns passes blanks and the signs given, and reports whether a backtick was among them.
func (r *messageReader) skipSigns(signs string) (ticks bool) {
	for r.pos < r.end && r.mentionAt(r.pos) == nil {
		c := r.src[r.pos]
		if !isBlank(c) && !slices.Contains([]rune(signs), c) {
			break
		}
		ticks = ticks || c == '`'
		r.pos++
	}
	return ticks
}

// dropBackticks leaves out the backticks that close the ones at the beginning.
func (r *messageReader) dropBackticks() {
	for r.end > r.pos && (r.src[r.end-1] == '`' || isBlank(r.src[r.end-1])) {
		r.end--
	}
}

// mentionAt is the mention that covers i, or nil.
func (r *messageReader) mentionAt(i int) *Mention {
	n := firstMentionAfter(r.mentions, i)
	if n < len(r.mentions) && r.mentions[n].Start <= i {
		return &r.mentions[n]
	}
	return nil
}

func (r *messageReader) isBotAt(i int) bool {
	m := r.mentionAt(i)
	return m != nil && m.UserID == r.grammar.BotID
}

// readCommand reads the name of the command, and what follows it by its rules.
func (r *messageReader) readCommand() (Result, *parseError) {
	r.slash = r.pos
	start := r.pos + 1
	end := r.nameEnd(start)
	if end == start {
		return r.readBareSlash(start)
	}
	help, rest := r.readSuffix(end)
	if rest > end && !help {
		return r.readUnknownCommand(start, rest)
	}
	c, ok := r.grammar.Lookup(string(r.src[start:end]))
	switch {
	case !ok:
		return r.readUnknownCommand(start, end)
	case help:
		return Result{Help: c.Name}, nil
	}
	r.pos = r.skipSuffix(end)
	r.command = c.Name
	return r.parseArguments(c)
}

func (r *messageReader) nameEnd(i int) int {
	for i < r.end && isKeyRune(r.src[i]) && r.mentionAt(i) == nil {
		i++
	}
	return i
}

// readSuffix reads what follows the name of a command without a blank: a question mark asks for
// help, punctuation is ignored, and anything else up to rest makes it another word, such as a path.
func (r *messageReader) readSuffix(end int) (help bool, rest int) {
	i := end
	for i < r.end && isSentenceEnd(r.src[i]) && r.mentionAt(i) == nil {
		help = help || toHalfWidth(r.src[i]) == '?'
		i++
	}
	if r.isWordEnd(i) {
		return help, end
	}
	if i == end && (r.mentionAt(i) != nil || isColon(r.src[i]) || isDoubleQuote(r.src[i]) || isSingleQuote(r.src[i]) || isAtSign(r.src[i])) {
		return false, end
	}
	for i < r.end && !isBlank(r.src[i]) && r.mentionAt(i) == nil {
		i++
	}
	return false, i
}

func (r *messageReader) isWordEnd(i int) bool {
	return i >= r.end || isBlank(r.src[i]) && r.mentionAt(i) == nil || isListSeparator(r.src[i])
}

// skipSuffix passes the punctuation that readSuffix ignores.
func (r *messageReader) skipSuffix(i int) int {
	for i < r.end && r.mentionAt(i) == nil && (isSentenceEnd(r.src[i]) || isColon(r.src[i])) {
		i++
	}
	return i
}

func (r *messageReader) parseArguments(c Command) (Result, *parseError) {
	known := optionsByKey(c)
	l := newLexer(r.src, r.pos, r.end, r.mentions, func(word string) bool { _, ok := known[word]; return ok })
	tokens := l.tokenize()
	if isHelpRequest(tokens) {
		return Result{Help: c.Name}, nil
	}
	if f := r.askedWordError(c, tokens); f != nil {
		return Result{}, f
	}
	switch c.Args {
	case ArgsText:
		return r.readText(c, tokens)
	case ArgsCommand:
		return r.readHelpTopic(c, tokens)
	case ArgsPersonOrText:
		if len(tokens) > 0 && !tokens[0].isPerson() {
			return r.readText(c, tokens)
		}
		return r.readQuestion(c, tokens)
	case ArgsPerson, ArgsQuestion:
		return r.readQuestion(c, tokens)
	}
	return newArgumentParser(r, c, tokens, known).parse()
}

// optionsByKey are the options of a command by folded spelling.
func optionsByKey(c Command) map[string]int {
	known := map[string]int{}
	for _, s := range c.spellings() {
		known[foldKey(s.text)] = s.index
	}
	return known
}
