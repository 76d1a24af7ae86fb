package syntax

import (
	"slices"
	"strings"
)

// namedFlagsError asks whether the flags at the end of an unquoted name, from token first up to
// last, are options or belong to the name. It is nil where there are none, or nothing but flags, or
// where the whole is too long for a name. A flag that cannot be undone is not in the first reading,
// so that it is never in the only one.
func (a *argumentParser) namedFlagsError(first, last int) *parseError {
	cut := last
	for cut > first && a.isFlag(a.tokens[cut-1]) {
		cut--
	}
	start, stop := a.tokens[first].start, a.tokens[last-1].end
	long, _ := CleanName(string(a.src[start:stop]))
	if cut == first || cut == last || len([]rune(long)) > MaxName {
		return nil
	}
	end := a.tokens[cut-1].end
	short, _ := CleanName(string(a.src[start:end]))
	readings := []correction{
		a.callRoomWith(short, a.tokens[cut:last], edit{start, end, "name:" + Quote(short)}),
		callRoom(long, edit{start, stop, "name:" + Quote(long)}),
	}
	if slices.ContainsFunc(a.tokens[cut:last], a.isIrreversible) {
		slices.Reverse(readings)
	}
	return &parseError{
		Error: Error{
			Code: UnexpectedText, At: a.tokens[cut].start, Name: short,
			Message: `Is "` + a.echoSource(a.tokens[cut].start, stop) + `" an option, or the end of the room's name?`,
		},
		readings: readings,
	}
}

func (a *argumentParser) isIrreversible(flag token) bool { return a.flagOption(flag).Irreversible }

// flagOption is the option that a flag names.
func (a *argumentParser) flagOption(t token) CommandOption {
	return a.cmd.Options[a.optionIndex[foldKey(t.text)]]
}

// callRoomWith is the correction that makes this the room's name, and sets flags.
func (a *argumentParser) callRoomWith(name string, flags []token, edits ...edit) correction {
	way := callRoom(name, edits...)
	isCalled := way.holds
	var keys []string
	for _, t := range flags {
		keys = append(keys, a.flagOption(t).Key)
	}
	way.label += ", " + strings.Join(keys, ", ")
	way.holds = func(r Result) bool {
		for _, key := range keys {
			if r.invocation().Options[key] != true {
				return false
			}
		}
		return isCalled(r)
	}
	return way
}
