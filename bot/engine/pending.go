package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// ErrClaimLost says that another job has claimed a key that Attempt.ClaimWithIntention took for
// free. The attempt ends without having failed; the next one is told the owner.
var ErrClaimLost = errors.New("another job has the claim")

// saveAfter is how long a result may wait for another write of its job. A job that works for long
// loses at most so much of its progress in a crash. saveSoon is the same after SaveSoon, and of a
// job during which the process has ended before: it may end again, and what is stored counts as
// progress. Where all that follows takes less, it costs no transaction.
const (
	saveAfter = 250 * time.Millisecond
	saveSoon  = 20 * time.Millisecond
)

// pendingWrites are the results, claims and entries of an attempt that no transaction has stored
// yet, in their order. Each transaction of the attempt stores them first, so that the store never
// has something later without what came before it.
type pendingWrites struct {
	writing sync.Mutex // held while a transaction of the attempt stores them

	mu         sync.Mutex // guards what follows
	list       []*pendingWrite
	timer      *time.Timer // saves what is in the list; nil when the list is empty
	ended      bool        // nothing is saved in the background any more
	background sync.WaitGroup
}

// pendingWrite is the result of a step, a claim, or an entry of the audit record.
type pendingWrite struct {
	step   string
	result json.RawMessage
	claim  string    // key; empty for the others
	entry  *newEntry // nil for the others
}

func (w *pendingWrite) isResult() bool { return w.claim == "" && w.entry == nil }

// add appends a write, and has save called after so long unless everything is stored by then.
func (p *pendingWrites) add(w *pendingWrite, after time.Duration, save func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.list = append(p.list, w)
	if p.timer == nil && !p.ended {
		p.timer = time.AfterFunc(after, func() { p.callUnlessEnded(save) })
	}
}

// callUnlessEnded calls save if there is anything to save; end waits for it. What is left after
// that has its time again.
func (p *pendingWrites) callUnlessEnded(save func()) {
	p.mu.Lock()
	if p.ended || len(p.list) == 0 {
		p.mu.Unlock()
		return
	}
	p.background.Add(1)
	p.mu.Unlock()
	defer p.background.Done()
	save()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.timer != nil && !p.ended {
		p.timer.Reset(saveAfter)
	}
}

// saveEarlier has save called after saveSoon.
func (p *pendingWrites) saveEarlier() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.timer != nil && !p.ended {
		p.timer.Reset(saveSoon)
	}
}

func (p *pendingWrites) all() []*pendingWrite {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.list)
}

// remove takes out what was stored.
func (p *pendingWrites) remove(stored []*pendingWrite) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.list = slices.DeleteFunc(p.list, func(w *pendingWrite) bool { return slices.Contains(stored, w) })
	if len(p.list) == 0 && p.timer != nil {
		p.timer.Stop()
		p.timer = nil
	}
}

func (p *pendingWrites) isEmpty() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.list) == 0
}

// end stops saving in the background.
func (p *pendingWrites) end() {
	p.mu.Lock()
	p.ended = true
	if p.timer != nil {
		p.timer.Stop()
	}
	p.mu.Unlock()
	p.background.Wait()
}

// SaveSoon has what Do has returned so far stored within some 20 ms, while the caller goes on.
// Without it that is stored with the next intention or claim, at the end of the attempt, or after a
// quarter of a second.
func (a *Attempt) SaveSoon() { a.pending.saveEarlier() }

// Save stores what Do has returned so far. Whoever shows somebody what a result says, and has no
// intention for that, saves it first: or the next attempt might come to another one.
func (a *Attempt) Save(ctx context.Context) error {
	if a.pending.isEmpty() {
		return a.checkActive(ctx)
	}
	err := a.retryDuringOutage(ctx, unlimited, func() error {
		return a.write(ctx, func(context.Context, runner, time.Time) error { return nil })
	})
	if err != nil {
		return fmt.Errorf("store the results: %w", err)
	}
	return a.checkActive(ctx)
}

// keepPending has the next write of the attempt store w, or a write of its own after a while.
func (a *Attempt) keepPending(ctx context.Context, w *pendingWrite) {
	after := saveAfter
	if a.deliveries > a.Number {
		after = saveSoon
	}
	ctx = context.WithoutCancel(ctx)
	a.pending.add(w, after, func() { a.savePending(ctx) })
}

// savePending stores what is pending. Where that fails, the next write of the attempt does it, or
// reports the failure.
func (a *Attempt) savePending(ctx context.Context) {
	_ = a.write(ctx, func(context.Context, runner, time.Time) error { return nil })
}

// write runs a transaction of the job, unless another delivery has followed, which is ErrTaken.
// What is pending is stored first. The time is that of the database's clock.
func (a *Attempt) write(ctx context.Context, t func(ctx context.Context, tx runner, now time.Time) error, locked ...string) error {
	a.pending.writing.Lock()
	defer a.pending.writing.Unlock()
	var stored []*pendingWrite
	err := a.engine.store.write(ctx, func(ctx context.Context, tx runner) error {
		if err := a.engine.lockConversations(ctx, tx, locked...); err != nil { // the locks are those of any texts
			return err
		}
		now, err := a.checkOwnership(ctx, tx)
		if err != nil {
			return err
		}
		stored = a.pending.all()
		lost, err := a.storePending(ctx, tx, stored)
		switch {
		case err != nil:
			return err
		case lost != "":
			return fmt.Errorf("%w %s", ErrClaimLost, lost)
		}
		return t(ctx, tx, now)
	})
	switch {
	case err == nil:
		a.pending.remove(stored)
	case errors.Is(err, ErrTaken):
		a.taken.Store(true)
		err = fmt.Errorf("%s: %w", a.ID, err)
	}
	return err
}

// storePending stores results, claims and entries. lost is a claim that another job has.
func (a *Attempt) storePending(ctx context.Context, tx runner, pending []*pendingWrite) (lost string, err error) {
	var results [][]any
	var entries []*newEntry
	for _, w := range pending {
		switch {
		case w.isResult():
			results = append(results, []any{a.ID, w.step, string(w.result)})
			continue
		case w.entry != nil:
			entries = append(entries, w.entry)
			continue
		}
		owner, err := claimInTx(ctx, tx, w.claim, a.ID)
		if err != nil {
			return "", err
		}
		if owner != a.ID {
			lost = w.claim
		}
	}
	if err := storeEntries(ctx, tx, a.engine.store.dialect(), entries); err != nil || len(results) == 0 {
		return lost, err
	}
	const insert = `INSERT INTO step (command, step, result) VALUES ($1, $2, $3) ON CONFLICT (command, step) DO NOTHING`
	return lost, tx.execMany(ctx, nil, insert, results)
}

// claimInTx makes key belong to a job, unless another had it first, and returns the owner.
func claimInTx(ctx context.Context, tx runner, key, job string) (owner string, err error) {
	_, err = queryRow(ctx, tx, []any{&owner}, `INSERT INTO claim (key, command) VALUES ($1, $2)
		ON CONFLICT (key) DO UPDATE SET command = claim.command RETURNING command`, key, job)
	return owner, err
}
