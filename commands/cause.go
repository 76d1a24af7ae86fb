package commands

import (
	"context"
	"errors"

	"roombot/symphony"
)

// Cause is why somebody could not be added to a room.
type Cause string

const (
	CauseNotFound     Cause = "not-found"
	CauseDisabled     Cause = "disabled"
	CauseNotConnected Cause = "not-connected"
	CauseInternalRoom Cause = "external-into-internal-room"
	CauseBarrier      Cause = "barrier"
	CauseEntitlement  Cause = "entitlement"
	CauseCompliance   Cause = "compliance"
	CauseNotOwner     Cause = "not-owner"
	CauseRefused      Cause = "refused"
)

// explain says what happened and what the reader can do about it.
func (c Cause) explain() (what, next string) {
	switch c {
	case CauseNotFound:
		return "Symphony does not know this account any more", "Check the name and add them in the room."
	case CauseDisabled:
		return "the account is disabled", "Your Symphony administrators can enable it again."
	case CauseNotConnected:
		return "not connected with this bot", "Their company must accept a connection request from the bot first; ask your Symphony administrators."
	case CauseInternalRoom:
		return "from another company, and this room is internal", "Open the room with external:yes to invite other companies."
	case CauseBarrier:
		return "an information barrier keeps them out", "Compliance decides about barriers; please ask them."
	case CauseEntitlement:
		return "not entitled to rooms of this kind", "Your Symphony administrators can grant the entitlement."
	case CauseCompliance:
		return "blocked by a compliance rule", "Please ask Compliance."
	case CauseNotOwner:
		return "added, but could not be made an owner", "Another owner can do it in the room's settings."
	default:
		return "Symphony refused without saying why", "Add them in the room, or give your administrators the request number."
	}
}

// permanent reports whether trying again would end the same way.
func permanent(err error) bool {
	for _, target := range []error{
		symphony.ErrBadRequest, symphony.ErrForbidden, symphony.ErrNotFound,
		symphony.ErrBlocked, symphony.ErrBarrier,
	} {
		if errors.Is(err, target) {
			return true
		}
	}
	return false
}

// diagnose finds out why an add was refused. Symphony's texts are not
// documented, so it goes by status and by what can be looked up; ok is true
// where the account turns out to be in the room already.
func (d *Desk) diagnose(ctx context.Context, room roomRef, who symphony.UserID, refused error) (cause Cause, ok bool) {
	switch {
	case errors.Is(refused, symphony.ErrBarrier):
		return CauseBarrier, false
	case errors.Is(refused, symphony.ErrBlocked):
		return CauseCompliance, false
	case d.foreign(who) && !room.External:
		return CauseInternalRoom, false
	}
	if members, err := d.Symphony.Members(ctx, room.ID); err == nil && isMember(members, who) {
		return "", true
	}
	if cause := d.account(ctx, who); cause != "" {
		return cause, false
	}
	if !errors.Is(refused, symphony.ErrForbidden) {
		return CauseRefused, false
	}
	if d.foreign(who) {
		return CauseEntitlement, false
	}
	return CauseBarrier, false
}

// account looks for a cause in the state of the account itself.
func (d *Desk) account(ctx context.Context, who symphony.UserID) Cause {
	if d.foreign(who) {
		link, err := d.Symphony.Connection(ctx, who)
		if errors.Is(err, symphony.ErrNotFound) || err == nil && link.Status != symphony.Accepted {
			return CauseNotConnected
		}
		return ""
	}
	found, err := d.Symphony.UsersByID(ctx, who)
	if err != nil {
		return ""
	}
	if len(found) == 0 {
		return CauseNotFound
	}
	active, err := d.Symphony.LookupUsers(ctx, symphony.UserLookup{IDs: []symphony.UserID{who}, OnlyActive: true})
	if err == nil && len(active) == 0 {
		return CauseDisabled
	}
	return ""
}

func isMember(members []symphony.Member, who symphony.UserID) bool {
	for _, m := range members {
		if m.User == who {
			return true
		}
	}
	return false
}
