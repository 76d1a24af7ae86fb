package sandbox

import "roombot/symphony/sandbox/world"

func (p *Pod) createIM(c *call) (any, error) {
	var ids []int64
	if err := c.decode(&ids); err != nil {
		return nil, err
	}
	st, err := p.world.OpenChat(c.caller, ids)
	if err != nil {
		return nil, err
	}
	return map[string]string{"id": st.ID}, nil
}

func (p *Pod) imInfo(c *call) (any, error) {
	st, err := p.world.OwnChat(c.caller, c.Params["id"])
	if err != nil {
		return nil, err
	}
	return encodeIM(st), nil
}

func (p *Pod) updateIM(c *call) (any, error) {
	st, err := p.world.OwnChat(c.caller, c.Params["id"])
	if err != nil {
		return nil, err
	}
	var body struct {
		Pinned string `json:"pinnedMessageId"`
	}
	if err := c.decode(&body); err != nil {
		return nil, err
	}
	p.world.PinInChat(st, body.Pinned)
	return encodeIM(st), nil
}

func encodeIM(st *world.Stream) map[string]any {
	pinned := map[string]any{}
	if st.Pinned != "" {
		pinned["pinnedMessageId"] = st.Pinned
	}
	return map[string]any{
		"V1IMAttributes": pinned,
		"IMSystemInfo":   map[string]any{"id": st.ID, "creationDate": st.Created, "active": st.Active},
	}
}
