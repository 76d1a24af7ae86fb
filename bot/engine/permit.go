package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Somebody may ask people for a permit: to be let do something, once or for a while. The first
// decision counts, over all processes. A permit that is good for one job is used up in the
// transaction of the job's first intention, so that no two jobs use it.

// PermitState is how far a permit is. It is a stored format.
type PermitState string

// The states.
const (
	PermitAsked   PermitState = "asked"
	PermitGranted PermitState = "granted"
	PermitRefused PermitState = "refused"
	PermitRevoked PermitState = "revoked"
	PermitUsed    PermitState = "used" // up, by one job
	PermitExpired PermitState = "expired"
)

// Permit is what somebody asks to be let do, and what was decided.
type Permit struct {
	N       int64 // its number
	Owner   string
	Key     string // is equal for two permits to do the same
	Text    json.RawMessage
	Detail  json.RawMessage // null where it was erased
	Cards   json.RawMessage // see Engine.SetPermitCards
	Asked   time.Time
	Times   int // it was asked for
	State   PermitState
	Decided time.Time
	Decider string
	Until   time.Time // zero while it is not granted
	Once    bool      // it is good for one job
}

// ErrPermitEnded says that a permit is good no more, or for another job.
var ErrPermitEnded = errors.New("the permit has ended")

const permitColumns = `n, owner, key, text, detail, cards, asked, times, state, decided, decider, until, once`

func readPermit(read scan) (p Permit, err error) {
	var text, detail, cards, state string
	var asked, decided, until, once int64
	err = read(&p.N, &p.Owner, &p.Key, &text, &detail, &cards, &asked, &p.Times, &state, &decided, &p.Decider, &until, &once)
	p.Text, p.Detail, p.Cards = json.RawMessage(text), json.RawMessage(detail), json.RawMessage(cards)
	p.Asked, p.State, p.Once = time.UnixMicro(asked), PermitState(state), once != 0
	if decided > 0 {
		p.Decided = time.UnixMicro(decided)
	}
	if until > 0 {
		p.Until = time.UnixMicro(until)
	}
	return p, err
}

func listPermits(ctx context.Context, r runner, where string, args ...any) (all []Permit, err error) {
	err = r.query(ctx, func(read scan) error {
		p, err := readPermit(read)
		all = append(all, p)
		return err
	}, `SELECT `+permitColumns+` FROM permit WHERE `+where+` ORDER BY n`, args...)
	return all, err
}

// findPermit is the only permit of which the condition is true.
func findPermit(ctx context.Context, r runner, where string, args ...any) (Permit, bool, error) {
	all, err := listPermits(ctx, r, where, args...)
	if err != nil || len(all) == 0 {
		return Permit{}, false, err
	}
	return all[0], true, nil
}

// Permit is the permit with a number.
func (a *jobAdmin) Permit(ctx context.Context, n int64) (Permit, bool, error) {
	p, found, err := findPermit(ctx, a.store, `n = $1`, n)
	if err != nil {
		return Permit{}, false, fmt.Errorf("read a permit: %w", err)
	}
	return p, found, nil
}

// PermitsFor lists the permits that are good for a job of their owner now: also one that the job
// itself has used up.
func (a *jobAdmin) PermitsFor(ctx context.Context, owner, job string) ([]Permit, error) {
	all, err := listPermits(ctx, a.store, `owner = $1 AND (`+a.goodPermit()+` OR state = 'used' AND command = $2)`, owner, job)
	if err != nil {
		return nil, fmt.Errorf("read the permits of somebody: %w", err)
	}
	return all, nil
}

// goodPermit is true of a permit that is good for any job.
func (a *jobAdmin) goodPermit() string {
	return `state = 'granted' AND until > ` + a.store.dialect().now
}

// Permits lists the permits that are asked for or good, the oldest first.
func (a *jobAdmin) Permits(ctx context.Context) ([]Permit, error) {
	all, err := listPermits(ctx, a.store, `state = 'asked' OR `+a.goodPermit())
	if err != nil {
		return nil, fmt.Errorf("list the permits: %w", err)
	}
	return all, nil
}

// EndedPermits lists the permits that were used up or revoked before their time has passed, the
// newest first.
func (a *jobAdmin) EndedPermits(ctx context.Context) ([]Permit, error) {
	all, err := listPermits(ctx, a.store, `state IN ('used', 'revoked') AND until > `+a.store.dialect().now)
	if err != nil {
		return nil, fmt.Errorf("list the permits that have ended: %w", err)
	}
	slices.Reverse(all)
	return all, nil
}

// storePermitEntry stores an entry in the transaction of the change that it tells of.
func (a *jobAdmin) storePermitEntry(ctx context.Context, tx runner, e RecordEntry) error {
	return storeEntries(ctx, tx, a.store.dialect(), []*newEntry{{e.Entry, e.Facts, time.Now().UnixMicro()}})
}

// changePermits runs a transaction that changes permits, while no other does.
func (a *jobAdmin) changePermits(ctx context.Context, change func(ctx context.Context, tx runner, now time.Time) error) error {
	return a.store.write(ctx, func(ctx context.Context, tx runner) error {
		if _, err := readPauses(ctx, tx, a.store.dialect().changeLock()); err != nil {
			return err
		}
		var now int64
		if _, err := queryRow(ctx, tx, []any{&now}, `SELECT `+a.store.dialect().now); err != nil {
			return err
		}
		return change(ctx, tx, time.UnixMicro(now))
	})
}
