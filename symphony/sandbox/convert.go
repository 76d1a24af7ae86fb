package sandbox

import (
	"errors"

	"roombot/symphony/sandbox/markup"
)

// directory resolves the mentions of a message.
type directory struct{ state *state }

func (d directory) UserByID(id int64) (string, bool) {
	who, ok := d.state.people[id]
	if !ok {
		return "", false
	}
	return who.Display, true
}

func (d directory) UserByEmail(email string) (int64, string, bool) {
	who := d.state.byEmail(email)
	if who == nil {
		return 0, "", false
	}
	return who.ID, who.Display, true
}

// convert checks MessageML the way an agent does, and makes of it what clients and bots receive.
func (p *Pod) convert(by *person, in *content) (draft, error) {
	converted, err := markup.Convert(in.message, in.data, directory{p.state})
	if bad, ok := errors.AsType[*markup.Error](err); ok && bad.TooLarge {
		return draft{}, errTooLarge
	}
	if err != nil {
		return draft{}, badRequest("%s", err.Error())
	}
	if len(converted.Forms) > 0 && by.Type != typeSystem {
		return draft{}, badRequest("Only service accounts may send forms")
	}
	return draft{
		markup: converted.PresentationML, data: converted.Data, forms: converted.Forms, files: in.files, silent: in.silent,
		agent: agentVersion,
	}, nil
}
