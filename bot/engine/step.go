package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"time"
)

// keepResult keeps the result of a step, which the next write of the attempt stores.
func (a *Attempt) keepResult(ctx context.Context, step string, result json.RawMessage) {
	a.cache.setResult(step, result, true)
	a.keepPending(ctx, &pendingWrite{step: step, result: result})
}

const (
	endPatience = 3 * time.Second // how long a write is tried in an outage when the process is about to end
	outageRetry = 200 * time.Millisecond

	// unlimited is as long as the process lives. Nobody else would bring the job back where one
	// process works on the store alone.
	unlimited = time.Duration(math.MaxInt64) / 2
)

// retryDuringOutage repeats a write while the store is out of order.
func (a *Attempt) retryDuringOutage(ctx context.Context, patience time.Duration, write func() error) error {
	err := write()
	until := time.Now().Add(patience)
	for errors.Is(err, ErrOutOfOrder) && time.Now().Before(until) {
		if end := time.Now().Add(endPatience); ctx.Err() != nil && end.Before(until) {
			until = end
		}
		_ = sleep(context.WithoutCancel(ctx), min(outageRetry, time.Until(until)))
		err = write()
	}
	return err
}

// sleep waits for d; false when ctx ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// Intend stores, before an effect that cannot be repeated blindly, that it is about to be tried. It
// returns once that is on disk.
func (a *Attempt) Intend(ctx context.Context, step string) error {
	return a.intend(ctx, step, a.insertIntention)
}

// insertIntention stores another intention of a step, whose number it writes into n.
func (a *Attempt) insertIntention(ctx context.Context, step string, n *int) error {
	return a.write(ctx, func(ctx context.Context, tx runner, _ time.Time) error {
		return a.insertIntentionInTx(ctx, tx, step, n)
	})
}

func (a *Attempt) insertIntentionInTx(ctx context.Context, tx runner, step string, n *int) error {
	_, err := queryRow(ctx, tx, []any{n}, `INSERT INTO intent (command, step, n, at)
		SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), coalesce(max(i.n), 0) + 1, `+a.engine.store.dialect().now+`
		FROM intent i WHERE i.command = $1 AND i.step = $2 RETURNING n`, a.ID, step)
	return err
}

// intend is Intend, where insert stores the intention.
func (a *Attempt) intend(ctx context.Context, step string, insert func(ctx context.Context, step string, n *int) error) error {
	unlock, err := a.cache.lockStep(ctx, intentionLock(step))
	if err != nil {
		return err
	}
	defer unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	before, n := a.cache.intention(step), 0
	for range intentionTries {
		asked, err := a.storeIntention(ctx, step, &n, insert)
		if err != nil {
			return fmt.Errorf("store the intention of step %s: %w", step, err)
		}
		a.cache.setIntention(step, intention{n: n, last: time.Now()})
		if time.Since(asked) < maxIntentionAge {
			return a.checkActive(ctx)
		}
	}
	slow := &outageError{fmt.Errorf("the store took more than %s for the intention of step %s", maxIntentionAge, step)}
	return errors.Join(slow, a.deleteIntention(ctx, step, n, before))
}

func intentionLock(step string) string { return "intent " + step }

// maxIntentionAge is how old an intention may be when the effect begins. Whoever looks for the
// effect counts from the time of its intention, so one that took longer to get on disk is stored
// anew.
const (
	maxIntentionAge = time.Second
	intentionTries  = 3
)

// storeIntention stores an intention, or its new time where it has a number already, and returns
// when the store was asked to.
func (a *Attempt) storeIntention(
	ctx context.Context, step string, n *int, insert func(ctx context.Context, step string, n *int) error,
) (asked time.Time, err error) {
	now := a.engine.store.dialect().now
	if *n > 0 {
		asked = time.Now()
		return asked, a.changeStored(ctx, `UPDATE intent SET at = `+now+` WHERE command = $1 AND step = $2 AND n = $3`, a.ID, step, *n)
	}
	err = a.retryDuringOutage(ctx, unlimited, func() error {
		asked = time.Now()
		return insert(ctx, step, n)
	})
	return asked, err
}

