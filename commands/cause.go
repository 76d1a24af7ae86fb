package commands

import (
	"context"
	"errors"
	"slices"

	"roombot/symphony"
)

// Cause is why somebody could not be added to a room.
type Cause string

// The causes there are. They are kept with a request and must stay readable.
const (
	CauseNotFound     Cause = "not-found"
	CauseDisabled     Cause = "disabled"
	CauseNotConnected Cause = "not-connected"
	CauseInternalRoom Cause = "external-into-internal-room"
	CauseBarrier      Cause = "barrier"
	CauseEntitlement  Cause = "entitlement"
	CauseCompliance   Cause = "compliance"
	CauseNotOwner     Cause = "not-owner"
	CauseGroup        Cause = "group-refused"
	CauseNoAnswer     Cause = "no-answer"
	CauseShutOut      Cause = "shut-out"
	CauseRefused      Cause = "refused"
)

// explain says what happened and what the reader can do about it.
func (c Cause) explain() (what, next string) {
	switch c {
	case CauseNotFound:
		return "Symphony does not know this account any more", "Check who was meant, and add them in the room."
	case CauseDisabled:
		return "the account is disabled", "Your Symphony administrators can enable it again."
	case CauseNotConnected:
		return "not connected with me", "Their company must first accept a connection with me; ask your Symphony administrators."
	case CauseInternalRoom:
		return "from another company, and this room is internal", "A room opened with external:yes can take other companies."
	case CauseBarrier:
		return "kept out by an information barrier", "Only Compliance can change that."
	case CauseEntitlement:
		return "not entitled to rooms of this kind", "Your Symphony administrators can grant the entitlement."
	case CauseCompliance:
		return "blocked by a compliance rule", "Compliance can tell you which one."
	case CauseNotOwner:
		return "added, but not made an owner: Symphony refused", "Another owner can do it in the room's settings."
	case CauseGroup:
		return "Symphony does not let me add this group",
			"An information barrier may keep some of its people out. Add people by name, or ask your Symphony administrators."
	case CauseNoAnswer:
		return "Symphony did not answer, though I asked several times", "Look in the room, and add them there if they are missing."
	case CauseShutOut:
		return "I am no longer an owner of the room, somebody may have taken me out", "The room's owners can add them."
	default:
		return "Symphony refused without saying why", "Add them in the room, or ask your administrators with the request number."
	}
}

// unreadable is the refusal of a request for which Symphony does not let the
// bot look something up.
func unreadable(what string) *Refusal {
	return &Refusal{
		Code:    "lookup-refused",
		Message: "Symphony does not let me look up " + what + "." + nothing,
		Next:    "Your Symphony administrators can check the rights of my account.",
	}
}

// diagnose finds out why an add was refused. Symphony's texts are not
// documented, so it goes by status and by what can be looked up. There is no
// cause where the account turns out to be in the room already.
func (d *Desk) diagnose(ctx context.Context, room roomRef, who entrant, refused error) Cause {
	switch {
	case errors.Is(refused, symphony.ErrBarrier):
		return CauseBarrier
	case errors.Is(refused, symphony.ErrBlocked):
		return CauseCompliance
	case !who.Group && d.Foreign(who.ID) && !room.External:
		return CauseInternalRoom
	}
	members, err := d.Symphony.Members(ctx, room.ID)
	switch {
	case err == nil && isMember(members, who.ID):
		return ""
	case symphony.VerdictOf(err) == symphony.Refused, err == nil && !isOwner(members, d.Self.ID):
		return CauseShutOut
	case who.Group:
		return d.diagnoseGroup(ctx, room, who.ID)
	}
	if cause := d.account(ctx, who.ID); cause != "" {
		return cause
	}
	switch {
	case !errors.Is(refused, symphony.ErrForbidden):
		return CauseRefused
	case d.Foreign(who.ID):
		return CauseEntitlement
	default: // pods without status 452 answer so
		return CauseBarrier
	}
}

// diagnoseGroup knows nothing of a list's account: it cannot be looked up, and
// its number says nothing about a company.
func (d *Desk) diagnoseGroup(ctx context.Context, room roomRef, who symphony.UserID) Cause {
	now, err := d.Symphony.Room(ctx, room.ID)
	if err == nil && slices.ContainsFunc(now.Groups, func(g symphony.RoomGroup) bool { return g.ID == who }) {
		return ""
	}
	return CauseGroup
}

// account looks for a cause in the state of the account itself.
func (d *Desk) account(ctx context.Context, who symphony.UserID) Cause {
	if d.Foreign(who) {
		link, err := d.Symphony.Connection(ctx, who)
		if symphony.VerdictOf(err) == symphony.Refused && errors.Is(err, symphony.ErrNotFound) || err == nil && link.Status != symphony.Accepted {
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
	return slices.ContainsFunc(members, func(m symphony.Member) bool { return m.User == who })
}

func isOwner(members []symphony.Member, who symphony.UserID) bool {
	return slices.ContainsFunc(members, func(m symphony.Member) bool { return m.User == who && m.Owner })
}
