package commands

import (
	"context"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/time/rate"
)

// The vendor's advice on pace: a burst, then three adds a second, and one
// every three seconds in rooms of more than 500 members.
const (
	addBurst   = 10
	addsPerSec = 3
	largeRoom  = 500
	chunk      = 25 // adds per kept step: what a crash repeats at most
)

// entrant is an account to be let into a room: a person or a distribution
// list, which Symphony treats as an account of its own.
type entrant struct {
	Person
	// Behind is how many people a list stands for; 0 for a person.
	Behind int
	Owner  bool
	// Inside is true where only the ownership is missing.
	Inside bool
}

// missing is somebody who could not be added, or not as wanted.
type missing struct {
	Name  string `json:"name"`
	Cause Cause  `json:"cause"`
}

// entry lets accounts into one room at the vendor's pace.
type entry struct {
	desk *Desk
	room roomRef
	pace *rate.Limiter
}

func (d *Desk) entry(room roomRef) *entry {
	return &entry{desk: d, room: room, pace: rate.NewLimiter(addsPerSec, addBurst)}
}

// entrants is everybody who comes after the requester.
func (p *roomPlan) entrants(requesterInside bool) []entrant {
	var all []entrant
	if requesterInside {
		all = append(all, entrant{Person: p.req.From, Owner: true, Inside: true})
	}
	for _, person := range p.people {
		owner := slices.ContainsFunc(p.owners, func(o Person) bool { return o.ID == person.ID })
		all = append(all, entrant{Person: person, Owner: owner})
	}
	for _, g := range p.groups {
		all = append(all, entrant{Person: Person{ID: g.ProfileID, Name: g.Name}, Behind: max(1, len(g.Members))})
	}
	return all
}

// estimate is how long that many adds take under the pace.
func estimate(adds int) time.Duration {
	return time.Duration(max(0, adds-addBurst)) * time.Second / addsPerSec
}

// admitAll lets everybody in, side by side, and returns who is missing in the
// order of entrants. Whoever cannot be added does not stop the others.
func (e *entry) admitAll(ctx context.Context, w Work, entrants []entrant) ([]missing, error) {
	var all []missing
	inside := 0
	for part := range slices.Chunk(entrants, chunk) {
		var absent []missing
		step := fmt.Sprintf("members/%d", inside)
		err := w.Do(ctx, step, &absent, func(ctx context.Context) (any, error) { return e.admitSome(ctx, part) })
		if err != nil {
			return nil, err
		}
		all = append(all, absent...)
		inside += len(part)
		if inside > largeRoom {
			e.pace.SetLimit(rate.Every(3 * time.Second))
		}
	}
	return all, nil
}

func (e *entry) admitSome(ctx context.Context, entrants []entrant) ([]missing, error) {
	outcomes := make([]*missing, len(entrants))
	group, ctx := errgroup.WithContext(ctx)
	for i, who := range entrants {
		group.Go(func() (err error) {
			outcomes[i], err = e.admit(ctx, who)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	absent := []missing{}
	for _, m := range outcomes {
		if m != nil {
			absent = append(absent, *m)
		}
	}
	return absent, nil
}

// admit lets one account in. It returns nil when it is inside as wanted, the
// reason when Symphony refused, and an error when trying again may help.
func (e *entry) admit(ctx context.Context, who entrant) (*missing, error) {
	client := e.desk.Symphony
	if !who.Inside {
		if err := e.pace.Wait(ctx); err != nil {
			return nil, err
		}
		err := client.AddMember(ctx, e.room.ID, who.ID)
		if err != nil && !permanent(err) {
			return nil, fmt.Errorf("add member: %w", err)
		}
		if err != nil {
			if cause, inside := e.desk.diagnose(ctx, e.room, who.ID, err); !inside {
				return &missing{Name: who.Name, Cause: cause}, nil
			}
		}
	}
	if !who.Owner {
		return nil, nil
	}
	err := client.PromoteOwner(ctx, e.room.ID, who.ID)
	switch {
	case err == nil:
		return nil, nil
	case permanent(err):
		return &missing{Name: who.Name, Cause: CauseNotOwner}, nil
	default:
		return nil, fmt.Errorf("promote owner: %w", err)
	}
}
