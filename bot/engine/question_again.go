package engine

import (
	"context"
	"fmt"
)

// Reconsider has jobs that wait for an answer go on without one, to find out whether they still ask
// and whom. Their questions stay open. Jobs that do not wait are left alone.
func (e *Engine) Reconsider(ctx context.Context, jobs []string) error {
	if len(jobs) == 0 {
		return nil
	}
	err := e.store.write(ctx, func(ctx context.Context, tx runner) error {
		if _, err := readPauses(ctx, tx, e.store.dialect().changeLock()); err != nil {
			return err
		}
		for _, id := range jobs {
			if err := freeAnswered(ctx, tx, e.store.dialect(), id); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("have jobs go on without an answer: %w", err)
	}
	e.dispatcher.notify()
	return nil
}

// freeUnanswered has the jobs go on whose questions nobody has answered in their time.
func (e *Engine) freeUnanswered(ctx context.Context) error {
	var due []string
	now := e.store.dialect().now
	err := e.store.query(ctx, func(read scan) error {
		var id string
		err := read(&id)
		due = append(due, id)
		return err
	}, `SELECT c.id FROM command c WHERE `+dueQuestion+now+`) ORDER BY c.job LIMIT $1`, freeBatch)
	if err != nil {
		return err
	}
	return e.Reconsider(ctx, due)
}

// dueQuestion is true of a job c whose question nobody has answered in its time.
const dueQuestion = `c.held = '` + heldForAnswer + `' AND c.finished IS NULL AND NOT EXISTS (
	SELECT 1 FROM question q WHERE q.command = c.id AND q.answered = 0 AND q.until > `
