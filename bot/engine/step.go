package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"time"
)

// keep stores the result of a step; the first one stored counts, and is returned. The effect has happened, so it takes its time when
// the store is out of order.
func (j *Attempt) keep(ctx context.Context, step string, result json.RawMessage) (json.RawMessage, error) {
	var stored string
	err := j.insist(ctx, keepFor, func() error {
		return j.record(ctx, []any{&stored},
			`INSERT INTO step (command, step, result) SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS TEXT)`+j.held("$4", "$5")+
				` ON CONFLICT (command, step) DO UPDATE SET result = step.result RETURNING result`,
			j.ID, step, string(result))
	})
	if err != nil {
		return nil, fmt.Errorf("store the result of step %s: %w", step, err)
	}
	j.memory.setResult(step, json.RawMessage(stored))
	return json.RawMessage(stored), nil
}

const (
	keepFor  = 2 * time.Minute // how long a result is held on to while it cannot be written
	lastTry  = 3 * time.Second // how long when the process is about to end
	tryEvery = 200 * time.Millisecond
)

// insist repeats a write while the store is out of order: there is nothing better to do.
func (j *Attempt) insist(ctx context.Context, patience time.Duration, write func() error) error {
	err := write()
	until := time.Now().Add(patience)
	for errors.Is(err, ErrOutOfOrder) && time.Now().Before(until) {
		if end := time.Now().Add(lastTry); ctx.Err() != nil && end.Before(until) {
			until = end
		}
		_ = sleep(context.WithoutCancel(ctx), min(tryEvery, time.Until(until)))
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

// Intend records, before an effect that cannot be repeated blindly, that it is about to be tried.
// It returns after the record is on disk.
func (j *Attempt) Intend(ctx context.Context, step string) error {
	leave, err := j.memory.enter(ctx, "intent "+step)
	if err != nil {
		return err
	}
	defer leave()
	if err := ctx.Err(); err != nil {
		return err
	}
	before, n := j.memory.intent(step), 0
	for range announceTries {
		asked, err := j.announce(ctx, step, &n)
		if err != nil {
			return fmt.Errorf("store the intention of step %s: %w", step, err)
		}
		j.memory.setIntent(step, intent{n: n, last: time.Now()})
		if time.Since(asked) < announcedWithin {
			return j.mayAct(ctx)
		}
	}
	slow := &outageError{fmt.Errorf("the store took more than %s for the intention of step %s", announcedWithin, step)}
	return errors.Join(slow, j.takeBack(ctx, step, n, before))
}

// announcedWithin is how old an intention may be when the effect begins. Whoever looks for the effect counts from its time, so one that
// took longer to get on disk is made anew.
const (
	announcedWithin = time.Second
	announceTries   = 3
)

// announce stores an intention, or its new time where it has a number already, and tells when the store was asked to.
func (j *Attempt) announce(ctx context.Context, step string, n *int) (asked time.Time, err error) {
	now := j.engine.store.dialect().now
	if *n > 0 {
		asked = time.Now()
		return asked, j.amend(ctx, `UPDATE intent SET at = `+now+` WHERE command = $1 AND step = $2 AND n = $3`, j.ID, step, *n)
	}
	err = j.insist(ctx, settleFor, func() error {
		asked = time.Now()
		return j.record(ctx, []any{n},
			`INSERT INTO intent (command, step, n, at) SELECT CAST($1 AS TEXT), CAST($2 AS TEXT),
				(SELECT coalesce(max(i.n), 0) + 1 FROM intent i WHERE i.command = $1 AND i.step = $2), `+now+
				j.held("$3", "$4")+` RETURNING n`, j.ID, step)
	})
	return asked, err
}

// Withdraw takes the last announcement back: the effect was surely not tried.
func (j *Attempt) Withdraw(ctx context.Context, step string) error {
	leave, err := j.memory.enter(ctx, "intent "+step)
	if err != nil {
		return err
	}
	defer leave()
	i := j.memory.intent(step)
	if i.n == 0 {
		return nil
	}
	return j.takeBack(ctx, step, i.n, intent{n: i.n - 1, last: i.last})
}

func (j *Attempt) takeBack(ctx context.Context, step string, n int, before intent) error {
	if err := j.amend(ctx, `DELETE FROM intent WHERE command = $1 AND step = $2 AND n = $3`, j.ID, step, n); err != nil {
		return fmt.Errorf("withdraw the intention of step %s: %w", step, err)
	}
	j.memory.setIntent(step, before)
	return nil
}

// Intended says how often the effect was announced and when last; n is 0 when it cannot have happened.
func (j *Attempt) Intended(ctx context.Context, step string) (last time.Time, n int, err error) {
	if err := ctx.Err(); err != nil {
		return time.Time{}, 0, err
	}
	i := j.memory.intent(step)
	return i.last, i.n, nil
}

// Claim makes key belong to this command, unless another command had it first, and returns the owner's id.
func (j *Attempt) Claim(ctx context.Context, key string) (owner string, err error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	err = j.insist(ctx, settleFor, func() error {
		return j.record(ctx, []any{&owner},
			`INSERT INTO claim (key, command) SELECT CAST($1 AS TEXT), CAST($2 AS TEXT)`+j.held("$3", "$4")+
				` ON CONFLICT (key) DO UPDATE SET command = claim.command RETURNING command`, key, j.ID)
	})
	if err != nil {
		return "", fmt.Errorf("claim %s: %w", key, err)
	}
	return owner, nil
}

// Release gives key back if this command owns it, so that another may claim it: nothing came of what it was claimed for.
func (j *Attempt) Release(ctx context.Context, key string) error {
	err := j.amend(ctx, `DELETE FROM claim WHERE key = $1 AND command = $2`, key, j.ID)
	if err != nil {
		return fmt.Errorf("release %s: %w", key, err)
	}
	return nil
}

// amend runs a statement on what was stored before, while the job is ours.
func (j *Attempt) amend(ctx context.Context, statement string, args ...any) error {
	return j.insist(ctx, settleFor, func() error {
		return j.engine.store.write(ctx, func(ctx context.Context, tx runner) error {
			if _, err := j.fence(ctx, tx); err != nil {
				return err
			}
			_, err := tx.exec(ctx, statement, args...)
			return err
		})
	})
}

// recall reads what earlier attempts have stored. The time of an intention is told by its age, since another machine's clock may
// have been wrong. It is told too late by what the reading takes, never too early: whoever looks for the effect must not look too soon.
func (j *Attempt) recall(ctx context.Context) error {
	err := j.engine.store.query(ctx, func(read scan) error {
		var step, result string
		err := read(&step, &result)
		j.memory.recallResult(step, json.RawMessage(result))
		return err
	}, `SELECT step, result FROM step WHERE command = $1`, j.ID)
	if err != nil {
		return fmt.Errorf("read steps: %w", err)
	}
	err = j.engine.store.query(ctx, func(read scan) error {
		var step string
		var n int
		var age int64
		err := read(&step, &n, &age)
		j.memory.setIntent(step, intent{n: n, last: time.Now().Add(-time.Duration(age) * time.Microsecond)})
		return err
	}, `SELECT step, max(n), `+j.engine.store.dialect().now+` - max(at) FROM intent WHERE command = $1 GROUP BY step`, j.ID)
	if err != nil {
		return fmt.Errorf("read intentions: %w", err)
	}
	return nil
}

// protect turns a panic of a step into an error: a step may run in a goroutine of its own, where a panic would end the process.
func protect(call func() error) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = &panicError{value: value, stack: debug.Stack()}
		}
	}()
	return call()
}
