package engine

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// queue is the table of jobs that are to be delivered: that of River, the job queue, in whose
// states and with whose indexes it is kept. River's own workers do not run. They look for jobs many
// times a second, commit each fetch and each end on their own, and go by the clock of this process.
type queue struct {
	dialect *dialect
	replica string // who fetches
}

// queuedJob is a job that is put into the queue. One that waits for its turn is not ready.
type queuedJob struct {
	id    string
	waits bool
}

// queueRow is a job as it is delivered.
type queueRow struct {
	id         int64
	token      any // differs from that of any other delivery of the job
	attempt    int // how many deliveries were counted
	deliveries int // how many there were, to any replica
	failures   int // of attempts
	job        string
	inserted   *Job // where the same transaction has inserted it: nothing else is known of it
}

// insert puts jobs into the queue. They are ready from now on by the database's clock.
func (q queue) insert(ctx context.Context, tx runner, jobs []queuedJob) (ids []int64, err error) {
	rows := make([][]any, len(jobs))
	for i, j := range jobs {
		args, err := json.Marshal(jobArgs{ID: j.id})
		if err != nil {
			return nil, err
		}
		state := "available"
		if j.waits {
			state = "pending"
		}
		rows[i] = []any{string(args), queueKind, maxDeliveries, state}
	}
	ids = make([]int64, len(jobs))
	d := q.dialect
	return ids, tx.execMany(ctx, func(n int, read scan) error { return read(&ids[n]) },
		`INSERT INTO river_job (args, kind, max_attempts, state, created_at, scheduled_at)
			VALUES (`+d.queueArgs+`, $2, $3, `+d.queueState+`, `+d.stamp+`, `+d.stamp+`) RETURNING id`, rows)
}

// maxDeliveries is no bound: attempts are counted and bounded by the engine, since a crash must not
// end a job unnoticed.
const maxDeliveries = 1<<15 - 1

// fetch marks up to so many jobs that are ready as running, the oldest first.
func (q queue) fetch(ctx context.Context, tx runner, most int) (rows []*queueRow, err error) {
	err = tx.query(ctx, func(read scan) error {
		row := &queueRow{token: q.dialect.newToken()}
		err := read(&row.id, row.token, &row.attempt, &row.deliveries, &row.failures, &row.job)
		rows = append(rows, row)
		return err
	}, q.dialect.fetch, q.replica, most)
	slices.SortFunc(rows, func(a, b *queueRow) int { return cmp.Compare(a.id, b.id) })
	return rows, err
}

// nextReady selects the jobs that are ready, in the order of River's index.
const nextReady = `SELECT id FROM river_job WHERE state = 'available' AND queue = 'default' AND scheduled_at <= %s
	ORDER BY priority, scheduled_at, id LIMIT +$2`

// end takes a delivery out of the queue, or brings it back after a pause. It fails with ErrTaken
// when another delivery has followed. A regular return takes back what was counted, so that the
// count is that of failed attempts and of ends of the process; an attempt that the job itself has
// ended takes back the ends of the process before it as well.
func (q queue) end(ctx context.Context, tx runner, d *delivery, o settlement) error {
	stamp, pause := q.dialect.stamp, o.pause.Microseconds()
	switch {
	case o.state == stateDone:
		return q.change(ctx, tx, d, `state = 'completed', finalized_at = `+stamp)
	case o.state == stateFailed:
		return q.change(ctx, tx, d, `state = 'discarded', finalized_at = `+stamp)
	case o.cause == nil:
		return q.change(ctx, tx, d, `state = 'available', attempt = attempt - 1 - $2, scheduled_at = `+q.dialect.stampIn, pause, o.crashes)
	}
	failure, err := json.Marshal(queueError{At: time.Now(), Attempt: d.attempt, Error: errorText(o.cause)})
	if err != nil {
		return err
	}
	return q.change(ctx, tx, d, `state = 'available', attempt = attempt - $3, scheduled_at = `+q.dialect.stampIn+`, errors = `+q.dialect.addError,
		pause, string(failure), o.crashes)
}

// change changes the row of a delivery, unless another has followed.
func (q queue) change(ctx context.Context, tx runner, d *delivery, changes string, args ...any) error {
	n := len(args)
	changed, err := tx.exec(ctx, fmt.Sprintf(`UPDATE river_job SET %s WHERE id = $%d AND state = 'running' AND %s = $%d`,
		changes, n+1, q.dialect.token, n+2), append(args, d.queueID, d.token)...)
	if err == nil && changed == 0 {
		err = ErrTaken
	}
	return err
}

// deleteEnded deletes up to so many rows of jobs that were done before one time, or failed before
// another.
func (q queue) deleteEnded(ctx context.Context, tx runner, done, failed time.Time, most int) (deleted int64, err error) {
	return tx.exec(ctx, `DELETE FROM river_job WHERE id IN (SELECT id FROM river_job WHERE finalized_at IS NOT NULL
		AND (state = 'completed' AND finalized_at < $1 OR state IN ('cancelled', 'discarded') AND finalized_at < $2) LIMIT $3)`,
		q.dialect.stampOf(done), q.dialect.stampOf(failed), most)
}
