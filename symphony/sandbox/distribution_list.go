package sandbox

import (
	"cmp"
	"slices"
	"strconv"

	"roombot/symphony/sandbox/rest"
	"roombot/symphony/sandbox/world"
)

// listSDL is the newer read-only way to the groups; here the id is the one that rooms take.
func (p *Pod) listSDL(c *call) (any, error) {
	_, limit, err := c.Page(50, 100)
	if err != nil {
		return nil, err
	}
	last, err := c.Millis("lastGroupId")
	if err != nil {
		return nil, err
	}
	all := slices.SortedFunc(slices.Values(p.world.GroupsSeenBy(c.caller)), func(a, b *world.Group) int { return cmp.Compare(a.Profile, b.Profile) })
	found := []any{}
	for _, g := range all {
		if g.Profile > last && len(found) < limit {
			found = append(found, encodeSDL(g))
		}
	}
	return found, nil
}

func (p *Pod) getSDL(c *call) (any, error) {
	id, err := c.UserID("groupId")
	if err != nil {
		return nil, err
	}
	g := p.world.GroupOfProfile(id)
	if g == nil || !p.world.MaySeeGroup(c.caller, g) {
		return nil, rest.BadRequest("Group %d not found", id)
	}
	return encodeSDL(g), nil
}

func encodeSDL(g *world.Group) map[string]any {
	members := []map[string]any{}
	for _, m := range g.Members {
		members = append(members, map[string]any{"userId": m.User, "tenantId": world.CompanyOf(m.User), "addedDate": m.Added})
	}
	v := map[string]any{
		"groupId": g.Profile, "name": g.Name, "username": g.Email(), "type": world.TypeSDL, "active": g.Status == world.StatusActive,
		"displayName": g.Name, "companyName": world.HomeCompanyName, "email": g.Email(), "members": members, "eTag": g.ETag,
		"createdDate": g.Created.UnixMilli(), "createdBy": strconv.FormatInt(g.Creator, 10),
		"updatedDate": g.Updated.UnixMilli(), "updatedBy": strconv.FormatInt(g.Updater, 10),
	}
	if tenants := g.Restrictions.Visible.Tenants; len(tenants) > 0 {
		v["restrictedTenants"] = tenants
	}
	return v
}
