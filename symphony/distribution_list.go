package symphony

import (
	"context"
	"iter"
	"net/http"
	"net/url"
)

// distributionList is a group as the users API shows it: there the group's id is already the number
// by which it joins a room.
type distributionList struct {
	ID          UserID                   `json:"groupId"`
	Name        string                   `json:"name"`
	DisplayName string                   `json:"displayName"`
	Active      *lenientBool             `json:"active"`
	UpdatedAt   millis                   `json:"updatedDate"`
	Members     []distributionListMember `json:"members"`
	Restricted  []wholeNumber            `json:"restrictedTenants"`
}

type distributionListMember struct {
	User   UserID      `json:"userId"`
	Tenant wholeNumber `json:"tenantId"`
}

func (m distributionListMember) value() GroupMember {
	return GroupMember{User: m.User, Tenant: int64(m.Tenant)}
}

func (d distributionList) hasID() bool { return d.ID != 0 }

func (d distributionList) value() Group {
	g := Group{
		ID: GroupID(d.ID.String()), Name: d.Name, Status: ActiveGroup, ProfileID: d.ID, Members: toGroupMembers(d.Members),
		UpdatedAt: d.UpdatedAt.time(), RestrictedTenants: toInt64s(d.Restricted), profile: d.ID.String(),
	}
	if g.Name == "" {
		g.Name = d.DisplayName
	}
	if d.Active != nil && !*d.Active {
		g.Status = DeletedGroup
	}
	return g
}

// DistributionLists yields the distribution lists, deleted ones included, by the newer users API,
// which needs no right of the profile manager's but is not on every pod: ErrNotFound there. One
// that cannot be read is left out, counted and logged. The pages are ordered by id and may be
// shorter than asked for: an empty one is the last.
//
//	GET /v1/groups/sdl/list
func (c *Client) DistributionLists(ctx context.Context) iter.Seq2[Group, error] {
	return yieldCursorPages(func(after string) ([]Group, string, error) {
		query := url.Values{"limit": {"100"}}
		if after != "" {
			query.Set("lastGroupId", after)
		}
		page, err := call[list[distributionList]](ctx, c, request{op: opDistributionLists, query: query})
		c.noteUnreadable(ctx, opDistributionLists, page.unreadable)
		switch {
		case err != nil || page.size() == 0:
			return nil, "", err
		case len(page.entries) == 0: // where the next page begins is not known
			return nil, "", opDistributionLists.newError(Error{Status: http.StatusOK, Err: page.unreadable[0]})
		}
		groups := toValues[Group](page.entries)
		return groups, groups[len(groups)-1].ProfileID.String(), nil
	})
}

// DistributionList describes one distribution list by the users API.
//
//	GET /v1/groups/sdl/{groupId}
func (c *Client) DistributionList(ctx context.Context, id UserID) (Group, error) {
	return callForValue[Group, distributionList](ctx, c, request{op: opDistributionList, args: []string{id.String()}})
}
