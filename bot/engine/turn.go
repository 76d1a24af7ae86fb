package engine

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/rs/zerolog"
)

// sameLane is true of the unfinished jobs o that take turns with the job c, and aheadCondition of
// those whose turn comes before it.
const (
	sameLane       = `o.conversation = c.conversation AND o.conversation <> '' AND o.finished IS NULL AND o.lane = c.lane AND c.lane <> 2 AND o.held = ''`
	aheadCondition = sameLane + ` AND o.job < c.job`
)

// waitingJobs are the jobs that wait for their turn and have not been announced by this process.
type waitingJobs struct {
	due chan struct{} // holds a token when the first of the list has waited long enough

	mu   sync.Mutex // guards list
	list []waitingJob
}

func newWaitingJobs() *waitingJobs { return &waitingJobs{due: make(chan struct{}, 1)} }

type waitingJob struct {
	queueID int64
	due     time.Time // when it has waited long enough
}

// signalAfter signals once the first of the list is due.
func (w *waitingJobs) signalAfter(wait time.Duration) {
	time.AfterFunc(wait, func() {
		select {
		case w.due <- struct{}{}:
		default:
		}
	})
}

func (w *waitingJobs) add(due time.Time, queueIDs ...int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.list) == 0 && len(queueIDs) > 0 {
		w.signalAfter(time.Until(due))
	}
	for _, id := range queueIDs {
		w.list = append(w.list, waitingJob{id, due})
	}
}

// takeDue removes and returns those that have waited long enough by now.
func (w *waitingJobs) takeDue(now time.Time) (due [][]any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	rest := w.list[:0]
	for _, job := range w.list {
		if job.due.After(now) {
			rest = append(rest, job)
		} else {
			due = append(due, []any{job.queueID})
		}
	}
	w.list = rest
	if len(rest) > 0 {
		w.signalAfter(rest[0].due.Sub(now))
	}
	return due
}

// announceWaiting has the queue deliver those that have waited long enough. It is not their turn,
// so that they are only reported.
func (e *Engine) announceWaiting(ctx context.Context, now time.Time) error {
	due := e.waiting.takeDue(now)
	if len(due) == 0 || e.config.ReportWaiting == nil {
		return nil
	}
	err := e.store.write(ctx, func(ctx context.Context, tx runner) error {
		return tx.execMany(ctx, nil, `UPDATE river_job SET state = 'available', scheduled_at = `+e.store.dialect().stamp+`
			WHERE id = $1 AND state = 'pending'`, due)
	})
	if err != nil {
		return fmt.Errorf("announce jobs that wait: %w", err)
	}
	e.dispatcher.notify()
	return nil
}

// reportWaiting calls ReportWaiting for a job that was delivered before its turn.
func (e *Engine) reportWaiting(ctx context.Context, a *Attempt) settlement {
	if a.failing > 0 || e.config.ReportWaiting == nil { // one that was cancelled is told so when its turn comes
		return settlement{waits: true}
	}
	ctx, cancel := e.boundAttempt(ctx)
	defer cancel()
	err := a.raiseJournal(ctx)
	if err == nil {
		err = e.callReportWaiting(ctx, a)
	}
	if err != nil && !e.isInterruption(ctx, err) {
		zerolog.Ctx(ctx).Warn().Err(err).Msg("that a job waits for its turn may not have been told")
	}
	return settlement{waits: true}
}

func (e *Engine) callReportWaiting(ctx context.Context, a *Attempt) error {
	ahead, err := e.jobsAhead(ctx, a)
	if err != nil || len(ahead) == 0 {
		return err
	}
	return callAndLogPanic(ctx, func(ctx context.Context) error { return e.config.ReportWaiting(ctx, a, ahead) })
}

// jobsAhead are the jobs that have their turn before a job, in that order.
func (e *Engine) jobsAhead(ctx context.Context, a *Attempt) (ahead []Job, err error) {
	err = e.store.query(ctx, func(read scan) error {
		var job Job
		var payload string
		var received int64
		err := read(&job.ID, &job.Conversation, &job.Owner, &payload, &received)
		job.Payload, job.ReceivedAt = []byte(payload), time.UnixMicro(received)
		ahead = append(ahead, job)
		return err
	}, `SELECT o.id, o.conversation, o.owner, coalesce(s.result, o.payload), o.received
		FROM command c JOIN command o ON `+aheadCondition+`
		LEFT JOIN step s ON s.command = o.id AND s.step = '`+payloadStep+`' WHERE c.id = $1 ORDER BY o.job`, a.ID)
	if err != nil {
		return nil, fmt.Errorf("list the jobs ahead: %w", err)
	}
	return ahead, nil
}

// holdBack has a job wait for its turn again, and reports whether that has come meanwhile.
func (e *Engine) holdBack(ctx context.Context, tx runner, a *Attempt) (ready bool, err error) {
	n, err := tx.exec(ctx, `UPDATE river_job SET state = 'pending' WHERE id = $1 AND EXISTS (
		SELECT 1 FROM command c JOIN command o ON `+aheadCondition+` WHERE c.id = $2)`, a.delivery.queueID, a.ID)
	return n == 0, err
}

// endTurn notes that an attempt has failed: from the first one on the job takes no turns. It
// reports whether the next job of its lane is ready now.
func (e *Engine) endTurn(ctx context.Context, tx runner, a *Attempt) (ready bool, err error) {
	if _, err := tx.exec(ctx, `UPDATE command SET lane = 2, failing_since = CASE WHEN failing_since > 0 THEN failing_since
		ELSE `+e.store.dialect().now+` END WHERE id = $1`, a.ID); err != nil {
		return false, err
	}
	return e.releaseNext(ctx, tx, a.Conversation, a.lane)
}

// noteRecovery notes of a job that has failed before that its last attempt has not.
func (a *Attempt) noteRecovery(ctx context.Context, tx runner, o settlement) error {
	if !o.planned || a.FailingSince.IsZero() {
		return nil
	}
	_, err := tx.exec(ctx, `UPDATE command SET failing_since = 0 WHERE id = $1`, a.ID)
	return err
}

// IsUnfinished reports whether a job is in the store and has not ended.
func (e *Engine) IsUnfinished(ctx context.Context, id string) (bool, error) {
	d, err := e.Show(ctx, id)
	switch {
	case errors.Is(err, ErrUnknown):
		return false, nil
	case err != nil:
		return false, err
	}
	return d.State != Done && d.State != Failed, nil
}
