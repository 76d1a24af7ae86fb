package engine

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"
)

// States of a command. A failing one has no attempts left and is about to be reported.
const (
	stateOpen    = "open"
	stateFailing = "failing"
	stateDone    = "done"
	stateFailed  = "failed"
)

// Insert stores the commands in one transaction, in this order. An id seen before is skipped without an error.
// When it returns nil, the commands survive any crash.
func (e *Engine) Insert(ctx context.Context, commands ...Command) error {
	for _, c := range commands {
		if err := c.check(); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("insert commands: %w", err)
	}
	err := e.store.write(ctx, func(ctx context.Context, tx *sql.Tx) error { return e.insert(ctx, tx, commands) })
	if err != nil {
		return fmt.Errorf("insert commands: %w", err)
	}
	e.driver.bell.ring()
	return nil
}

func (c Command) check() error {
	if c.ID == "" {
		return errors.New("insert commands: a command without id")
	}
	if len(c.Payload) > 0 && !json.Valid(c.Payload) {
		return fmt.Errorf("insert commands: payload of %s is not JSON", c.ID)
	}
	return nil
}

func (e *Engine) insert(ctx context.Context, tx *sql.Tx, commands []Command) error {
	var fresh []Command
	var jobs []river.InsertManyParams
	busy := map[string]bool{"": false}
	for _, c := range commands {
		held, err := isBusy(ctx, tx, busy, c.Conversation)
		if err != nil {
			return err
		}
		added, err := add(ctx, tx, c)
		if err != nil {
			return err
		}
		if !added {
			continue
		}
		fresh = append(fresh, c)
		jobs = append(jobs, river.InsertManyParams{Args: task{Command: c.ID}, InsertOpts: &river.InsertOpts{Pending: held}})
		busy[c.Conversation] = c.Conversation != ""
	}
	if len(jobs) == 0 {
		return nil
	}
	return e.enqueue(ctx, tx, fresh, jobs)
}

// isBusy says whether a command of the conversation is still unfinished; known remembers the answer for the rest of the insert.
func isBusy(ctx context.Context, tx *sql.Tx, known map[string]bool, conversation string) (bool, error) {
	if busy, ok := known[conversation]; ok {
		return busy, nil
	}
	var n int
	err := tx.QueryRowContext(ctx,
		`SELECT count(*) FROM (SELECT 1 FROM command WHERE conversation = $1 AND finished IS NULL LIMIT 1) AS first`,
		conversation).Scan(&n)
	known[conversation] = n > 0
	return n > 0, err
}

func add(ctx context.Context, tx *sql.Tx, c Command) (bool, error) {
	received := c.ReceivedAt
	if received.IsZero() {
		received = time.Now()
	}
	res, err := tx.ExecContext(ctx,
		`INSERT INTO command (id, conversation, payload, received, state) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO NOTHING`,
		c.ID, c.Conversation, cmp.Or(string(c.Payload), "null"), received.UnixMicro(), stateOpen)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

// enqueue gives each new command its job. The job's id is also the command's place in its conversation.
func (e *Engine) enqueue(ctx context.Context, tx *sql.Tx, fresh []Command, jobs []river.InsertManyParams) error {
	results, err := e.client.InsertManyTx(ctx, tx, jobs)
	if err != nil {
		return err
	}
	for i, r := range results {
		if _, err := tx.ExecContext(ctx, `UPDATE command SET job = $1 WHERE id = $2`, r.Job.ID, fresh[i].ID); err != nil {
			return err
		}
	}
	return nil
}
