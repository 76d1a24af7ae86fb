package commands

import (
	"context"
	"fmt"
	"strings"

	"roombot/commands/syntax"
	"roombot/symphony"
)

// nameLookup is what the bot sees of the name that a refused room was to have.
type nameLookup struct {
	own      *symphony.Room  // the request's own room has it
	sameName []symphony.Room // other rooms that have it
	known    map[string]bool // folded names of all rooms that were found
}

// lookUpName searches the rooms that the bot can see. A search that fails ends early.
func (p *roomPlan) lookUpName(ctx context.Context) nameLookup {
	found := nameLookup{known: map[string]bool{}}
	keys, err := p.env.acceptedProofKeys()
	if err != nil {
		return found
	}
	for room, err := range p.env.Symphony.SearchRooms(ctx, symphony.RoomQuery{Text: p.room.Name, NonDiscoverable: true}) {
		if err != nil || len(found.known) == 200 {
			break
		}
		name := foldRoomName(room.Attributes.Name)
		found.known[name] = true
		switch {
		case p.isOwnRoom(room, keys):
			found.own = &room
		case name == foldRoomName(p.room.Name):
			found.sameName = append(found.sameName, room)
		}
	}
	return found
}

// refuseTakenName refuses the name of a room that the requester may know of: one that they are in,
// or one of the company's public rooms. It returns nil where there is none.
func (p *roomPlan) refuseTakenName(ctx context.Context, found nameLookup) *Refusal {
	visible := false
	for _, room := range found.sameName {
		members, err := p.env.Symphony.Members(ctx, room.ID)
		if err == nil && isMember(members, p.req.From.ID) {
			return p.ownRoomRefusal(found, room)
		}
		visible = visible || room.Attributes.Public && !p.env.IsExternal(p.req.From.ID)
	}
	if !visible {
		return nil
	}
	return p.nameTakenRefusal(found)
}

// ownRoomRefusal is for the name of a room that the requester is in.
func (p *roomPlan) ownRoomRefusal(found nameLookup, room symphony.Room) *Refusal {
	refusal := p.offerFreeName(found, &Refusal{
		Code:    "name-taken",
		Message: "You already have “" + room.Attributes.Name + "”." + nothingCreated,
		Room:    room.ID,
	})
	if len(refusal.Offers) > 0 {
		refusal.Offers[0].Label = "Create " + syntax.Quote(found.freeName(p.room.Name))
	}
	return refusal
}

// nameTakenRefusal is for the name of a public room.
func (p *roomPlan) nameTakenRefusal(found nameLookup) *Refusal {
	return p.offerFreeName(found, &Refusal{
		Code:    "name-taken",
		Message: "Symphony does not accept the name “" + p.room.Name + "”: another room has it." + nothingCreated,
		Next:    "This name looks free:",
	})
}

// unexplainedRefusal is for all other reasons that Symphony may have, among them the name of a room
// that the requester may not know of: the words are the same whether there is such a room or not.
// Many pods allow no history in rooms for other companies.
func (p *roomPlan) unexplainedRefusal(found nameLookup) *Refusal {
	refusal := &Refusal{
		Code: "room-refused",
		Message: "Symphony does not accept a room with this name and these options. Another room may have the name “" +
			p.room.Name + "”." + nothingCreated,
		Next: "Fewer options may help, or another name. This one looks free:",
	}
	if p.room.CrossPod && p.room.ViewHistory {
		refusal.Next = "Many pods do not show earlier messages to newcomers in rooms for other companies. Without history:"
		refusal.Offers = createOffers(FormatCommand(p.req.Message, withoutOption(p.req.Invocation, "history")))
		return refusal
	}
	return p.offerFreeName(found, refusal)
}

func (p *roomPlan) offerFreeName(found nameLookup, refusal *Refusal) *Refusal {
	other := found.freeName(p.room.Name)
	if other == "" {
		refusal.Next = "Please send the command again with another name."
		return refusal
	}
	renamed := withoutOption(p.req.Invocation, "preview")
	renamed.Name = other
	refusal.Offers = createOffers(FormatCommand(p.req.Message, renamed))
	return refusal
}

// freeName is "Name 2", "Name 3" and so on, whichever is the first that no room has. A number that
// is left out tells no more than Symphony does, which refuses a name in use to everybody.
func (l nameLookup) freeName(name string) string {
	base := []rune(name)
	base = base[:min(len(base), 46)] // leaves room for the number within Symphony's 49
	for n := 2; n < 100; n++ {
		if other := fmt.Sprintf("%s %d", strings.TrimSpace(string(base)), n); !l.known[foldRoomName(other)] {
			return other
		}
	}
	return ""
}

// foldRoomName is the form in which Symphony compares room names: without case and blanks.
func foldRoomName(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), "")) }
