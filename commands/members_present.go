package commands

import (
	"context"
	"fmt"
	"slices"

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
	a.present = map[symphony.UserID]symphony.Member{}
	for _, m := range members {
		a.present[m.User] = m
	}
	return nil
}

// isPresent reports whether an earlier attempt has added the account. A person who came only with a
// group is not a member by name, and would leave with the group.
func (a *memberAdder) isPresent(who invitee) bool {
	if !who.Group {
		m, inside := a.present[who.ID]
		return inside && len(m.Through) == 0
	}
	for _, m := range a.present {
		if slices.Contains(m.Through, who.ID) {
			return true
		}
	}
	return false
}

// countAbsent counts the invitees who are still to be added.
func (a *memberAdder) countAbsent(invitees []invitee) int {
	n := 0
	for _, who := range invitees {
		if !who.IsMember && !a.isPresent(who) {
			n++
		}
	}
	return n
}
