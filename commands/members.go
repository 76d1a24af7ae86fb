package commands

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"roombot/symphony"
)

// The vendor's advice on pace: a burst, then Limits.AddsPerSecond, and one add
// every three seconds in rooms of more than 500 members. People are let in part
// by part, each at once and kept as a step. Between two parts the request is put
// off until the next is due, so that nobody else waits for it.
const (
	addBurst   = 10
	largeRoom  = 500
	largeBurst = 5
	largePace  = 3 * time.Second // for each add
)

// Adds that Symphony does not answer are tried again as long as nobody gets in,
// and less often where others do: then it is that account, not Symphony.
const (
	triesAlone      = 5
	triesWithOthers = 2
)

// entrant is an account to be let into a room: a person or a distribution
// list, which Symphony treats as an account of its own.
type entrant struct {
	ID    symphony.UserID
	Name  string
	Group bool
	Owner bool
	// Inside is true where only the ownership is missing.
	Inside bool
}

// missing is somebody who could not be added, or not as wanted.
type missing struct {
	ID    symphony.UserID `json:"id"`
	Name  string          `json:"name"`
	Cause Cause           `json:"cause"`
}

// entry lets accounts into one room at the vendor's pace.
type entry struct {
	desk *Desk
	room roomRef
	pace *rate.Limiter
	// inside is who an earlier attempt has let in; nil for a fresh room.
	inside map[symphony.UserID]symphony.Member
}

func (d *Desk) entry(room roomRef) *entry {
	return &entry{desk: d, room: room, pace: rate.NewLimiter(rate.Limit(d.Limits.AddsPerSecond), addBurst)}
}

// requester comes first, so that the link works when it is read.
func (p *roomPlan) requester() entrant { return entrant{ID: p.req.From.ID, Name: p.req.From.Name} }

// others is everybody who comes after the requester, who is made an owner on
// the way.
func (p *roomPlan) others(requesterInside bool) []entrant {
	var all []entrant
	if requesterInside {
		first := p.requester()
		first.Owner, first.Inside = true, true
		all = append(all, first)
	}
	for _, person := range p.People {
		all = append(all, entrant{ID: person.ID, Name: person.Name, Owner: contains(p.Owners, person.ID)})
	}
	for _, g := range p.Groups {
		all = append(all, entrant{ID: g.ID, Name: g.Name, Group: true})
	}
	return all
}

// estimate is how long that many adds take under the pace.
func (l Limits) estimate(adds int) time.Duration {
	slow := max(0, adds-largeRoom)
	return l.pause(max(0, adds-slow-addBurst)) + time.Duration(slow)*largePace
}

// pause is how long that many adds take after the burst.
func (l Limits) pause(adds int) time.Duration {
	return time.Duration(float64(adds) / l.AddsPerSecond * float64(time.Second))
}

// admitFirst lets one account in ahead of the others. Its result is kept, as it
// decides who the others are: their parts go by number.
func (e *entry) admitFirst(ctx context.Context, w Attempt, who entrant) (absent []missing, err error) {
	const step = "requester"
	err = w.Do(ctx, step, &absent, func(ctx context.Context) (any, error) {
		return e.admitSome(ctx, w, step, []entrant{who})
	})
	return absent, err
}

// admitAll lets everybody in and returns who is missing in the order of
// entrants. Whoever cannot be added does not stop the others. It returns *WaitError
// after a part when the next one has to wait.
func (e *entry) admitAll(ctx context.Context, w Attempt, entrants []entrant) ([]missing, error) {
	var all []missing
	begun := false
	for at, part := range parts(entrants) {
		if wait := e.wait(at, part); begun && wait > 0 {
			return nil, &WaitError{After: wait, Why: "the next are let in then", Planned: true}
		}
		var absent []missing
		step := fmt.Sprintf("members/%d", at)
		err := w.Do(ctx, step, &absent, func(ctx context.Context) (any, error) {
			begun = true
			return e.admitSome(ctx, w, step, part)
		})
		if err != nil {
			return nil, err
		}
		all = append(all, absent...)
	}
	return all, nil
}

