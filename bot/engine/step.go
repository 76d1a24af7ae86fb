package engine

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"time"
)

// keep stores the result of a step. The effect has happened, so it takes its time when the store is out of order.
func (j *Job) keep(ctx context.Context, step string, result json.RawMessage) error {
	insert := func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx,
			`INSERT INTO step (command, step, result) VALUES ($1, $2, $3) ON CONFLICT (command, step) DO NOTHING`,
			j.ID, step, string(result))
		return err
	}
	err := j.engine.store.write(ctx, insert)
	for until := time.Now().Add(keepFor); err != nil && time.Now().Before(until); {
		j.engine.complain(ctx, err)
		if !sleep(ctx, storeTrouble) {
			break
		}
		err = j.engine.store.write(ctx, insert)
	}
	if err != nil {
		return fmt.Errorf("store the result of step %s: %w", step, err)
	}
	j.memory.setResult(step, result)
	return nil
}

// keepFor is how long a result is held on to while it cannot be written.
const keepFor = 2 * time.Minute

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
func (j *Job) Intend(ctx context.Context, step string) error {
	leave, err := j.memory.enter(ctx, "intent "+step)
	if err != nil {
		return err
	}
	defer leave()
	if err := ctx.Err(); err != nil {
		return err
	}
	next := intent{n: j.memory.intent(step).n + 1, last: time.Now()}
	err = j.engine.store.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO intent (command, step, n, at) VALUES ($1, $2, $3, $4)`,
			j.ID, step, next.n, next.last.UnixMicro())
		return err
	})
	if err != nil {
		return fmt.Errorf("store the intention of step %s: %w", step, err)
	}
	j.memory.setIntent(step, next)
	return nil
}

// Intended says how often the effect was announced and when last; n is 0 when it cannot have happened.
func (j *Job) Intended(ctx context.Context, step string) (last time.Time, n int, err error) {
	if err := ctx.Err(); err != nil {
		return time.Time{}, 0, err
	}
	i := j.memory.intent(step)
	return i.last, i.n, nil
}

// Claim makes key belong to this command, unless another command had it first, and returns the owner's id.
func (j *Job) Claim(ctx context.Context, key string) (owner string, err error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	err = j.engine.store.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO claim (key, command) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING`, key, j.ID)
		if err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, `SELECT command FROM claim WHERE key = $1`, key).Scan(&owner)
	})
	if err != nil {
		return "", fmt.Errorf("claim %s: %w", key, err)
	}
	return owner, nil
}

// Release gives key back if this command owns it, so that another may claim it: nothing came of what it was claimed for.
func (j *Job) Release(ctx context.Context, key string) error {
	err := j.engine.store.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM claim WHERE key = $1 AND command = $2`, key, j.ID)
		return err
	})
	if err != nil {
		return fmt.Errorf("release %s: %w", key, err)
	}
	return nil
}

// recall reads what earlier attempts have stored.
func (j *Job) recall(ctx context.Context) error {
	db := j.engine.store.db
	steps, err := db.QueryContext(ctx, `SELECT step, result FROM step WHERE command = $1`, j.ID)
	err = each(steps, err, func(row *sql.Rows) error {
		var step, result string
		err := row.Scan(&step, &result)
		j.memory.setResult(step, json.RawMessage(result))
		return err
	})
	if err != nil {
		return fmt.Errorf("read steps: %w", err)
	}
	intents, err := db.QueryContext(ctx, `SELECT step, max(n), max(at) FROM intent WHERE command = $1 GROUP BY step`, j.ID)
	err = each(intents, err, func(row *sql.Rows) error {
		var step string
		var n int
		var at int64
		err := row.Scan(&step, &n, &at)
		j.memory.setIntent(step, intent{n: n, last: time.UnixMicro(at)})
		return err
	})
	if err != nil {
		return fmt.Errorf("read intentions: %w", err)
	}
	return nil
}

func each(rows *sql.Rows, err error, read func(*sql.Rows) error) error {
	if err != nil {
		return err
	}
	for rows.Next() {
		if err := read(rows); err != nil {
			return errors.Join(err, rows.Close())
		}
	}
	return errors.Join(rows.Err(), rows.Close())
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
