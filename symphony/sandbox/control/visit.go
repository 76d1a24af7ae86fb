package control

import (
	"roombot/symphony/sandbox"
	"roombot/symphony/sandbox/client"
	"roombot/symphony/sandbox/rest"
	"roombot/symphony/sandbox/world"
)

// visitor finds somebody and the room they are at.
func (c *Control) visitor(as, streamID string) (*world.Person, *world.Stream, error) {
	who, err := c.person(as)
	if err != nil {
		return nil, nil, err
	}
	st, err := c.stream(streamID)
	if err != nil {
		return nil, nil, err
	}
	return who, st, nil
}

func (c *Control) join(r *request) (any, error) {
	var body client.JoinRequest
	if err := r.decode(&body); err != nil {
		return nil, err
	}
	who, st, err := c.visitor(body.As, body.StreamID)
	if err != nil {
		return nil, err
	}
	if err := c.world.Enter(who, st, body.Ask); err != nil {
		return nil, err
	}
	return client.JoinAnswer{Chat: c.encodeChat(st, who.ID)}, nil
}

func (c *Control) leave(r *request) (any, error) {
	var body client.LeaveRequest
	if err := r.decode(&body); err != nil {
		return nil, err
	}
	who, st, err := c.visitor(body.As, body.StreamID)
	if err != nil {
		return nil, err
	}
	if err := c.world.Leave(who, st); err != nil {
		return nil, err
	}
	return client.EmptyAnswer{}, nil
}

// connect lets a person accept or reject the connection that somebody asked for.
func (c *Control) connect(r *request) (any, error) {
	var body client.ConnectRequest
	if err := r.decode(&body); err != nil {
		return nil, err
	}
	who, err := c.person(body.As)
	if err != nil {
		return nil, err
	}
	other, err := c.person(body.With)
	if err != nil {
		return nil, err
	}
	status, ok := map[string]string{"accept": world.StatusAccepted, "reject": world.StatusRejected}[body.Action]
	if !ok {
		return nil, rest.BadRequest("action must be accept or reject")
	}
	k, err := c.world.AnswerConnection(who, other, status)
	if err != nil {
		return nil, err
	}
	return sandbox.EncodeConnection(k, who.ID), nil
}
