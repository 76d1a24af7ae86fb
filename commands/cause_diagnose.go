package commands

import (
	"context"
	"errors"
	"slices"

	"roombot/symphony"
)

// diagnoseAdd finds out why Symphony refused to add somebody. Its texts are not documented, so that
// the status and further lookups decide. There is no cause where the account turns out to be in the
// room.
func (env *Env) diagnoseAdd(ctx context.Context, room storedRoom, invitee invitee, refused error) Cause {
	switch {
	case errors.Is(refused, symphony.ErrBarrier):
		return CauseBarrier
	case errors.Is(refused, symphony.ErrBlocked):
		return CauseCompliance
	case !invitee.Group && env.IsExternal(invitee.ID) && !room.External:
		return CauseInternalRoom
	}
	members, err := env.Symphony.Members(ctx, room.ID)
	switch {
	case err == nil && isMember(members, invitee.ID):
		return ""
	case symphony.VerdictOf(err) == symphony.Refused:
		return CauseUnseen
	case err == nil && !isOwner(members, env.Self.ID):
		return CauseShutOut
	case invitee.Group:
		return env.diagnoseGroup(ctx, room, invitee.ID)
	}
	if cause := env.diagnoseAccount(ctx, invitee.ID); cause != "" {
		return cause
	}
	switch {
	case !errors.Is(refused, symphony.ErrForbidden):
		return CauseRefused
	case env.IsExternal(invitee.ID):
		return CauseEntitlement
	default: // also of information barriers, on pods without status 452
		return CauseForbidden
	}
}

// diagnoseGroup only looks whether the group is in the room: the account of a group cannot be
// looked up, and its number does not tell a company.
func (env *Env) diagnoseGroup(ctx context.Context, room storedRoom, who symphony.UserID) Cause {
	now, err := env.Symphony.Room(ctx, room.ID)
	if err == nil && slices.ContainsFunc(now.Groups, func(g symphony.RoomGroup) bool { return g.ID == who }) {
		return ""
	}
	return CauseGroup
}

// diagnoseAccount looks for a cause in the state of the account itself.
func (env *Env) diagnoseAccount(ctx context.Context, who symphony.UserID) Cause {
	if env.IsExternal(who) {
		link, err := env.Symphony.Connection(ctx, who)
		if symphony.VerdictOf(err) == symphony.Refused && errors.Is(err, symphony.ErrNotFound) || err == nil && link.Status != symphony.Accepted {
			return CauseNotConnected
		}
		return ""
	}
	found, err := env.Symphony.UsersByID(ctx, who)
	if err != nil {
		return ""
	}
	if len(found) == 0 {
		return CauseNotFound
	}
	active, err := env.Symphony.LookupUsers(ctx, symphony.UserLookup{IDs: []symphony.UserID{who}, OnlyActive: true})
	if err == nil && len(active) == 0 {
		return CauseDisabled
	}
	return ""
}

func isMember(members []symphony.Member, who symphony.UserID) bool {
	return slices.ContainsFunc(members, func(m symphony.Member) bool { return m.User == who })
}

func isOwner(members []symphony.Member, who symphony.UserID) bool {
	return slices.ContainsFunc(members, func(m symphony.Member) bool { return m.User == who && m.Owner })
}
