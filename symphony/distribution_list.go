package symphony

import (
	"context"
	"iter"
	"net/url"
)

// distributionList is a group as the users API shows it: there the group's id is already the number
// by which it joins a room.
type distributionList struct {
	ID          UserID                   `json:"groupId"`
	Name        string                   `json:"name"`
	DisplayName string                   `json:"displayName"`
	Active      *bool                    `json:"active"`
	UpdatedAt   millis                   `json:"updatedDate"`
	Members     []distributionListMember `json:"members"`
}

type distributionListMember struct {
	User   UserID `json:"userId"`
	Tenant int64  `json:"tenantId"`
}

func (d distributionList) value() Group {
	g := Group{
		ID: GroupID(d.ID.String()), Name: d.Name, Status: "ACTIVE", ProfileID: d.ID,
		UpdatedAt: d.UpdatedAt.time(), profile: d.ID.String(),
	}
	if g.Name == "" {
		g.Name = d.DisplayName
	}
	if d.Active != nil && !*d.Active {
		g.Status = "DELETED"
	}
	for _, m := range d.Members {
		g.Members = append(g.Members, GroupMember{User: m.User, Tenant: m.Tenant})
	}
	return g
}

// DistributionLists yields the distribution lists by the newer users API, which needs no right of
// the profile manager's but is not on every pod: ErrNotFound there.
//
//	GET /v1/groups/sdl/list
func (c *Client) DistributionLists(ctx context.Context) iter.Seq2[Group, error] {
	const size = 100
	return yieldCursorPages(func(after string) ([]Group, string, error) {
		query := url.Values{"limit": {"100"}}
		if after != "" {
			query.Set("lastGroupId", after)
		}
		page, err := call[[]distributionList](ctx, c, request{op: opDistributionLists, query: query})
		groups := toValues[Group](page)
		if len(page) < size {
			return groups, "", err
		}
		return groups, page[len(page)-1].ID.String(), err
	})
}

// DistributionList describes one distribution list by the users API.
//
//	GET /v1/groups/sdl/{groupId}
func (c *Client) DistributionList(ctx context.Context, id UserID) (Group, error) {
	return callForValue[Group, distributionList](ctx, c, request{op: opDistributionList, args: []string{id.String()}})
}
