package control

import (
	"encoding/json"

	"roombot/symphony/sandbox/client"
	"roombot/symphony/sandbox/world"
)

// groupMaker is who makes the groups of the control API.
const groupMaker = "ops"

// createGroup has the administrator of the pod make a distribution list.
func (c *Control) createGroup(r *request) (any, error) {
	var body client.CreateGroupRequest
	if err := r.decode(&body); err != nil {
		return nil, err
	}
	maker, err := c.person(groupMaker)
	if err != nil {
		return nil, err
	}
	members, err := c.userIDs(body.Members)
	if err != nil {
		return nil, err
	}
	users, err := c.userIDs(body.RestrictedUsers)
	if err != nil {
		return nil, err
	}
	visible := world.Visibility{Tenants: body.RestrictedTenants, Users: users}
	g, err := c.world.CreateGroup(maker, world.GroupChange{Name: body.Name, Members: &members, Restrictions: restrictTo(visible)})
	if err != nil {
		return nil, err
	}
	return c.encodeGroup(g), nil
}

// restrictTo is a restriction as the profile manager would have been given it.
func restrictTo(visible world.Visibility) world.Restrictions {
	if len(visible.Tenants)+len(visible.Users) == 0 {
		return world.Restrictions{}
	}
	text, _ := json.Marshal(map[string]any{"restrictedTenantsList": visible.Tenants, "restrictedUsersList": visible.Users}) // numbers
	return world.Restrictions{Visibility: string(text), Visible: visible}
}
