package sandbox

import (
	"roombot/symphony/sandbox/rest"
	"roombot/symphony/sandbox/world"
)

// roomView is a room as create, info, update and search show it.
type roomView struct {
	Attributes world.Attributes   `json:"roomAttributes"`
	System     systemInfo         `json:"roomSystemInfo"`
	Groups     []world.AddedGroup `json:"groups,omitempty"`
}

type systemInfo struct {
	ID      string `json:"id"`
	Created int64  `json:"creationDate"`
	Creator int64  `json:"createdByUserId"`
	Active  bool   `json:"active"`
}

func encodeRoom(st *world.Stream) roomView {
	return roomView{Attributes: st.Room, System: encodeSystemInfo(st), Groups: st.Groups}
}

func encodeSystemInfo(st *world.Stream) systemInfo {
	return systemInfo{ID: st.ID, Created: st.Created, Creator: st.Creator, Active: st.Active}
}

func (p *Pod) createRoom(c *call) (any, error) {
	var body world.RoomChange
	if err := c.decode(&body); err != nil {
		return nil, err
	}
	st, err := p.world.CreateRoom(c.caller, body)
	if err != nil {
		return nil, err
	}
	return encodeRoom(st), nil
}

func (p *Pod) roomInfo(c *call) (any, error) {
	st, err := p.findVisibleRoom(c)
	if err != nil {
		return nil, err
	}
	return encodeRoom(st), nil
}

// findVisibleRoom finds the room of the path, which the caller must be allowed to see.
func (p *Pod) findVisibleRoom(c *call) (*world.Stream, error) {
	st, err := p.world.FindRoom(c.Params["id"])
	if err != nil {
		return nil, err
	}
	if err := st.CheckViewer(c.caller); err != nil {
		return nil, err
	}
	return st, nil
}

func (p *Pod) updateRoom(c *call) (any, error) {
	st, err := p.world.FindRoom(c.Params["id"])
	if err != nil {
		return nil, err
	}
	var body world.RoomChange
	if err := c.decode(&body); err != nil {
		return nil, err
	}
	if err := p.world.UpdateRoom(c.caller, st, body); err != nil {
		return nil, err
	}
	return encodeRoom(st), nil
}

func (p *Pod) setActive(c *call) (any, error) {
	st, err := p.world.FindRoom(c.Params["id"])
	if err != nil {
		return nil, err
	}
	active, given := c.Flag("active")
	if !given {
		return nil, rest.BadRequest("The parameter active must be true or false")
	}
	if err := p.world.SetActive(c.caller, st, active); err != nil {
		return nil, err
	}
	a := st.Room
	return map[string]any{
		"roomAttributes": map[string]any{
			"name": a.Name, "description": a.Description, "membersCanInvite": a.MembersCanInvite, "discoverable": a.Discoverable,
		},
		"roomSystemInfo": encodeSystemInfo(st),
		"immutableRoomAttributes": map[string]any{
			"readOnly": a.ReadOnly, "copyProtected": a.CopyProtected, "public": a.Public,
		},
	}, nil
}

func (p *Pod) searchRooms(c *call) (any, error) {
	var query world.RoomQuery
	if err := c.decode(&query); err != nil {
		return nil, err
	}
	skip, limit, err := c.Page(50, 100)
	if err != nil {
		return nil, err
	}
	found, err := p.world.SearchRooms(c.caller, query, c.IsSet("includeNonDiscoverable"))
	if err != nil {
		return nil, err
	}
	rooms := []roomView{}
	for _, st := range rest.Cut(found, skip, limit) {
		room := encodeRoom(st)
		room.System.ID = world.StandardID(st.ID) // search is one of the few places that answer in this alphabet
		rooms = append(rooms, room)
	}
	counts := []any{}
	for _, label := range query.Labels {
		counts = append(counts, map[string]any{"facet": label, "count": world.CountLabel(found, label)})
	}
	return map[string]any{
		"count": len(found), "skip": skip, "limit": limit, "query": query, "rooms": rooms, "facetedMatchCount": counts,
	}, nil
}
