package control

import (
	"slices"

	"roombot/symphony/sandbox/client"
	"roombot/symphony/sandbox/rest"
	"roombot/symphony/sandbox/world"
)

// encodeRoomProperties is what there is to know about a room besides its members.
func encodeRoomProperties(st *world.Stream) client.RoomProperties {
	a := st.Room
	properties := client.RoomProperties{
		Name: a.Name, Description: a.Description, Keywords: []client.Keyword{}, Public: a.Public, ReadOnly: a.ReadOnly,
		CopyProtected: a.CopyProtected, CrossPod: a.CrossPod, Discoverable: a.Discoverable, MembersCanInvite: a.MembersCanInvite,
		ViewHistory: a.ViewHistory, MultiLateral: a.MultiLateral,
		Owners: slices.DeleteFunc(st.MemberIDs(), func(id int64) bool { return !st.IsOwner(id) }),
		Groups: []client.RoomGroup{}, CreatedBy: st.Creator, Created: st.Created,
	}
	for _, k := range a.Keywords {
		properties.Keywords = append(properties.Keywords, client.Keyword(k))
	}
	for _, g := range st.Groups {
		properties.Groups = append(properties.Groups, client.RoomGroup(g))
	}
	return properties
}

func (c *Control) encodeRoom(st *world.Stream) client.Room {
	return client.Room{
		RoomProperties: encodeRoomProperties(st), StreamID: st.ID, Active: st.Active, Members: c.encodeMembers(st),
	}
}

func (c *Control) encodeMembers(st *world.Stream) []client.Member {
	members := []client.Member{}
	for _, m := range st.Members {
		member := client.Member{Username: c.world.Person(m.User).Username, Owner: m.Owner, Joined: m.Joined}
		for _, id := range m.Through {
			if g := c.world.ActiveGroup(id); g != nil {
				member.Through = append(member.Through, g.Name)
			}
		}
		members = append(members, member)
	}
	return members
}

// createRoom has somebody make a room, as people do in their client.
func (c *Control) createRoom(r *request) (any, error) {
	var body client.CreateRoomRequest
	if err := r.decode(&body); err != nil {
		return nil, err
	}
	who, err := c.person(body.As)
	if err != nil {
		return nil, err
	}
	members, err := c.userIDs(body.Members)
	if err != nil {
		return nil, err
	}
	st, err := c.world.CreateRoom(who, world.RoomChange{
		Name: &body.Name, Description: &body.Description, Keywords: decodeKeywords(body.Keywords), Public: &body.Public, CrossPod: &body.CrossPod,
	})
	if err != nil {
		return nil, err
	}
	for _, id := range members {
		if err := c.world.AddMember(who, st, id); err != nil {
			refused := rest.ErrorOf(err)
			return nil, rest.Refuse(refused.Status, "The room was made, but not everybody was added: %s", refused.Text)
		}
		c.world.AdmitNow(st, id)
	}
	return c.encodeRoom(st), nil
}

func (c *Control) updateRoom(r *request) (any, error) {
	var body client.UpdateRoomRequest
	if err := r.decode(&body); err != nil {
		return nil, err
	}
	who, err := c.person(body.As)
	if err != nil {
		return nil, err
	}
	st, err := c.world.FindRoom(r.Params["streamId"])
	if err != nil {
		return nil, err
	}
	change := world.RoomChange{Keywords: decodeKeywords(body.Keywords)}
	if body.Name != "" {
		change.Name = &body.Name
	}
	if err := c.world.UpdateRoom(who, st, change); err != nil {
		return nil, err
	}
	return c.encodeRoom(st), nil
}

// decodeKeywords are the keywords of a change, nil without any.
func decodeKeywords(given []client.Keyword) *[]world.Keyword {
	if len(given) == 0 {
		return nil
	}
	var keywords []world.Keyword
	for _, k := range given {
		keywords = append(keywords, world.Keyword(k))
	}
	return &keywords
}
