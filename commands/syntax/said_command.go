package syntax

import "strings"

// maxSaidWords is how many words have at most that stand for a command.
const maxSaidWords = 5

// findSaid finds the command that words at pos stand for, such as "open a room", and where they
// end. One word alone counts only behind a slash.
func (r *messageReader) findSaid(pos int) (name string, end int, ok bool) {
	text, words := "", 0
	for i := pos; words < maxSaidWords; words++ {
		stop := r.nameEnd(i)
		if stop == i || stop-i > maxEcho {
			break
		}
		text = strings.TrimSpace(text + " " + string(r.src[i:stop]))
		behindSlash := pos > 0 && isSlash(r.src[pos-1])
		if c, found := r.grammar.lookupSaid(text, behindSlash); found && r.endsName(stop) && r.mayFollow(c, stop) {
			name, end, ok = c.Name, stop, true
		}
		for i = stop; i < r.end && isBlank(r.src[i]) && r.mentionAt(i) == nil; i++ {
		}
		if i == stop {
			break
		}
	}
	return name, end, ok
}

// lookupSaid finds the command that a text stands for, with or without its blanks.
func (g Grammar) lookupSaid(text string, oneWord bool) (Command, bool) {
	text = foldPhrase(text)
	for _, c := range g.Commands {
		for _, said := range c.SaidAs {
			said = foldPhrase(said)
			joined := strings.ReplaceAll(said, " ", "")
			if (oneWord || joined != said) && (text == said || text == joined) {
				return c, true
			}
		}
	}
	return Command{}, false
}

// endsName reports whether the name of a command may end before i.
func (r *messageReader) endsName(i int) bool {
	return r.isWordEnd(i) || r.mentionAt(i) != nil || isColon(r.src[i]) || isDoubleQuote(r.src[i]) || isSentenceEnd(r.src[i])
}

// mayFollow reports whether what stands from i on may be arguments of a command: nothing, or
// anything for a command that opens a room or names people.
func (r *messageReader) mayFollow(c Command, i int) bool {
	if c.Args == ArgsRoom || c.Args == ArgsPeople {
		return true
	}
	for i < r.end && (isBlank(r.src[i]) || isSentenceEnd(r.src[i])) && r.mentionAt(i) == nil {
		i++
	}
	return i == r.end
}

// saidCommandError offers the command that the message says in words, where it names people or a
// room or where nothing has to follow; otherwise it is nil.
func (r *messageReader) saidCommandError() *parseError {
	name, end, ok := r.findSaid(r.pos)
	if !ok {
		return nil
	}
	f := &parseError{Error: Error{Code: UnknownCommand, At: r.pos}, edits: []edit{{r.pos, end, "/" + name}}}
	f.Message = "A command starts with a slash. Did you mean /" + name + "?"
	if c, _ := r.grammar.Lookup(name); c.Args != ArgsRoom && c.Args != ArgsPeople {
		return f
	}
	command := Message{Text: "/" + name + string(r.src[end:r.end]), Room: r.wasWrittenInRoom}
	for _, m := range r.mentions {
		if shift := len([]rune(name)) + 1 - end; m.Start >= end {
			command.Mentions = append(command.Mentions, Mention{m.Start + shift, m.End + shift, m.UserID})
		}
	}
	if result, failed := r.grammar.parseOnce(command); failed != nil || !isMeant(result) {
		return nil
	}
	return f
}

// isMeant reports whether a command found among other words names people, groups or a quoted room.
func isMeant(result Result) bool {
	inv := result.invocation()
	return len(inv.Users)+len(inv.Emails)+len(inv.Usernames)+len(inv.Groups) > 0 || inv.Name != "" && !inv.NameUnquoted
}

// innerCommandError offers the command that stands at i behind other words, where it names people
// or groups and a room; otherwise it is nil. Words alone ask how it works.
func (r *messageReader) innerCommandError(i int) *parseError {
	command := r.cutMessage(i, r.end)
	result, failed := r.grammar.parseOnce(command)
	if failed != nil || result.Command == nil || result.Command.Name == "" {
		return nil
	}
	inv := result.invocation()
	if len(inv.Users)+len(inv.Emails)+len(inv.Usernames)+len(inv.Groups) == 0 {
		return nil
	}
	way := callRoom(inv.Name)
	way.message = &command
	return &parseError{
		Error: Error{
			Code: UnknownCommand, At: i,
			Message: "A command comes first in a message. The one in yours comes after other words, so I did not run it.",
		},
		readings: []correction{way},
	}
}

// findRunTogether finds a command that the room's name follows without a blank, and where it ends.
// A small Latin letter could as well be a slip, so that it is not sure.
func (r *messageReader) findRunTogether(start, end int, sure bool) (next int, ok bool) {
	if r.nameEnd(start) < end {
		return 0, false
	}
	for next = min(end-1, start+maxEcho); next-start >= minNearLetters; next-- {
		if c := r.src[next]; sure && (c >= 'a' && c <= 'z' || c == '-' || c == '_') {
			continue
		}
		if _, ok := r.grammar.Lookup(string(r.src[start:next])); ok {
			return next, true
		}
	}
	return 0, false
}

// runTogetherError offers the blank that lacks behind a command, or is nil.
func (r *messageReader) runTogetherError(start, end int, sure bool) *parseError {
	next, ok := r.findRunTogether(start, end, sure)
	if !ok || r.room {
		return nil
	}
	return r.unknownCommandError("/"+string(r.src[start:end]), "/"+string(r.src[start:next]), edit{next, next, " "})
}
