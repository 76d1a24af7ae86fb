package engine

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"time"

	"github.com/riverqueue/river"
	"github.com/rs/zerolog"
)

// storeTrouble is the pause after the store could not be read or written; it uses no attempt.
const storeTrouble = time.Second

// task is what the queue knows of a command.
type task struct {
	Command string `json:"command"`
}

func (task) Kind() string { return "command" }

type worker struct {
	river.WorkerDefaults[task]
	engine *Engine
}

func (w *worker) Work(ctx context.Context, job *river.Job[task]) error {
	w.engine.running.Add(1)
	defer w.engine.running.Add(-1)
	log := zerolog.Ctx(ctx).With().Str("command", job.Args.Command).Int("attempt", len(job.Errors)+1).Logger()
	ctx = log.WithContext(ctx)
	j, err := w.engine.load(ctx, job)
	if err != nil {
		return w.engine.postpone(ctx, err)
	}
	if j == nil { // finished, but the queue had not heard
		return nil
	}
	return w.engine.work(ctx, j)
}

// NextRetry doubles the pause from floor to ceiling; half of it is random, so that what failed together does not return together.
func (w *worker) NextRetry(job *river.Job[task]) time.Time {
	c := w.engine.config
	n := len(job.Errors) + 1
	if n > c.MaxAttempts {
		n -= c.MaxAttempts
	}
	pause := c.BackoffCeiling
	if n < 32 && c.BackoffFloor < pause>>(n-1) {
		pause = c.BackoffFloor << (n - 1)
	}
	pause = max(pause/2+rand.N(pause/2+1), c.BackoffFloor) + time.Millisecond // the queue refuses a time that has passed
	w.engine.driver.bell.ringIn(pause)
	return time.Now().Add(pause)
}

// work carries out one attempt. What it returns is for the queue: nil closes the job, a snooze or an error brings it back.
func (e *Engine) work(ctx context.Context, j *Job) error {
	if j.failing == 0 {
		err := e.attempt(ctx, j)
		switch cause := new(fatalError); {
		case err == nil:
			return e.close(ctx, j, stateDone)
		case ctx.Err() != nil, errors.As(err, new(*laterError)):
			return e.again(ctx, err)
		case errors.As(err, new(*outageError)):
			return e.postpone(ctx, err)
		case errors.As(err, &cause) || j.Attempt >= j.MaxAttempts:
			if err := e.fail(ctx, j, err); err != nil {
				return e.postpone(ctx, err)
			}
		default:
			zerolog.Ctx(ctx).Warn().Err(err).Msg("attempt failed")
			return err
		}
	}
	return e.report(ctx, j)
}

// attempt calls Handle, unless the process has died of it too often.
func (e *Engine) attempt(ctx context.Context, j *Job) error {
	if crashes := j.begun - j.Attempt; crashes >= e.config.MaxCrashes {
		return Fatal(fmt.Errorf("the process ended %d times while the command was running", crashes))
	}
	return e.guard(ctx, func(ctx context.Context) error { return e.config.Handle(ctx, j) })
}

// report tells the outside that the command has failed, then closes it.
func (e *Engine) report(ctx context.Context, j *Job) error {
	log := zerolog.Ctx(ctx)
	tries := j.begun - j.failing + 1
	if tries <= e.config.FailedAttempts {
		err := e.guard(ctx, func(ctx context.Context) error { return e.config.Failed(ctx, j, j.cause) })
		switch {
		case err == nil:
			log.Error().Err(j.cause).Msg("command failed for good")
			return e.close(ctx, j, stateFailed)
		case ctx.Err() != nil, errors.As(err, new(*laterError)):
			return e.again(ctx, err)
		case errors.As(err, new(*outageError)):
			return e.postpone(ctx, err)
		case tries < e.config.FailedAttempts:
			log.Warn().Err(err).Msg("failure could not be reported")
			return err
		}
		log.Error().Err(err).Msg("failure was never reported")
	}
	log.Error().Err(j.cause).Msg("command failed for good")
	return e.close(ctx, j, stateFailed)
}

// guard bounds a callback in time and turns its panic into an error.
func (e *Engine) guard(ctx context.Context, call func(context.Context) error) (err error) {
	if e.config.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, e.config.Timeout)
		defer cancel()
	}
	defer func() {
		if value := recover(); value != nil {
			err = &panicError{value: value, stack: debug.Stack()}
		}
		if p := new(panicError); errors.As(err, &p) {
			zerolog.Ctx(ctx).Error().Bytes("stack", p.stack).Interface("panic", fmt.Sprint(p.value)).Msg("callback panicked")
		}
	}()
	return call(ctx)
}

// again brings the job back without using up an attempt: after the pause it asked for, or at the next start when Run is ending.
func (e *Engine) again(ctx context.Context, err error) error {
	if later := new(laterError); errors.As(err, &later) {
		return e.snooze(later.after)
	}
	zerolog.Ctx(ctx).Info().Msg("command interrupted, it goes on at the next start")
	return context.Canceled
}

func (e *Engine) close(ctx context.Context, j *Job, state string) error {
	if err := e.finish(ctx, j, state); err != nil {
		return e.postpone(ctx, err)
	}
	return nil
}

// postpone brings the job back when the store is out of order, which uses up no attempt.
func (e *Engine) postpone(ctx context.Context, err error) error {
	e.complain(ctx, err)
	return e.snooze(storeTrouble)
}

// complain logs trouble with the store, which everybody has at once and again and again: a line a minute.
func (e *Engine) complain(ctx context.Context, err error) {
	log := zerolog.Ctx(ctx).Sample(e.troubles)
	log.Warn().Err(err).Msg("store is out of order, commands wait")
}

func (e *Engine) snooze(pause time.Duration) error {
	e.driver.bell.ringIn(pause)
	return river.JobSnooze(pause)
}
