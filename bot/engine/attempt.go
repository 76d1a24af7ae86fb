package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync/atomic"
	"time"
)

// Attempt is one try at a job. Its methods may be called from several goroutines. They fail with
// ErrTaken once a write has shown that another replica has taken the job over, and then no effect
// may follow.
type Attempt struct {
	Job
	Number      int // 1 for the first, one more after each failure; interruptions do not count
	MaxAttempts int
	Series      int // 1, and one more for each Retry; Number begins at 1 in each

	// Earlier is true of a job that was in the store before this process opened it, and of one that
	// is retried. The store may have been set back since (to a backup, a snapshot, a standby that
	// lacked the last commits), so that more has happened than it knows.
	Earlier bool

	// FailingSince is when the first of the attempts failed that have failed since the job was last
	// postponed as planned; zero where the last one has not failed.
	FailingSince time.Time

	// Kind is the name by which a pause may hold the job. Handle sets it before the job's first write.
	Kind string

	// Permit is what the job needs for its first write; Handle sets it before that.
	Permit PermitUse

	engine     *Engine
	delivery   *delivery
	lane       Lane
	ahead      int   // how many jobs have their turn before it
	deliveries int   // of this job by the queue: failed attempts, and ends of the process since an attempt last ended by itself
	failing    int   // what deliveries was when the last attempt failed; 0 before
	cause      error // of the failure
	journal    int   // newest version of the journal that has worked on the job
	cache      *stepCache
	pending    pendingWrites
	taken      atomic.Bool // a write has failed with ErrTaken
}

// loadAttempt reads the job of a queue row, nil when it is finished. Steps are read only when
// somebody may have stored some.
func (e *Engine) loadAttempt(ctx context.Context, row *queueRow, d *delivery) (*Attempt, error) {
	a := &Attempt{engine: e, delivery: d, deliveries: row.attempt, cache: newStepCache()}
	a.Number, a.MaxAttempts = row.failures+1, e.config.MaxAttempts
	if row.inserted != nil { // a moment ago, by this process
		a.Job, a.Series, a.journal, a.lane = *row.inserted, 1, e.config.JournalVersion, row.inserted.Lane
		return a, nil
	}
	var payload, state, cause string
	var received, queueID, failingSince int64
	found, err := queryRow(ctx, e.store,
		[]any{&a.ID, &a.Conversation, &payload, &received, &state, &queueID, &a.failing, &cause, &a.Series, &a.journal, &a.lane, &failingSince, &a.ahead},
		`SELECT c.id, c.conversation, coalesce(s.result, c.payload), c.received, c.state, c.job, c.failing, c.cause, c.retries + 1, c.journal,
			c.lane, c.failing_since, (SELECT count(*) FROM command o WHERE `+aheadCondition+`)
			FROM command c LEFT JOIN step s ON s.command = c.id AND s.step = '`+payloadStep+`' WHERE c.id = $1`, row.job)
	if err != nil {
		return nil, fmt.Errorf("read job: %w", err)
	}
	if !found || queueID != row.id || state == stateDone || state == stateFailed {
		return nil, nil
	}
	a.Payload = json.RawMessage(payload)
	a.ReceivedAt = time.UnixMicro(received)
	if failingSince > 0 {
		a.FailingSince = time.UnixMicro(failingSince)
	}
	if a.failing > 0 {
		a.cause = causeError(cause)
	}
	a.Earlier = row.id <= e.lastEarlier || a.Series > 1 // a retried job has a new queue id
	if row.deliveries > 1 || a.Series > 1 {
		if err := a.loadSteps(ctx); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// causeError makes the error of a stored cause.
func causeError(cause string) error {
	switch cause {
	case causeCancelled:
		return ErrCancelled
	case causeStopped:
		return ErrStopped
	}
	return errors.New(cause)
}

// Do runs do once per job and step and stores what it returns as JSON; later calls, also after a
// restart, fill result from the store. result is a pointer, or nil when the value does not matter.
// An error of do is returned and nothing is stored. A value returned by do is stored even when ctx
// has ended by then, since its effect has happened.
//
// The value is on disk with the next intention or claim of the job or at the end of the attempt,
// and after a quarter of a second at the latest: see SaveSoon. A crash before that has the next
// attempt call do again. So an effect that must not happen twice needs an intention before it, and
// whatever follows from one result is on disk only if that result is.
func (a *Attempt) Do(ctx context.Context, step string, result any, do func(ctx context.Context) (any, error)) error {
	unlock, err := a.cache.lockStep(ctx, step)
	if err != nil {
		return err
	}
	defer unlock()
	stored, ok := a.cache.result(step)
	if !ok {
		if stored, err = a.runStep(ctx, step, do); err != nil {
			return err
		}
	}
	if result == nil {
		return nil
	}
	return readResult(step, stored, result)
}

// Result reads into value what a step has stored, in this attempt or an earlier one. It reports
// false while the step has not been done.
func (a *Attempt) Result(step string, into any) (bool, error) {
	stored, ok := a.cache.result(step)
	if !ok {
		return false, nil
	}
	err := readResult(step, stored, into)
	return err == nil, err
}

func readResult(step string, stored json.RawMessage, into any) error {
	if err := json.Unmarshal(stored, into); err != nil {
		return fmt.Errorf("stored result of step %s does not fit %T: %w", step, into, err)
	}
	return nil
}

func (a *Attempt) runStep(ctx context.Context, step string, do func(ctx context.Context) (any, error)) (json.RawMessage, error) {
	if err := a.checkActive(ctx); err != nil {
		return nil, err
	}
	var value any
	err := catchPanic(func() (err error) {
		value, err = do(ctx)
		return err
	})
	if err != nil {
		return nil, err
	}
	stored, err := json.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("result of step %s: %w", step, err)
	}
	a.keepResult(ctx, step, stored)
	return stored, nil
}

// checkActive is nil while an effect may begin. A frozen process wakes up with a context that has
// not noticed its own end, and other replicas may have its jobs by then; so clocks are compared.
func (a *Attempt) checkActive(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if deadline, ok := ctx.Deadline(); ok && !time.Now().Before(deadline) {
		return context.DeadlineExceeded
	}
	if a.taken.Load() {
		return fmt.Errorf("%s: %w", a.ID, ErrTaken)
	}
	return a.engine.membership.checkAlive()
}
