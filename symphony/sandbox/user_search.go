package sandbox

import (
	"slices"
	"strings"
)

type userQuery struct {
	Query   string       `json:"query"`
	Filters *userFilters `json:"filters,omitempty"`
}

type userFilters struct {
	Title        string   `json:"title,omitempty"`
	Company      string   `json:"company,omitempty"`
	Location     string   `json:"location,omitempty"`
	AccountTypes []string `json:"accountTypes,omitempty"`
}

func (p *Pod) searchUsers(c *call) (any, error) {
	var query userQuery
	if err := c.decode(&query); err != nil {
		return nil, err
	}
	skip, limit, err := c.page(50, 1000)
	if err != nil {
		return nil, err
	}
	_, asked := c.flag("active")
	found := []userV2{}
	for _, who := range p.state.accounts() {
		if query.matches(who) && p.visible(c, who) && (asked || who.Active) {
			found = append(found, who.view(c.caller))
		}
	}
	if len(found) == 0 {
		return noContent{}, nil
	}
	return map[string]any{
		"count": len(found), "skip": skip, "limit": limit, "searchQuery": query, "users": slice(found, skip, limit),
	}, nil
}

func (q userQuery) matches(who *person) bool {
	filters := q.Filters
	if filters == nil {
		filters = &userFilters{}
	}
	if len(filters.AccountTypes) > 0 && !slices.Contains(filters.AccountTypes, who.Type) {
		return false
	}
	if who.Type == typeSDL && len(filters.AccountTypes) == 0 {
		return false // distribution lists are found only by those who ask for them
	}
	return containsFold(who.Title, filters.Title) && containsFold(who.Company, filters.Company) &&
		containsFold(who.Location, filters.Location) && q.names(who)
}

func (q userQuery) names(who *person) bool {
	fields := []string{who.Display, who.First, who.Last, who.Email, who.Username}
	return slices.ContainsFunc(fields, func(field string) bool { return containsFold(field, strings.TrimSpace(q.Query)) })
}

func containsFold(text, part string) bool {
	return strings.Contains(strings.ToLower(text), strings.ToLower(part))
}

// slice gives one page of a list; never nil, because the Python kit iterates what it gets.
func slice[T any](all []T, skip, limit int) []T {
	from := min(skip, len(all))
	return append([]T{}, all[from:min(from+limit, len(all))]...)
}