// Withdraw takes the last intention back: the effect was surely not tried.
func (a *Attempt) Withdraw(ctx context.Context, step string) error {
	unlock, err := a.cache.lockStep(ctx, intentionLock(step))
	if err != nil {
		return err
	}
	defer unlock()
	i := a.cache.intention(step)
	if i.n == 0 {
		return nil
	}
	return a.deleteIntention(ctx, step, i.n, intention{n: i.n - 1, last: i.last})
}

func (a *Attempt) deleteIntention(ctx context.Context, step string, n int, before intention) error {
	if err := a.changeStored(ctx, `DELETE FROM intent WHERE command = $1 AND step = $2 AND n = $3`, a.ID, step, n); err != nil {
		return fmt.Errorf("withdraw the intention of step %s: %w", step, err)
	}
	a.cache.setIntention(step, before)
	return nil
}

// Intentions returns how many intentions of the step are stored and the time of the last; n is 0
// when the effect cannot have happened.
func (a *Attempt) Intentions(ctx context.Context, step string) (last time.Time, n int, err error) {
	if err := ctx.Err(); err != nil {
		return time.Time{}, 0, err
	}
	i := a.cache.intention(step)
	return i.last, i.n, nil
}

// Claim makes key belong to this job, unless another job had it first, and returns the owner's id.
func (a *Attempt) Claim(ctx context.Context, key string) (owner string, err error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	err = a.retryDuringOutage(ctx, unlimited, func() error {
		return a.write(ctx, func(ctx context.Context, tx runner, _ time.Time) (err error) {
			owner, err = claimInTx(ctx, tx, key, a.ID)
			return err
		})
	})
	if err != nil {
		return "", fmt.Errorf("claim %s: %w", key, err)
	}
	return owner, nil
}

// ClaimWithIntention is Claim for a job that does nothing before its next intention, whose
// transaction stores the claim. That fails with ErrClaimLost where another job has claimed the key
// meanwhile.
func (a *Attempt) ClaimWithIntention(ctx context.Context, key string) (owner string, err error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	if owner, err = a.engine.ClaimOwner(ctx, key); err != nil || owner != "" {
		return owner, err
	}
	a.keepPending(ctx, &pendingWrite{claim: key})
	return a.ID, nil
}

// Release gives key back if this job owns it, so that another may claim it: nothing came of what it
// was claimed for.
func (a *Attempt) Release(ctx context.Context, key string) error {
	err := a.changeStored(ctx, `DELETE FROM claim WHERE key = $1 AND command = $2`, key, a.ID)
	if err != nil {
		return fmt.Errorf("release %s: %w", key, err)
	}
	return nil
}

// changeStored runs a statement on what was stored before, however long the store is out of order.
func (a *Attempt) changeStored(ctx context.Context, statement string, args ...any) error {
	return a.retryDuringOutage(ctx, unlimited, func() error { return a.writeIfOwned(ctx, statement, args...) })
}

// loadSteps reads what earlier attempts have stored. The time of an intention is computed from its
// age, since another machine's clock may have been wrong. It is late by what the reading takes,
// never early: whoever looks for the effect must not look too soon.
func (a *Attempt) loadSteps(ctx context.Context) error {
	err := a.engine.store.query(ctx, func(read scan) error {
		var step, result string
		err := read(&step, &result)
		a.cache.setResult(step, json.RawMessage(result), false)
		return err
	}, `SELECT step, result FROM step WHERE command = $1 AND step <> '`+payloadStep+`'`, a.ID)
	if err != nil {
		return fmt.Errorf("read steps: %w", err)
	}
	err = a.engine.store.query(ctx, func(read scan) error {
		var step string
		var n int
		var age int64
		err := read(&step, &n, &age)
		a.cache.setIntention(step, intention{n: n, last: time.Now().Add(-time.Duration(age) * time.Microsecond)})
		return err
	}, `SELECT step, max(n), `+a.engine.store.dialect().now+` - max(at) FROM intent WHERE command = $1 GROUP BY step`, a.ID)
	if err != nil {
		return fmt.Errorf("read intentions: %w", err)
	}
	return nil
}
