package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"
)

// Attempt is a command being carried out. Its methods may be called from several goroutines. They fail with ErrTaken once another replica
// has taken the command over, and then no effect may follow.
type Attempt struct {
	Job
	Number      int // 1 for the first, and one more after each failed one; interruptions do not count
	MaxAttempts int
	Series      int // 1, and one more each time an operator had the failed command tried again; Attempt begins anew in each

	engine  *Engine
	handout *handout
	begun   int   // how often the queue has handed it out, without pauses and regular ends
	failing int   // what begun was when Handle gave up; 0 before
	cause   error // of the failure
	memory  *memory
}

// load reads the command of a queued job, nil when it is finished. Steps are read only when somebody may have made some.
func (e *Engine) load(ctx context.Context, row *river.Job[task], h *handout) (*Attempt, error) {
	j := &Attempt{engine: e, handout: h, begun: row.Attempt, memory: newMemory()}
	j.Number, j.MaxAttempts = len(row.Errors)+1, e.config.MaxAttempts
	var payload, state, cause string
	var received, job int64
	found, err := one(ctx, e.store, []any{&j.ID, &j.Conversation, &payload, &received, &state, &job, &j.failing, &cause, &j.Series},
		`SELECT id, conversation, payload, received, state, job, failing, cause, retries + 1 FROM command WHERE id = $1`, row.Args.Command)
	if err != nil {
		return nil, fmt.Errorf("read command: %w", err)
	}
	if !found || job != row.ID || state == stateDone || state == stateFailed {
		return nil, nil
	}
	j.Payload = json.RawMessage(payload)
	j.ReceivedAt = time.UnixMicro(received)
	if j.failing > 0 {
		j.cause = failure(cause)
	}
	if len(row.AttemptedBy) > 1 || j.Series > 1 {
		if err := j.recall(ctx); err != nil {
			return nil, err
		}
	}
	return j, nil
}

// failure makes the error of a stored cause.
func failure(cause string) error {
	if cause == ErrCancelled.Error() {
		return ErrCancelled
	}
	return errors.New(cause)
}

// Do runs do once per command and step and stores what it returns as JSON; later calls, also after a restart, fill result from
// the store. result is a pointer, or nil when the value does not matter. An error of do is returned and nothing is stored.
// A value returned by do is stored even when ctx has ended by then, since its effect has happened.
func (j *Attempt) Do(ctx context.Context, step string, result any, do func(ctx context.Context) (any, error)) error {
	leave, err := j.memory.enter(ctx, step)
	if err != nil {
		return err
	}
	defer leave()
	stored, ok := j.memory.result(step)
	if !ok {
		if stored, err = j.run(ctx, step, do); err != nil {
			return err
		}
	}
	if result == nil {
		return nil
	}
	if err := json.Unmarshal(stored, result); err != nil {
		return fmt.Errorf("stored result of step %s does not fit %T: %w", step, result, err)
	}
	return nil
}

// Result reads into value what a step has stored, in this attempt or an earlier one. It reports false
// while the step has not been done.
func (j *Attempt) Result(step string, into any) (bool, error) {
	stored, ok := j.memory.result(step)
	if !ok {
		return false, nil
	}
	if err := json.Unmarshal(stored, into); err != nil {
		return false, fmt.Errorf("stored result of step %s does not fit %T: %w", step, into, err)
	}
	return true, nil
}

func (j *Attempt) run(ctx context.Context, step string, do func(ctx context.Context) (any, error)) (json.RawMessage, error) {
	if err := j.mayAct(ctx); err != nil {
		return nil, err
	}
	var value any
	err := protect(func() (err error) {
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
	return j.keep(ctx, step, stored)
}

// mayAct says whether an effect may begin. A process that was frozen wakes up with a context that has not noticed its own end yet,
// and with others at work on its commands; clocks tell.
func (j *Attempt) mayAct(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if deadline, ok := ctx.Deadline(); ok && !time.Now().Before(deadline) {
		return context.DeadlineExceeded
	}
	return j.engine.presence.sure()
}
