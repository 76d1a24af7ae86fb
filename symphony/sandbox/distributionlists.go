package sandbox

import (
	"cmp"
	"slices"
	"strconv"
)

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
