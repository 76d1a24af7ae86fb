package commands

import (
	"iter"
	"time"
)

// The pace of adding people, by the vendor's advice: a burst, then Limits.AddsPerSecond, and one
// add every three seconds in rooms of more than 500 members. People are added part by part, each
// part at once and stored as a step. Between two parts the job is put off until the next is due, so
// that no other job waits for it.
const (
	addBurst   = 10
	largeRoom  = 500
	largeBurst = 5
	largePace  = 3 * time.Second // for each add
)

// estimateAdding is how long that many adds take under the pace.
func (l Limits) estimateAdding(adds int) time.Duration {
	slow := max(0, adds-largeRoom)
	return l.timeAfterBurst(max(0, adds-slow-addBurst)) + time.Duration(slow)*largePace
}

// timeAfterBurst is how long that many adds take after the burst.
func (l Limits) timeAfterBurst(adds int) time.Duration {
	return time.Duration(float64(adds) / l.AddsPerSecond * float64(time.Second))
}

// splitIntoParts yields the invitees who are added together, with the index of the first.
func splitIntoParts(invitees []invitee) iter.Seq2[int, []invitee] {
	return func(yield func(int, []invitee) bool) {
		for first := 0; first < len(invitees); {
			size := addBurst
			if first >= largeRoom {
				size = largeBurst
			}
			end := min(first+size, len(invitees))
			if !yield(first, invitees[first:end]) {
				return
			}
			first = end
		}
	}
}

// waitBefore is how long after the part before it this part is due.
func (a *memberAdder) waitBefore(first int, part []invitee) time.Duration {
	adds := a.countAbsent(part)
	if first >= largeRoom {
		return time.Duration(adds) * largePace
	}
	return a.env.Limits.timeAfterBurst(adds)
}
