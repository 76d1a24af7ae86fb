package syntax

import (
	"fmt"
	"strings"
	"unicode"
)

// setName sets the name of the room, which stands at a place of the source.
func (a *argumentParser) setName(at span, v optionValue) *parseError {
	c := cleanText(v.runes, v.from)
	if len(c.runes) == 0 {
		f := &parseError{Error: Error{Code: NameEmpty, At: v.start, Message: `The room name is empty. Write one, such as "Q2 Earnings".`}}
		f.readings = []correction{{label: fillInForm, holds: func(r Result) bool { return r.Form != nil }, edits: a.leaveOut(at)}}
		return f
	}
	if len(c.runes) > MaxName {
		return a.longNameError(at, c)
	}
	a.inv.Name, a.hasName, a.spans[nameSpan] = string(c.runes), true, at
	a.addNote(c.hadInvisible, NoteInvisibleRemoved)
	a.addNote(v.mentions, NoteMentionInText)
	return nil
}

// longNameError is the error of a name that is too long. It offers the words that fit.
func (a *argumentParser) longNameError(at span, c cleanedText) *parseError {
	n, short, gap := len(c.runes), shortenName(c.runes), ""
	if !isBlank(a.src[at.start-1]) {
		gap = " "
	}
	return &parseError{
		Error: Error{
			Code: NameTooLong, At: c.from[MaxName], Count: n, Limit: MaxName,
			Message: fmt.Sprintf("The name has %d characters; Symphony takes at most %d (%d too many).", n, MaxName, n-MaxName),
		},
		readings: []correction{callRoom(short, edit{at.start, at.end, gap + "name:" + Quote(short)})},
	}
}

// shortenName is the words of a name that fit, or the characters of a name of one word, without a
// sign or a joining word at the end.
func shortenName(name []rune) string {
	end := MaxName
	for i := MaxName; i > 0; i-- {
		if name[i] == ' ' {
			end = i
			break
		}
	}
	short := string(name[:end])
	for {
		trimmed := strings.TrimRightFunc(short, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(",;:-–—&+/(", r) })
		if i := strings.LastIndexByte(trimmed, ' '); i > 0 && isJoinerText(trimmed[i+1:]) {
			trimmed = trimmed[:i]
		}
		if trimmed == short || trimmed == "" {
			return short
		}
		short = trimmed
	}
}
