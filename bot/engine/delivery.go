package engine

import (
	"context"
	"errors"
	"time"
)

// ErrTaken says that another replica has taken the job over from this one, which was taken for
// dead.
var ErrTaken = errors.New("the job was taken over by another replica")

// delivery is one time that the queue gave a job to this process.
type delivery struct {
	queueID   int64 // of the job in river_job
	token     any   // differs from that of any other delivery of the job
	attempt   int   // how many deliveries the queue has counted
	replica   string
	cancel    context.CancelCauseFunc
	reporting bool // Config.ReportFailure is being called
}

func (e *Engine) newDelivery(row *queueRow) *delivery {
	return &delivery{queueID: row.id, token: row.token, attempt: row.attempt, replica: e.queue.replica}
}

// beginDelivery registers a delivery until end is called.
func (e *Engine) beginDelivery(ctx context.Context, row *queueRow) (_ context.Context, d *delivery, end func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	d = e.newDelivery(row)
	d.cancel = cancel
	e.mu.Lock()
	e.running[d.queueID] = d
	if e.idle == nil {
		e.idle = make(chan struct{})
	}
	e.mu.Unlock()
	return ctx, d, func() {
		cancel(nil)
		e.mu.Lock()
		defer e.mu.Unlock()
		if e.running[d.queueID] == d {
			delete(e.running, d.queueID)
		}
		if len(e.running) == 0 && e.idle != nil {
			close(e.idle)
			e.idle = nil
		}
	}
}

// WaitUntilIdle waits until this process runs no job, but no longer than d and until ctx ends.
func (e *Engine) WaitUntilIdle(ctx context.Context, d time.Duration) {
	e.mu.Lock()
	idle := e.idle
	e.mu.Unlock()
	if idle == nil {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-idle:
	case <-timer.C:
	case <-ctx.Done():
	}
}

func (e *Engine) countRunning() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.running)
}

// ownershipClause selects the queue row of a delivery while no other delivery has followed it, and
// keeps it so until the transaction ends. Its two parameters, queueID and token, come last in the
// statement.
func (a *Attempt) ownershipClause(queueID, token string) string {
	d := a.engine.store.dialect()
	return ` FROM river_job WHERE id = ` + queueID + ` AND state = 'running' AND ` + d.token + ` = ` + token + d.shareLock
}

// checkOwnership fails with ErrTaken when another delivery has followed. It tells the time by the
// database's clock, which all replicas share.
func (a *Attempt) checkOwnership(ctx context.Context, tx runner) (now time.Time, err error) {
	var micros int64
	found, err := queryRow(ctx, tx, []any{&micros},
		`SELECT `+a.engine.store.dialect().now+a.ownershipClause("$1", "$2"), a.delivery.queueID, a.delivery.token)
	if err == nil && !found {
		err = ErrTaken
	}
	return time.UnixMicro(micros), err
}

// writeIfOwned runs a statement in a transaction that fails with ErrTaken when another delivery has
// followed.
func (a *Attempt) writeIfOwned(ctx context.Context, statement string, args ...any) error {
	return a.write(ctx, func(ctx context.Context, tx runner, _ time.Time) error {
		_, err := tx.exec(ctx, statement, args...)
		return err
	})
}
