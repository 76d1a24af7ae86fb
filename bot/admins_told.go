package bot

import (
	"context"
	"errors"
	"slices"

	"github.com/rs/zerolog"

	"roombot/bot/policy"
	"roombot/symphony"
)

// maxAdminsTold is how many administrators are told at most, unless the policy names more by
// themselves: who is in a group changes without the policy.
const maxAdminsTold = 20

// adminsToTell are the administrators whom the policies name as persons, and the colleagues who are
// in the groups of their administrators, each once. A group that cannot be read now is left out.
func (b *Bot) adminsToTell(ctx context.Context, policies ...*policy.Policy) []symphony.UserID {
	ids, err := b.findAdmins(ctx, policies...)
	if err != nil {
		zerolog.Ctx(ctx).Warn().Err(err).Msg("administrators in a group were not told, since it could not be read")
	}
	return ids
}

// findAdmins are those administrators, with the error of the groups that were left out.
func (b *Bot) findAdmins(ctx context.Context, policies ...*policy.Policy) (ids []symphony.UserID, unread error) {
	var groups []string
	for _, rules := range policies {
		for _, id := range rules.AdminIDs() {
			ids = append(ids, symphony.UserID(id))
		}
		groups = append(groups, rules.AdminGroups()...)
	}
	named := len(ids)
	for _, key := range groups {
		group, err := b.rules.groups.get(ctx, key)
		unread = errors.Join(unread, err)
		for id, isActive := range group.members {
			if isActive && id != b.self.ID && !b.env.IsExternal(id) {
				ids = append(ids, id)
			}
		}
	}
	slices.Sort(ids[named:])
	return boundAdmins(ctx, ids, named), unread
}

// boundAdmins leaves out who is there twice, and of those behind the named ones as many as are too
// many.
func boundAdmins(ctx context.Context, ids []symphony.UserID, named int) (kept []symphony.UserID) {
	for i, id := range ids {
		switch {
		case slices.Contains(kept, id):
		case i < named || len(kept) < maxAdminsTold:
			kept = append(kept, id)
		default:
			zerolog.Ctx(ctx).Warn().Msg("not all administrators were told, since there are too many in groups")
			return kept
		}
	}
	return kept
}