// parts are the entrants who are let in together, with the place of the first.
func parts(entrants []entrant) iter.Seq2[int, []entrant] {
	return func(yield func(int, []entrant) bool) {
		for at := 0; at < len(entrants); {
			size := addBurst
			if at >= largeRoom {
				size = largeBurst
			}
			end := min(at+size, len(entrants))
			if !yield(at, entrants[at:end]) {
				return
			}
			at = end
		}
	}
}

// wait is how long after the part before it a part is due.
func (e *entry) wait(at int, part []entrant) time.Duration {
	adds := e.outside(part)
	if at >= largeRoom {
		return time.Duration(adds) * largePace
	}
	return e.desk.Limits.pause(adds)
}

// admitSome returns an error where another attempt may let in who is left.
func (e *entry) admitSome(ctx context.Context, w Attempt, step string, entrants []entrant) ([]missing, error) {
	outcomes, failures := e.tryAll(ctx, entrants)
	absent := []missing{}
	var failed error
	for i, who := range entrants {
		switch {
		case failures[i] != nil:
			failed = failures[i]
			absent = append(absent, missing{ID: who.ID, Name: who.Name, Cause: CauseNoAnswer})
		case outcomes[i] != "":
			absent = append(absent, missing{ID: who.ID, Name: who.Name, Cause: outcomes[i]})
		}
	}
	if failed == nil {
		return absent, nil
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	tries := triesAlone
	if slices.Contains(failures, nil) {
		tries = triesWithOthers
	}
	return absent, outOfTries(ctx, w, step, tries, failed)
}

func (e *entry) tryAll(ctx context.Context, entrants []entrant) ([]Cause, []error) {
	causes, failures := make([]Cause, len(entrants)), make([]error, len(entrants))
	var all sync.WaitGroup
	for i, who := range entrants {
		all.Go(func() { causes[i], failures[i] = e.admit(ctx, who) })
	}
	all.Wait()
	return causes, failures
}

// outOfTries counts the failures of a step and returns the failure until there
// have been so many.
func outOfTries(ctx context.Context, w Attempt, step string, tries int, failure error) error {
	step += "/failed"
	_, before, err := w.Intended(ctx, step)
	if err != nil || before+1 >= tries {
		return err
	}
	if err := w.Intend(ctx, step); err != nil {
		return err
	}
	return failure
}

// admit lets one account in. It returns no cause when it is inside as wanted,
// the cause when Symphony refused, and an error when trying again may help.
func (e *entry) admit(ctx context.Context, who entrant) (Cause, error) {
	if !who.Inside && !e.has(who) {
		if cause, err := e.add(ctx, who); cause != "" || err != nil {
			return cause, err
		}
	}
	if !who.Owner || e.inside[who.ID].Owner {
		return "", nil
	}
	err := e.desk.Symphony.PromoteOwner(ctx, e.room.ID, who.ID)
	switch {
	case symphony.VerdictOf(err) == symphony.Refused:
		return CauseNotOwner, nil
	case err != nil:
		return "", fmt.Errorf("promote owner: %w", err)
	}
	return "", nil
}

func (e *entry) add(ctx context.Context, who entrant) (Cause, error) {
	if who.ID == 0 { // the profile manager tells no account for this list
		return CauseGroup, nil
	}
	if err := e.pace.Wait(ctx); err != nil {
		return "", err
	}
	err := e.desk.Symphony.AddMember(ctx, e.room.ID, who.ID)
	switch {
	case err == nil:
		return "", nil
	case symphony.VerdictOf(err) != symphony.Refused:
		return "", fmt.Errorf("add member: %w", err)
	}
	return e.desk.diagnose(ctx, e.room, who, err), nil
}
