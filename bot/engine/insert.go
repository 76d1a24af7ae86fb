package engine

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/riverqueue/river"
)

// Insert stores the commands in one transaction, in this order. An id seen before, by whichever replica, is skipped without an error.
// When it returns nil, the commands survive any crash.
func (e *Engine) Insert(ctx context.Context, commands ...Job) error {
	for _, c := range commands {
		if err := c.check(); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("insert commands: %w", err)
	}
	if len(commands) == 0 {
		return nil
	}
	err := e.store.write(ctx, func(ctx context.Context, tx runner) error { return e.insert(ctx, tx, commands) })
	if err != nil {
		return fmt.Errorf("insert commands: %w", err)
	}
	e.queue.ring()
	return nil
}

// Known reports whether a command of that id was ever inserted, within Config.Keep.
func (e *Engine) Known(ctx context.Context, id string) (bool, error) {
	var n int
	known, err := one(ctx, e.store, []any{&n}, `SELECT 1 FROM command WHERE id = $1`, id)
	if err != nil {
		return false, fmt.Errorf("look for command %s: %w", id, err)
	}
	return known, nil
}

func (e *Engine) insert(ctx context.Context, tx runner, commands []Job) error {
	if err := e.lockConversations(ctx, tx, conversations(commands)...); err != nil {
		return err
	}
	fresh, jobs, err := add(ctx, tx, commands)
	if err != nil || len(jobs) == 0 {
		return err
	}
	ids, err := e.queue.insert(ctx, tx, jobs)
	if err != nil {
		return err
	}
	places := make([][]any, len(ids))
	for i, id := range ids {
		places[i] = []any{id, fresh[i]}
	}
	// The job's id is also the command's place in its conversation.
	return tx.many(ctx, nil, `UPDATE command SET job = $1 WHERE id = $2`, places)
}

// conversations of the commands, each once, in an order that all replicas share, so that they cannot wait for each other in a circle.
func conversations(commands []Job) []string {
	var all []string
	for _, c := range commands {
		all = append(all, c.Conversation)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// add stores the commands that are new, and makes their jobs; those with an unfinished command before them in their conversation
// are held back.
func add(ctx context.Context, tx runner, commands []Job) (fresh []string, jobs []river.InsertManyParams, err error) {
	const insert = `INSERT INTO command (id, conversation, payload, received, state, finished) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (id) DO NOTHING`
	var open []Job
	var rows, settled [][]any
	for _, c := range commands {
		received := c.ReceivedAt
		if received.IsZero() {
			received = time.Now()
		}
		row := []any{c.ID, c.Conversation, cmp.Or(string(c.Payload), "null"), received.UnixMicro()}
		if c.Settled {
			settled = append(settled, append(row, stateDone, time.Now().UnixMicro()))
			continue
		}
		open, rows = append(open, c), append(rows, append(row, stateOpen, nil))
	}
	err = tx.many(ctx, func(n int, read scan) error {
		var before int
		if err := read(&before); err != nil {
			return err
		}
		c := open[n]
		held := before > 0 && c.Conversation != ""
		fresh = append(fresh, c.ID)
		jobs = append(jobs, river.InsertManyParams{Args: task{Command: c.ID}, InsertOpts: &river.InsertOpts{Pending: held}})
		return nil
	}, insert+` RETURNING `+unfinishedBefore, rows)
	if err != nil {
		return nil, nil, err
	}
	// After the others: a command that comes twice in a batch may be a settled one the second time.
	return fresh, jobs, tx.many(ctx, nil, insert, settled)
}

// unfinishedBefore is 1 when the conversation $2 has an unfinished command other than $1, else 0.
const unfinishedBefore = `(SELECT count(*) FROM
	(SELECT 1 FROM command o WHERE o.conversation = $2 AND o.finished IS NULL AND o.id <> $1 LIMIT 1) AS first)`
