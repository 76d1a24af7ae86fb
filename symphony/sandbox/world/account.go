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

// AccountWith finds the account that has this value of a key, among those that somebody may see;
// nil when there is none.
func (w *World) AccountWith(key, value string, seenBy *Person) *Person {
	if who := w.personWith(key, value); who != nil {
		return who
	}
	group := w.findGroup(func(g *Group) bool {
		return g.Status == StatusActive && g.hasKey(key, value) && w.MaySeeGroup(seenBy, g)
	})
	if group == nil {
		return nil
	}
	return group.account()
}

func (w *World) personWith(key, value string) *Person {
	switch key {
	case KeyID:
		id, _ := strconv.ParseInt(value, 10, 64) // nobody has the id 0
		return w.Person(id)
	case KeyEmail:
		return w.personWithEmail(value)
	}
	return w.PersonNamed(value)
}

// hasKey reports whether the account of a group has this value of a key.
func (g *Group) hasKey(key, value string) bool {
	if key == KeyID {
		return strconv.FormatInt(g.Profile, 10) == value
	}
	return strings.EqualFold(g.Email(), value)
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
