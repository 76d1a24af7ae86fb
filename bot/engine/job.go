package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"
)

// Job is a command being carried out. Its methods may be called from several goroutines.
type Job struct {
	Command
	Attempt     int // 1 for the first, and one more after each failed one; interruptions do not count
	MaxAttempts int

	engine  *Engine
	job     int64 // id in the queue
	begun   int   // how often the queue has handed it out, without pauses and regular ends
	failing int   // what begun was when Handle gave up; 0 before
	cause   error // of the failure
	memory  *memory
}

// load reads the command of a queued job, nil when it is finished. Steps are read only when somebody may have made some.
func (e *Engine) load(ctx context.Context, row *river.Job[task]) (*Job, error) {
	j := &Job{engine: e, job: row.ID, begun: row.Attempt, memory: newMemory()}
	j.Attempt, j.MaxAttempts = len(row.Errors)+1, e.config.MaxAttempts
	var payload, state, cause string
	var received int64
	err := e.store.db.QueryRowContext(ctx,
		`SELECT id, conversation, payload, received, state, failing, cause FROM command WHERE id = $1`, row.Args.Command).
		Scan(&j.ID, &j.Conversation, &payload, &received, &state, &j.failing, &cause)
	if err != nil {
		return nil, fmt.Errorf("read command: %w", err)
	}
	if state == stateDone || state == stateFailed {
		return nil, nil
	}
	j.Payload = json.RawMessage(payload)
	j.ReceivedAt = time.UnixMicro(received)
	if cause != "" {
		j.cause = errors.New(cause)
	}
	if len(row.AttemptedBy) > 1 {
		if err := j.recall(ctx); err != nil {
			return nil, err
		}
	}
	return j, nil
}

// Do runs do once per command and step and stores what it returns as JSON; later calls, also after a restart, fill result from
// the store. result is a pointer, or nil when the value does not matter. An error of do is returned and nothing is stored.
// A value returned by do is stored even when ctx has ended by then, since its effect has happened.
func (j *Job) Do(ctx context.Context, step string, result any, do func(ctx context.Context) (any, error)) error {
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

func (j *Job) run(ctx context.Context, step string, do func(ctx context.Context) (any, error)) (json.RawMessage, error) {
	if err := ctx.Err(); err != nil {
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
	if err := j.keep(ctx, step, stored); err != nil {
		return nil, err
	}
	return stored, nil
}
