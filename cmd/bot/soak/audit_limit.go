package soak

import (
	"fmt"
	"slices"
	"time"

	"roombot/bot/policy"
)

// countedRoom is a room that counts against the limits of its requester. It counts from some moment
// between the two times.
type countedRoom struct {
	*ending
	allowed, created time.Time
	perHour          int // the highest limit by which it was let
}

// checkLimits notes rooms beyond the limits, and requests that were refused because of a limit that
// was not reached.
func (a *AuditResult) checkLimits(g *Governance, endings []ending) {
	rooms := map[string][]countedRoom{}
	maybe := map[string][]time.Time{} // when each request that may ever have counted was let
	for i := range endings {
		e := &endings[i]
		at, known := e.allowedAt()
		if !known || e.refusal == policy.Limit {
			continue
		}
		who := e.request.As
		maybe[who] = append(maybe[who], at)
		if e.room == nil {
			continue
		}
		r := countedRoom{ending: e, allowed: at, created: e.createdAt()}
		for _, d := range e.record.decided {
			if d.Outcome == policy.Allow {
				r.perHour = max(r.perHour, g.limitOf(e.request, d))
			}
		}
		rooms[who] = append(rooms[who], r)
	}
	for _, of := range rooms {
		a.checkRoomCount(of)
	}
	for _, e := range endings {
		if e.refusal == policy.Limit && len(e.record.decided) > 0 {
			a.checkRefusal(g, e, maybe[e.request.As])
		}
	}
}

// limitOf is the limit by which a decision was made; 0 for none.
func (g *Governance) limitOf(c *Request, d decidedEntry) int {
	if d.Grant != 0 { // which has none
		return manyRooms
	}
	if rules := g.rulesAt(d.Version, c.Sent, d.At); rules != nil {
		return rules.rulingFor(c).perHour
	}
	return 0
}

// checkRoomCount notes each room of a person that is one too many. So is one before which the limit
// was reached; and of rooms within an hour that were let by a limit, or by lower ones, there are no
// more than that.
func (a *AuditResult) checkRoomCount(rooms []countedRoom) {
	slices.SortFunc(rooms, func(x, y countedRoom) int { return x.created.Compare(y.created) })
	for i, last := range rooms {
		before, limited := 0, 0
		for j, r := range rooms {
			if last.created.Sub(r.allowed) >= time.Hour {
				continue // it may not count any more
			}
			if j != i && !r.created.After(last.allowed) { // the pod's time has no microseconds: its own may seem earlier
				before++
			}
			if j <= i && r.perHour <= last.perHour {
				limited++
			}
		}
		if before >= last.perHour || limited > last.perHour {
			a.OverLimit++
			a.addFinding(last.request, fmt.Sprintf("a room beyond the limit of %d an hour", last.perHour))
		}
	}
}

// checkRefusal notes a refusal by a limit that as many rooms had not used up.
func (a *AuditResult) checkRefusal(g *Governance, e ending, counted []time.Time) {
	last := e.record.decided[len(e.record.decided)-1]
	used := 0
	for _, at := range counted {
		if !at.After(last.At) {
			used++
		}
	}
	if limit := g.limitOf(e.request, last); used < limit {
		a.addFinding(e.request, fmt.Sprintf("refused by a limit of %d an hour, after %d rooms", limit, used))
	}
}
