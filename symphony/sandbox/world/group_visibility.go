package world

import "slices"

// Visibility is who may see a group; the zero value is everybody. Where it names companies and
// users, it takes both: the specification does not say so, nor that one would do.
type Visibility struct {
	Tenants []int64 `json:"tenants,omitempty"`
	Users   []int64 `json:"users,omitempty"`
}

// names reports whether a restriction lets somebody see the group.
func (v Visibility) names(who *Person) bool {
	return (len(v.Tenants) == 0 || slices.Contains(v.Tenants, CompanyOf(who.ID))) && (len(v.Users) == 0 || slices.Contains(v.Users, who.ID))
}

// MaySeeGroup reports whether somebody may see a group: whom its restriction names, and service
// accounts that may see all groups.
func (w *World) MaySeeGroup(who *Person, g *Group) bool {
	return g.Restrictions.Visible.names(who) || who.Type == TypeSystem && w.state.Rights.AllGroups
}

// GroupsSeenBy are the distribution lists that somebody may see, oldest first, deleted ones too.
func (w *World) GroupsSeenBy(who *Person) []*Group {
	return slices.DeleteFunc(slices.Clone(w.state.Groups), func(g *Group) bool { return !w.MaySeeGroup(who, g) })
}
