package syntax

// addressName is the end of an unquoted name that the address after it makes the name of a person.
type addressName struct {
	start, address int // indexes of tokens
}

// readAddressName reads words before an address of which the last are the name of a person. Where
// others come before them, it asks whether those are the whole name of the room.
func (a *argumentParser) readAddressName(first int) *parseError {
	head, tail := first, a.tail.start
	if head < tail {
		head, tail = a.trimRun(first, a.tail.start)
	}
	if head >= tail {
		return nil
	}
	start, person, stop := a.tokens[head].start, a.tokens[a.tail.start], a.tokens[a.tail.address-1].end
	short, _ := CleanName(string(a.src[start:a.tokens[tail-1].end]))
	long, _ := CleanName(string(a.src[start:stop]))
	return &parseError{
		Error: Error{
			Code: UnexpectedText, At: person.start,
			Message: `Is "` + a.echoSource(person.start, stop) + `" the name of ` + echo(a.tokens[a.tail.address].text) + `, or the end of the room's name?`,
		},
		readings: []correction{
			callRoom(short, edit{start, a.tokens[tail-1].end, "name:" + Quote(short)}),
			callRoom(long, edit{start, stop, "name:" + Quote(long)}),
		},
	}
}
