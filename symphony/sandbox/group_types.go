package sandbox

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
)

func groupRoutes() []route {
	table := []route{
		{method: "POST", path: "/v1/groups", name: "insertGroup", handle: (*Pod).insertGroup},
		{method: "GET", path: "/v1/groups/type/{typeId}", name: "listGroups", handle: (*Pod).listGroups},
		{method: "GET", path: "/v1/groups/{groupId}", name: "getGroup", handle: (*Pod).getGroup},
		{method: "PUT", path: "/v1/groups/{groupId}", name: "updateGroup", handle: (*Pod).updateGroup},
		{method: "POST", path: "/v1/groups/{groupId}/member", name: "addMemberToGroup", handle: (*Pod).addGroupMember},
		{method: "POST", path: "/v1/groups/{groupId}/avatar", name: "updateAvatar", handle: (*Pod).updateGroupAvatar},
		{method: "GET", path: "/v1/types", name: "listTypes", handle: (*Pod).listTypes},
		{method: "GET", path: "/v1/types/{typeId}", name: "getType", handle: (*Pod).getType},
	}
	for i := range table {
		table[i].path, table[i].family, table[i].auth = "/profile-manager"+table[i].path, familyProfile, authBearer
	}
	return append(table,
		route{method: "GET", path: "/v1/groups/sdl/list", name: "listSDLGroups", auth: authSession, handle: (*Pod).listSDL},
		route{method: "GET", path: "/v1/groups/sdl/{groupId}", name: "getSDLGroupById", auth: authSession, handle: (*Pod).getSDL},
	)
}

func groupType() map[string]any {
	return map[string]any{"id": typeSDL, "ownerType": "TENANT", "name": "Symphony Distribution List", "status": statusActive}
}

func (p *Pod) listTypes(*call) (any, error) {
	return map[string]any{
		"pagination": map[string]any{"cursors": map[string]string{}}, "data": []any{groupType()},
	}, nil
}

func (p *Pod) getType(c *call) (any, error) {
	if c.params["typeId"] != typeSDL {
		return nil, refuse(http.StatusNotFound, "Group type %s not found", c.params["typeId"])
	}
	v := groupType()
	v["profileControl"] = map[string]any{"canHavePublicProfile": true, "profileFields": []string{"displayName", "email"}}
	v["membershipControl"] = map[string]any{"manualMembership": true, "canBelongToMultipleGroup": true}
	v["interactionControl"] = map[string]any{
		"allowIMs": false, "allowRooms": true, "canHaveInteraction": true,
		"interactionTransfer": map[string]any{"target": "TO_MEMBERS", "updateInteractionOngroupUpdate": true},
	}
	return v, nil
}

// listSDL is the newer read-only way to the same lists; here the id is the one rooms take.
func (p *Pod) listSDL(c *call) (any, error) {
	_, limit, err := c.page(50, 100)
	if err != nil {
		return nil, err
	}
	last, err := c.millis("lastGroupId")
	if err != nil {
		return nil, err
	}
	all := slices.SortedFunc(slices.Values(p.state.Groups), func(a, b *group) int { return cmp.Compare(a.Profile, b.Profile) })
	found := []any{}
	for _, g := range all {
		if g.Profile > last && len(found) < limit {
			found = append(found, g.sdl())
		}
	}
	return found, nil
}

func (p *Pod) getSDL(c *call) (any, error) {
	id, err := c.userID("groupId")
	if err != nil {
		return nil, err
	}
	for _, g := range p.state.Groups {
		if g.Profile == id {
			return g.sdl(), nil
		}
	}
	return nil, badRequest("Group %d not found", id)
}

func (g *group) sdl() map[string]any {
	members := []map[string]any{}
	for _, m := range g.Members {
		members = append(members, map[string]any{"userId": m.User, "tenantId": tenantOf(m.User), "addedDate": m.Added})
	}
	return map[string]any{
		"groupId": g.Profile, "name": g.Name, "username": g.email(), "type": typeSDL, "active": g.Status == statusActive,
		"displayName": g.Name, "companyName": homeCompany, "email": g.email(), "members": members, "eTag": g.ETag,
		"createdDate": g.Created.UnixMilli(), "createdBy": strconv.FormatInt(g.Creator, 10),
		"updatedDate": g.Updated.UnixMilli(), "updatedBy": strconv.FormatInt(g.Updater, 10),
	}
}
