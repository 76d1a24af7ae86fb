package control

import (
	"slices"

	"roombot/symphony/sandbox/client"
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
