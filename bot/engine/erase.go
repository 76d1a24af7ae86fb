package engine

import (
	"context"
	"encoding/json"
	"fmt"
)

// What a job says (its payload and the results of its steps) is needed until the job is done; of a
// failed one until it is purged or forgotten, since it may be retried. An erased job keeps its id,
// times, claims, and a record for operators.

// record is what is left of a job's attempts and steps, in the column of that name. The column is
// empty until the job is erased.
type record struct {
	Attempts int               `json:"attempts,omitempty"` // that failed, of the last series
	Replica  string            `json:"replica,omitempty"`
	Steps    map[string][2]int `json:"steps,omitempty"` // by name: intentions; 1 where the result was stored
}

// payloadStep is the name under which table step keeps the payload where the dialect says so.
const payloadStep = ""

// record is the record of a job that this attempt has done.
func (a *Attempt) record() record {
	return record{Attempts: a.Number - 1, Replica: a.delivery.replica, Steps: a.cache.summarize()}
}

// eraseInTx erases what a finished job says and stores its record.
func eraseInTx(ctx context.Context, tx runner, id string, r record) error {
	text, err := json.Marshal(r)
	if err != nil {
		return err
	}
	if _, err := tx.exec(ctx, `UPDATE command SET payload = 'null', owner = '', record = $1 WHERE id = $2`, string(text), id); err != nil {
		return fmt.Errorf("erase the payload: %w", err)
	}
	return deleteSteps(ctx, tx, id)
}

// deleteSteps deletes the steps and intentions of a job.
func deleteSteps(ctx context.Context, tx runner, id string) error {
	for _, table := range []string{"step", "intent"} {
		if _, err := tx.exec(ctx, `DELETE FROM `+table+` WHERE command = $1`, id); err != nil {
			return fmt.Errorf("erase %s: %w", table, err)
		}
	}
	return nil
}

// eraseDone erases what an older version of the program, perhaps one that runs beside this one, has
// left of done jobs, and the failed jobs that were to be forgotten; a few at a time. It writes only
// where there are some.
func (e *Engine) eraseDone(ctx context.Context) error {
	var some bool
	_, err := queryRow(ctx, e.store, []any{&some}, `SELECT EXISTS (SELECT 1 FROM command c WHERE `+unerased+`)`)
	if err != nil || !some {
		return err
	}
	for {
		n := 0
		err := e.store.write(ctx, func(ctx context.Context, tx runner) (err error) {
			n, err = e.eraseSomeInTx(ctx, tx)
			return err
		})
		if n > 0 {
			e.erasures.Add(1)
		}
		if err != nil || n < purgeBatch || !sleep(ctx, purgePause) {
			return err
		}
	}
}

func (e *Engine) eraseSomeInTx(ctx context.Context, tx runner) (n int, err error) {
	found, err := summariesWhere(ctx, tx, e.store.dialect(), unerased+` LIMIT $1`, purgeBatch)
	if err != nil {
		return 0, fmt.Errorf("find jobs to erase: %w", err)
	}
	return len(found), eraseAll(ctx, tx, found)
}

// unerased is true of a job c that is to be erased; an index has it.
const unerased = `record = '' AND (c.state = 'done' OR c.state = 'failed' AND forget = 1)`

// eraseAll erases what jobs say.
func eraseAll(ctx context.Context, tx runner, found []Summary) error {
	for _, s := range found {
		steps, err := readSteps(ctx, tx, s.ID)
		if err != nil {
			return err
		}
		r := record{Attempts: s.Attempts, Replica: s.Replica, Steps: map[string][2]int{}}
		for _, step := range steps {
			r.Steps[step.Name] = [2]int{step.Intended, 0}
			if step.Done {
				r.Steps[step.Name] = [2]int{step.Intended, 1}
			}
		}
		if err := eraseInTx(ctx, tx, s.ID, r); err != nil {
			return err
		}
		if err := eraseErrors(ctx, tx, s.ID); err != nil {
			return err
		}
	}
	return nil
}

// eraseErrors erases what a job has failed of, which may quote what it says.
func eraseErrors(ctx context.Context, tx runner, id string) error {
	if err := eraseQueueErrors(ctx, tx, id); err != nil {
		return err
	}
	if _, err := tx.exec(ctx, `UPDATE command SET cause = '' WHERE id = $1`, id); err != nil {
		return fmt.Errorf("erase the cause: %w", err)
	}
	return nil
}

// eraseQueueErrors erases the errors of a job's attempts in its present series.
func eraseQueueErrors(ctx context.Context, tx runner, id string) error {
	if _, err := tx.exec(ctx, `UPDATE river_job SET errors = NULL WHERE id = (SELECT job FROM command WHERE id = $1)`, id); err != nil {
		return fmt.Errorf("erase the errors: %w", err)
	}
	return nil
}

// eraseOrphanErrors erases the errors of finished rows of the queue that belong to no job any more.
// A retry erases those of the series before; a version before this one did not.
func eraseOrphanErrors(ctx context.Context, tx runner) (n int64, err error) {
	// Not by a join: SQLite would look through all jobs for each row, as no index leads to them.
	n, err = tx.exec(ctx, `UPDATE river_job SET errors = NULL
		WHERE errors IS NOT NULL AND finalized_at IS NOT NULL AND id NOT IN (SELECT job FROM command)`)
	if err != nil {
		return 0, fmt.Errorf("erase the errors of earlier series: %w", err)
	}
	return n, nil
}

// eraseTraces has the store's files forget what was erased since it was last done. Only the
// maintenance calls it.
func (e *Engine) eraseTraces(ctx context.Context) {
	err := e.eraseDone(ctx)
	if n := e.erasures.Load(); err == nil && n != e.traced {
		var done bool
		if done, err = e.store.eraseTraces(ctx); done {
			e.traced = n
		}
	}
	if err != nil && ctx.Err() == nil {
		e.health.noteFailure(err)
	}
}
