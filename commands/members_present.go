package commands

import (
	"context"
	"fmt"

	"roombot/symphony"
)

// loadPresent lists the members whom an earlier attempt has added, so that this one goes on from
// there: at the vendor's pace, a process that does not live long would otherwise never finish.
func (a *memberAdder) loadPresent(ctx context.Context) error {
	members, err := a.env.Symphony.Members(ctx, a.room.ID)
	if symphony.VerdictOf(err) == symphony.Refused {
		return nil // to let somebody in twice changes nothing
	}
	if err != nil {
		return fmt.Errorf("list members: %w", err)
	}
	a.members.noteList(members)
	return nil
}

// countAbsent counts the invitees who are still to be added.
func (a *memberAdder) countAbsent(invitees []invitee) int {
	n := 0
	for _, who := range invitees {
		if !who.IsMember && !a.members.hasByName(who) {
			n++
		}
	}
	return n
}
