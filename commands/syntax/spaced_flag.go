package syntax

import "strings"

// spacedFlagError asks whether words at the end of an unquoted name are an option that is written
// with blanks, from token first up to last: Desk dry run. Nil where they are none.
func (a *argumentParser) spacedFlagError(first, last int) *parseError {
	cut, typed := a.findSpacedFlag(first, last)
	if cut == last {
		return nil
	}
	start, end, stop := a.tokens[first].start, a.tokens[cut-1].end, a.tokens[last-1].end
	long, _ := CleanName(string(a.src[start:stop]))
	short, _ := CleanName(string(a.src[start:end]))
	if len([]rune(long)) > MaxName {
		return nil
	}
	return &parseError{
		Error: Error{
			Code: UnexpectedText, At: a.tokens[cut].start,
			Message: `Is "` + a.echoSource(a.tokens[cut].start, stop) + `" an option, or the end of the room's name?`,
		},
		readings: []correction{
			a.callRoomWith(short, []token{{kind: word, text: typed}}, edit{start, stop, "name:" + Quote(short) + " " + a.flagOption(token{text: typed}).Key}),
			callRoom(long, edit{start, stop, "name:" + Quote(long)}),
		},
	}
}

// findSpacedFlag is the token at which such an option begins, and the option without its blanks. It
// is last where there is none.
func (a *argumentParser) findSpacedFlag(first, last int) (cut int, typed string) {
	for cut = max(first+1, last-maxPhrase); cut < last-1; cut++ {
		var joined strings.Builder
		for _, t := range a.tokens[cut:last] {
			joined.WriteString(t.text)
		}
		n, ok := a.optionIndex[foldKey(joined.String())]
		if ok && a.cmd.Options[n].Kind == Flag && !a.cmd.Options[n].Irreversible {
			return cut, joined.String()
		}
	}
	return last, ""
}
