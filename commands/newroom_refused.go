package commands

import (
	"context"
	"errors"

	"roombot/symphony"
)

// refuseCreation is what becomes of a room that Symphony refused. The status and lookups decide:
// the texts of refusals are not documented.
func (p *roomPlan) refuseCreation(ctx context.Context, refused error) *storedCreation {
	if refusal := p.refusalByStatus(refused); refusal != nil {
		return &storedCreation{Refused: refusal}
	}
	found := p.lookUpName(ctx)
	if found.own != nil { // somebody on the way has sent the call twice
		return creationOf(*found.own)
	}
	if refusal := p.refuseTakenName(ctx, found); refusal != nil {
		return &storedCreation{Refused: refusal}
	}
	return &storedCreation{Refused: p.unexplainedRefusal(found)}
}

// refusalByStatus is the refusal that a status stands for, nil where it may mean anything.
func (p *roomPlan) refusalByStatus(refused error) *Refusal {
	switch {
	case errors.Is(refused, symphony.ErrBlocked):
		return &Refusal{
			Code:    "blocked",
			Message: "A compliance rule blocks this room's name or description." + nothingCreated,
			Next:    "Choose other words, or ask Compliance which rule it is.",
		}
	case errors.Is(refused, symphony.ErrBarrier):
		return &Refusal{
			Code:    "barrier",
			Message: "An information barrier forbids this room." + nothingCreated,
			Next:    "Only Compliance can change that: ask them, or leave people out.",
		}
	case errors.Is(refused, symphony.ErrForbidden):
		return &Refusal{
			Code:    "entitlement",
			Message: "Symphony does not let me open " + p.describeCreation() + "." + nothingCreated,
			Next:    "Ask " + p.env.Contact + " to give my account, " + p.env.Self.Username + ", the entitlement.",
		}
	}
	return nil
}

// describeCreation says in words which right the bot lacks.
func (p *roomPlan) describeCreation() string {
	switch {
	case p.room.CrossPod:
		return "rooms for other companies"
	case p.room.Public:
		return "public rooms"
	}
	return "rooms"
}
