package sandbox

import "net/http"

// placeRequest is somebody at the door of a room.
type placeRequest struct {
	As, StreamID string
	Ask          bool // to be let into a private room
}

func (p *Pod) place(c *call, body *placeRequest) (*person, *stream, error) {
	if err := c.decode(body); err != nil {
		return nil, nil, err
	}
	who, err := p.state.named(body.As)
	if err != nil {
		return nil, nil, err
	}
	st, err := p.stream(body.StreamID)
	if err != nil {
		return nil, nil, refuse(http.StatusNotFound, "There is no such chat")
	}
	return who, st, nil
}

// controlJoin is what a client does with a link to a room: public rooms let people in.
func (p *Pod) controlJoin(c *call) (any, error) {
	var body placeRequest
	who, st, err := p.place(c, &body)
	if err != nil {
		return nil, err
	}
	if st.member(who.ID) == nil {
		if err := p.enter(st, who, body.Ask); err != nil {
			return nil, err
		}
	}
	return map[string]any{"chat": p.chatView(st, who.ID)}, nil
}

// enter lets somebody into a public room, or rings the bell of a private one.
func (p *Pod) enter(st *stream, who *person, ask bool) error {
	if st.Type == typeRoom && st.Room.Public {
		return p.add(st, who.ID, who)
	}
	if st.Type != typeRoom || !ask {
		return forbidden("This room is private; ask one of its owners to add you")
	}
	owners, audience := []v4User{}, []int64{who.ID}
	for _, m := range st.Members {
		if m.Owner {
			owners, audience = append(owners, p.state.people[m.User].v4()), append(audience, m.User)
		}
	}
	stream := map[string]any{"streamId": st.ID, "streamType": st.Type, "members": []any{}}
	p.emit(eventAskedToJoin, who, map[string]any{"stream": stream, "affectedUsers": owners}, audience)
	return forbidden("This room is private; its owners have been asked to add you")
}

func (p *Pod) controlLeave(c *call) (any, error) {
	who, st, err := p.place(c, &placeRequest{})
	if err != nil {
		return nil, err
	}
	if st.Type != typeRoom || st.member(who.ID) == nil {
		return nil, badRequest("%s is not in this room", who.Display)
	}
	p.leave(st, who.ID, who)
	return map[string]any{}, nil
}

// controlConnect lets a person accept or reject the connection that somebody asked for.
func (p *Pod) controlConnect(c *call) (any, error) {
	var body struct{ As, With, Action string }
	if err := c.decode(&body); err != nil {
		return nil, err
	}
	who, err := p.state.named(body.As)
	if err != nil {
		return nil, err
	}
	other, err := p.state.named(body.With)
	if err != nil {
		return nil, err
	}
	status, ok := map[string]string{"accept": statusAccepted, "reject": statusRejected}[body.Action]
	if !ok {
		return nil, badRequest("action must be accept or reject")
	}
	k, err := p.answerConnection(who, other, status)
	if err != nil {
		return nil, err
	}
	return k.view(who.ID), nil
}
