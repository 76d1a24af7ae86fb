package world

import (
	"slices"
	"strconv"
	"strings"
)

// Accounts are all that have a user id and that somebody may see: people, service accounts and
// distribution lists.
func (w *World) Accounts(seenBy *Person) []*Person {
	all := slices.Clone(w.state.People)
	for _, g := range w.GroupsSeenBy(seenBy) {
		if g.Status == StatusActive {
			all = append(all, g.account())
		}
	}
	return all
}

// Keys by which an account is looked up.
const (
	KeyID       = "uid"
	KeyEmail    = "email"
	KeyUsername = "username"
)

// HasKey reports whether an account has this value of a key.
func (p *Person) HasKey(key, value string) bool {
	switch key {
	case KeyID:
		return strconv.FormatInt(p.ID, 10) == value
	case KeyEmail:
		return strings.EqualFold(p.Email, value)
	default:
		return strings.EqualFold(p.Username, value)
	}
}

// UserQuery is what a search for users looks for, in the words of the service.
type UserQuery struct {
	Query   string       `json:"query"`
	Filters *UserFilters `json:"filters,omitempty"`
}

// UserFilters narrow a search for users.
type UserFilters struct {
	Title        string   `json:"title,omitempty"`
	Company      string   `json:"company,omitempty"`
	Location     string   `json:"location,omitempty"`
	AccountTypes []string `json:"accountTypes,omitempty"`
}

// Matches reports whether an account is searched for. Distribution lists are found only by those
// who ask for them.
func (q UserQuery) Matches(who *Person) bool {
	var filters UserFilters
	if q.Filters != nil {
		filters = *q.Filters
	}
	if len(filters.AccountTypes) > 0 && !slices.Contains(filters.AccountTypes, who.Type) {
		return false
	}
	if who.Type == TypeSDL && len(filters.AccountTypes) == 0 {
		return false
	}
	return containsFold(who.Title, filters.Title) && containsFold(who.Company, filters.Company) &&
		containsFold(who.Location, filters.Location) && q.matchesName(who)
}

func (q UserQuery) matchesName(who *Person) bool {
	names := []string{who.Display, who.First, who.Last, who.Email, who.Username}
	return slices.ContainsFunc(names, func(name string) bool { return containsFold(name, strings.TrimSpace(q.Query)) })
}

func containsFold(text, part string) bool {
	return strings.Contains(strings.ToLower(text), strings.ToLower(part))
}
