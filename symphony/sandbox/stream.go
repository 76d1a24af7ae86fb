package sandbox

import (
	"slices"
	"strings"

	"roombot/symphony/sandbox/rest"
	"roombot/symphony/sandbox/world"
)

type streamFilter struct {
	Types []struct {
		Type string `json:"type"`
	} `json:"streamTypes"`
	Inactive bool `json:"includeInactiveStreams"`
}

func (f streamFilter) matches(st *world.Stream) bool {
	if !st.Active && !f.Inactive {
		return false
	}
	for _, wanted := range f.Types {
		if strings.EqualFold(wanted.Type, st.Type) {
			return true
		}
	}
	return len(f.Types) == 0
}

func (p *Pod) listStreams(c *call) (any, error) {
	var filter streamFilter
	if err := c.decode(&filter); err != nil {
		return nil, err
	}
	skip, limit, err := c.Page(50, 1000)
	if err != nil {
		return nil, err
	}
	found := []map[string]any{}
	for _, st := range p.world.Streams() {
		if st.HasMember(c.caller.ID) && filter.matches(st) {
			found = append(found, encodeStream(st))
		}
	}
	if found = rest.Cut(found, skip, limit); len(found) == 0 {
		return rest.NoContent{}, nil
	}
	return found, nil
}

func encodeStream(st *world.Stream) map[string]any {
	v := map[string]any{
		"id": st.ID, "crossPod": st.Room.CrossPod, "active": st.Active, "streamType": map[string]string{"type": st.Type},
	}
	if st.IsRoom() {
		v["roomAttributes"] = map[string]any{"name": st.Room.Name}
	} else {
		v["streamAttributes"] = map[string]any{"members": st.MemberIDs()}
	}
	return v
}

func (p *Pod) streamInfo(c *call) (any, error) {
	st, err := p.world.FindStream(c.Params["sid"])
	if err != nil {
		return nil, err
	}
	if err := st.CheckViewer(c.caller); err != nil {
		return nil, err
	}
	v := encodeStream(st)
	v["origin"] = "INTERNAL"
	if world.CompanyOf(st.Creator) != world.HomeCompany {
		v["origin"] = "EXTERNAL"
	}
	if last := p.world.LastMessage(st); last != nil {
		v["lastMessageDate"] = last.Time
	}
	if len(st.Groups) > 0 {
		v["roomAttributes"] = map[string]any{"name": st.Room.Name, "groups": st.Groups}
	}
	return v, nil
}

// listAttachments lists a stream's files; message ids come in the standard alphabet here.
func (p *Pod) listAttachments(c *call) (any, error) {
	st, err := p.world.FindStream(c.Params["sid"])
	if err != nil {
		return nil, err
	}
	if !st.HasMember(c.caller.ID) {
		return nil, world.ErrEntitlement
	}
	since, to, err := c.Span("since", "to")
	if err != nil {
		return nil, err
	}
	_, limit, err := c.Page(50, 100)
	if err != nil {
		return nil, err
	}
	files := []map[string]any{}
	for _, m := range p.world.MessagesOf(st) {
		if m.Time >= since && m.Time <= to && p.world.MayRead(c.caller, m) {
			files = append(files, encodeAttachments(m)...)
		}
	}
	if c.Query.Get("sortDir") == "DESC" {
		slices.Reverse(files)
	}
	return rest.Cut(files, 0, limit), nil
}
