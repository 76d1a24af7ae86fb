package commands

import (
	"context"
	"errors"

	"roombot/symphony"
)

// creationRefusal is the refusal where Symphony certainly created no room; nil where another
// attempt may help.
func (p *roomPlan) creationRefusal(ctx context.Context, err error) *Refusal {
	switch {
	case symphony.VerdictOf(err) != symphony.Refused:
		return nil
	case isNameTaken(err):
		return p.nameTakenRefusal(ctx)
	case errors.Is(err, symphony.ErrBlocked):
		return &Refusal{
			Code:    "blocked",
			Message: "A compliance rule blocks this room's name or description." + nothingCreated,
			Next:    "Choose other words, or ask Compliance which rule it is.",
		}
	case errors.Is(err, symphony.ErrBarrier):
		return &Refusal{
			Code:    "barrier",
			Message: "An information barrier forbids this room." + nothingCreated,
			Next:    "Only Compliance can change that.",
		}
	case errors.Is(err, symphony.ErrForbidden):
		return &Refusal{
			Code:    "entitlement",
			Message: "Symphony does not let me open " + p.describeCreation() + "." + nothingCreated,
			Next:    "Your Symphony administrators can give my account the entitlement.",
		}
	}
	return p.unexplainedRefusal()
}

// unexplainedRefusal is for a pod that refuses the room without a reason. Many pods allow no
// history in rooms for other companies.
func (p *roomPlan) unexplainedRefusal() *Refusal {
	refusal := &Refusal{
		Code:    "room-refused",
		Message: "Symphony does not accept a room with this name and these options." + nothingCreated,
		Next:    "Try a plainer name, or fewer options.",
	}
	if p.room.CrossPod && p.room.ViewHistory {
		refusal.Next = "Many pods allow no history: in rooms for other companies. Without it:"
		refusal.Offers = createOffers(FormatCommand(p.req.Message, withoutOption(p.req.Invocation, "history")))
	}
	return refusal
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
