package symphony

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/url"
	"slices"
	"time"
)

// DistributionListType is the group type of Symphony's distribution lists.
const DistributionListType = "SDL"

// Statuses of groups.
const (
	ActiveGroup  = "ACTIVE"
	DeletedGroup = "DELETED"
)

// Group is a group of people that can join a room as one.
type Group struct {
	ID   GroupID
	Name string
	// Status is ActiveGroup or DeletedGroup.
	Status string
	// ProfileID is the number by which the group joins a room. It is 0 when the profile manager's
	// text is not a number: see Account.
	ProfileID UserID
	// Members is nil where Symphony does not say who is in the group, which its specifications allow.
	Members   []GroupMember
	UpdatedAt time.Time
	// Visibility is who may see the group, as the profile manager says.
	Visibility GroupVisibility
	// RestrictedTenants are the numbers of companies, of a group with restrictions. Only the users
	// API tells them, and its specification does not say whether these companies alone see the group
	// or alone do not: it is best shown to nobody.
	RestrictedTenants []int64

	profile string
}

// GroupVisibility is the restriction of a group to those who may see it. The zero value is none.
type GroupVisibility struct {
	Tenants []int64  // numbers of the companies that may see it; empty for all
	Users   []UserID // those who may see it; empty for all
}

// Admits reports whether the restriction lets a user see the group: one that names companies and
// users names both the user and the user's company. The specification does not say whether naming
// one of the two would be enough.
func (v GroupVisibility) Admits(who UserID) bool {
	return (len(v.Tenants) == 0 || slices.Contains(v.Tenants, who.Tenant())) &&
		(len(v.Users) == 0 || slices.Contains(v.Users, who))
}

// IsRestricted reports whether some users may not see the group.
func (g Group) IsRestricted() bool {
	return len(g.Visibility.Tenants)+len(g.Visibility.Users)+len(g.RestrictedTenants) > 0
}

// IsVisibleTo reports whether a user may see the group. Nobody may see one with RestrictedTenants.
func (g Group) IsVisibleTo(who UserID) bool {
	return len(g.RestrictedTenants) == 0 && g.Visibility.Admits(who)
}

// GroupMember is a person in a group.
type GroupMember struct {
	User   UserID
	Tenant int64
	// Disabled members do not join rooms with the group.
	Disabled bool
}

// Account is ProfileID, or an error that shows what stood in its place.
func (g Group) Account() (UserID, error) {
	if g.ProfileID != 0 {
		return g.ProfileID, nil
	}
	_, err := ParseUserID(g.profile)
	if err == nil {
		err = fmt.Errorf("no profile id")
	}
	return 0, fmt.Errorf("group %q: profile: %w", clipText(g.Name, 80), err)
}

// wireGroup is the profile manager's ReadGroup.
type wireGroup struct {
	ID        GroupID           `json:"id"`
	Name      string            `json:"name"`
	Status    string            `json:"status"`
	UpdatedAt string            `json:"updatedDate"`
	Members   []wireGroupMember `json:"members"`
	Profile   struct {
		ID lenientText `json:"id"` // a string by the specification, a number in some samples
	} `json:"profile"`
	Visibility struct {
		Tenants []wholeNumber `json:"restrictedTenantsList"`
		Users   []UserID      `json:"restrictedUsersList"`
	} `json:"visibilityRestriction"`
}

func (w wireGroup) value() Group {
	updated, _ := time.Parse(time.RFC3339, w.UpdatedAt) // of use to caches only
	account, _ := ParseUserID(string(w.Profile.ID))     // Account returns the error
	return Group{
		ID: w.ID, Name: w.Name, Status: w.Status, ProfileID: account, Members: toGroupMembers(w.Members),
		Visibility: GroupVisibility{Tenants: toInt64s(w.Visibility.Tenants), Users: w.Visibility.Users},
		UpdatedAt:  updated, profile: string(w.Profile.ID),
	}
}

// toGroupMembers is nil only where there was no list.
func toGroupMembers[W wireShape[GroupMember]](listed []W) []GroupMember {
	if listed == nil {
		return nil
	}
	return append([]GroupMember{}, toValues[GroupMember](listed)...)
}

type wireGroupMember struct {
	Tenant wholeNumber `json:"memberTenant"`
	User   UserID      `json:"memberId"`
	Status string      `json:"status"`
}

func (w wireGroupMember) value() GroupMember {
	return GroupMember{User: w.User, Tenant: int64(w.Tenant), Disabled: w.Status == "DISABLED"}
}

type groupPage struct {
	Pagination struct {
		Cursors struct {
			After string `json:"after"`
		} `json:"cursors"`
	} `json:"pagination"`
	Data list[wireGroup] `json:"data"`
}

// Groups yields the active groups of a type, usually [DistributionListType]. It needs the right to
// see groups: ErrForbidden otherwise. A group that cannot be read, or whose members or restriction
// cannot, is left out, counted and logged.
//
//	GET /profile-manager/v1/groups/type/{typeId}
func (c *Client) Groups(ctx context.Context, typeID string) iter.Seq2[Group, error] {
	return yieldCursorPages(func(after string) ([]Group, string, error) {
		query := url.Values{"status": {ActiveGroup}, "limit": {"100"}}
		if after != "" {
			query.Set("after", after)
		}
		page, err := call[groupPage](ctx, c, request{op: opGroups, args: []string{typeID}, query: query})
		c.noteUnreadable(ctx, opGroups, page.Data.unreadable)
		return toValues[Group](page.Data.entries), page.Pagination.Cursors.After, err
	})
}

// yieldCursorPages follows cursors until there is none. A cursor seen before would lead in a circle
// and ends the listing with an error.
func yieldCursorPages[T any](fetch func(after string) ([]T, string, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		seen := map[string]bool{"": true}
		for after := ""; ; {
			page, next, err := fetch(after)
			if err != nil {
				yield(none, err)
				return
			}
			for _, item := range page {
				if !yield(item, nil) {
					return
				}
			}
			if next == "" {
				return
			}
			if seen[next] || len(seen) > maxPages {
				yield(none, errors.New("listing: the server's cursor leads in a circle"))
				return
			}
			seen[next], after = true, next
		}
	}
}

// Group describes one group.
//
//	GET /profile-manager/v1/groups/{groupId}
func (c *Client) Group(ctx context.Context, id GroupID) (Group, error) {
	return callForValue[Group, wireGroup](ctx, c, request{op: opGroup, args: []string{string(id)}})
}
