package sandbox

import (
	"errors"
	"strings"

	"roombot/symphony/sandbox/markup"
	"roombot/symphony/sandbox/rest"
	"roombot/symphony/sandbox/world"
)

// maxBlast is how many streams one message may be sent to.
const maxBlast = 100

func (p *Pod) createMessage(c *call) (any, error) {
	st, err := p.world.FindStream(c.Params["sid"])
	if err != nil {
		return nil, err
	}
	content, err := readContent(c)
	if err != nil {
		return nil, err
	}
	return p.sendContent(c.caller, st, content, nil)
}

// sendContent checks and converts what an agent was given, sends it, and shows the message.
func (p *Pod) sendContent(by *world.Person, st *world.Stream, in *content, replacing *world.Message) (any, error) {
	if err := st.CheckSender(by); err != nil {
		return nil, err
	}
	draft, err := p.convert(in)
	if err != nil {
		return nil, err
	}
	draft.Replacing = replacing
	m, err := p.world.Send(by, st, draft)
	if err != nil {
		return nil, err
	}
	return p.encodeMessage(m), nil
}

// convert checks MessageML the way an agent does, and makes of it what clients and bots receive.
func (p *Pod) convert(in *content) (world.Draft, error) {
	converted, err := markup.Convert(in.message, in.data, p.world)
	if bad, ok := errors.AsType[*markup.Error](err); ok && bad.TooLarge {
		return world.Draft{}, errTooLarge
	}
	if err != nil {
		return world.Draft{}, rest.BadRequest("%s", err.Error())
	}
	return world.Draft{
		Markup: converted.PresentationML, Data: converted.Data, Forms: converted.Forms, Files: in.files, Silent: in.silent,
		Agent: agentVersion,
	}, nil
}

func (p *Pod) updateMessage(c *call) (any, error) {
	st, err := p.world.FindStream(c.Params["sid"])
	if err != nil {
		return nil, err
	}
	old, err := p.world.FindOwnMessage(c.caller, st, c.Params["mid"])
	if err != nil {
		return nil, err
	}
	content, err := readContent(c)
	if err != nil {
		return nil, err
	}
	return p.sendContent(c.caller, st, content, old)
}

// blastMessage sends one message to many streams; what fails fails alone.
func (p *Pod) blastMessage(c *call) (any, error) {
	content, err := readContent(c)
	if err != nil {
		return nil, err
	}
	ids := strings.FieldsFunc(content.sids, func(r rune) bool { return r == ',' || r == ' ' })
	if len(ids) == 0 || len(ids) > maxBlast {
		return nil, rest.BadRequest("Between 1 and %d stream ids are required", maxBlast)
	}
	sent, failed := []any{}, map[string]any{}
	for _, id := range ids {
		st, err := p.world.FindStream(id)
		var m any
		if err == nil {
			m, err = p.sendContent(c.caller, st, content, nil)
		}
		if err != nil {
			failed[id] = familyAgent.errorBody(rest.ErrorOf(err))
			continue
		}
		sent = append(sent, m)
	}
	return map[string]any{"messages": sent, "errors": failed}, nil
}

func (p *Pod) suppressMessage(c *call) (any, error) {
	m, date, err := p.world.Suppress(c.caller, c.Params["id"])
	if err != nil {
		return nil, err
	}
	return map[string]any{"messageId": m.ID, "suppressed": true, "suppressionDate": date}, nil
}
