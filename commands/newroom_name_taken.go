package commands

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"roombot/symphony"
)

// nameTakenRefusal offers another name. It does not say whether a room of that name exists: the
// requester may not be meant to know.
func (p *roomPlan) nameTakenRefusal(ctx context.Context) *Refusal {
	refusal := &Refusal{
		Code:    "name-taken",
		Message: "Symphony does not accept the name “" + p.room.Name + "”: another room may have it." + nothingCreated,
		Next:    "Please send the command again with another name.",
	}
	if other := p.suggestName(ctx); other != "" {
		renamed := p.req.Invocation
		renamed.Name = other
		refusal.Next = "This name looks free:"
		refusal.Offers = createOffers(FormatCommand(p.req.Message, renamed))
	}
	return refusal
}

// suggestName tries "Name 2", "Name 3" and so on against the rooms that the bot can see.
func (p *roomPlan) suggestName(ctx context.Context) string {
	known := map[string]bool{}
	for room, err := range p.env.Symphony.SearchRooms(ctx, symphony.RoomQuery{Text: p.room.Name, NonDiscoverable: true}) {
		if err != nil || len(known) == 200 {
			break
		}
		known[foldRoomName(room.Attributes.Name)] = true
	}
	base := []rune(p.room.Name)
	base = base[:min(len(base), 46)] // leaves room for the number within Symphony's 49
	for n := 2; n < 100; n++ {
		if name := fmt.Sprintf("%s %d", strings.TrimSpace(string(base)), n); !known[foldRoomName(name)] {
			return name
		}
	}
	return ""
}

// foldRoomName is the form in which Symphony compares room names: without case and blanks.
func foldRoomName(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), "")) }

// isNameTaken reports whether a room was refused for its name: a 400 whose text asks for another
// name, which is the only documented sign.
func isNameTaken(err error) bool {
	refused, ok := errors.AsType[*symphony.Error](err)
	return ok && errors.Is(err, symphony.ErrBadRequest) &&
		strings.Contains(strings.ToLower(refused.Message), "choose another name")
}
