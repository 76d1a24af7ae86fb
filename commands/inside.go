package commands

import (
	"context"
	"fmt"
	"slices"

	"roombot/symphony"
)

// look finds out whom an earlier attempt has let in, so that this one goes on
// where that one ended: at the vendor's pace, a process that does not live long
// would never finish if it began anew each time.
func (e *entry) look(ctx context.Context) error {
	members, err := e.desk.Symphony.Members(ctx, e.room.ID)
	if symphony.VerdictOf(err) == symphony.Refused {
		return nil // to let somebody in twice changes nothing
	}
	if err != nil {
		return fmt.Errorf("list members: %w", err)
	}
	e.inside = map[symphony.UserID]symphony.Member{}
	for _, m := range members {
		e.inside[m.User] = m
	}
	return nil
}

// has reports whether an earlier attempt has let the account in. Somebody who came
// only with a list is not in by name, and would leave with the list.
func (e *entry) has(who entrant) bool {
	if !who.Group {
		m, inside := e.inside[who.ID]
		return inside && len(m.Through) == 0
	}
	for _, m := range e.inside {
		if slices.Contains(m.Through, who.ID) {
			return true
		}
	}
	return false
}

// outside counts those who are still to be let in.
func (e *entry) outside(entrants []entrant) int {
	n := 0
	for _, who := range entrants {
		if !who.Inside && !e.has(who) {
			n++
		}
	}
	return n
}
