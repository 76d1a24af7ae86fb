package commands

import (
	"context"
	"fmt"

	"roombot/symphony"
)

// loadPresent lists the members whom an earlier attempt has added, so that this one goes on from
// there: at the vendor's pace, a process that does not live long would otherwise never finish.
func (a *memberAdder) loadPresent(ctx context.Context) error {
	members, seen, err := a.listMembers(ctx)
	if seen { // if not, to let somebody in twice changes nothing
		a.members.noteList(members)
	}
	return err
}

// listMembers reads the membership list. It is not seen where Symphony does not show it to the bot
// any more.
func (a *memberAdder) listMembers(ctx context.Context) (members []symphony.Member, seen bool, err error) {
	members, err = a.env.Symphony.Members(ctx, a.room.ID)
	switch {
	case symphony.VerdictOf(err) == symphony.Refused:
		return nil, false, nil
	case err != nil:
		return nil, false, fmt.Errorf("list members: %w", err)
	}
	return members, true, nil
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
