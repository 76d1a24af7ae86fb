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

// errTimeout is why the context of an attempt ends at Config.Timeout.
var errTimeout = errors.New("the attempt took too long")

// task is what the queue knows of a command.
type task struct {
	Command string `json:"command"`
}

func (task) Kind() string { return "command" }

type worker struct {
	river.WorkerDefaults[task]
	engine *Engine
}

// Work carries out one hand-out and writes down what becomes of the job; nothing is left for River to do.
func (w *worker) Work(ctx context.Context, job *river.Job[task]) error {
	e := w.engine
	log := zerolog.Ctx(ctx).With().Str("job", job.Args.Command).Int("attempt", len(job.Errors)+1).Logger()
	ctx, h, leave := e.enter(log.WithContext(ctx), job)
	defer leave()
	j, err := e.load(ctx, job, h)
	switch {
	case err != nil:
		e.settle(ctx, &Attempt{engine: e, handout: h}, e.postpone(err))
	case j == nil: // finished, but the queue had not heard
		e.settle(ctx, &Attempt{engine: e, handout: h}, outcome{state: stateDone})
	default:
		e.settle(ctx, j, e.work(ctx, j))
	}
	return nil
}

// backoff doubles the pause from floor to ceiling; half of it is random, so that what failed together does not return together.
func (e *Engine) backoff(attempt int) time.Duration {
	c := e.config
	if attempt > c.MaxAttempts {
		attempt -= c.MaxAttempts
	}
	pause := c.BackoffCeiling
	if attempt < 32 && c.BackoffFloor < pause>>(attempt-1) {
		pause = c.BackoffFloor << (attempt - 1)
	}
	return max(pause/2+rand.N(pause/2+1), c.BackoffFloor)
}

// work carries out one attempt.
func (e *Engine) work(ctx context.Context, j *Attempt) outcome {
	if e.config.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, e.config.Timeout, errTimeout)
		defer cancel()
	}
	if j.failing == 0 {
		err := e.attempt(ctx, j)
		_, fatal := errors.AsType[*fatalError](err)
		switch {
		case err == nil:
			return outcome{state: stateDone}
		case e.comesBack(ctx, err), context.Cause(ctx) == errTimeout && j.memory.stored():
			return e.again(ctx, err)
		case fatal || j.Number >= j.MaxAttempts:
			if err := e.fail(ctx, j, err); err != nil {
				return e.postpone(err)
			}
			if ctx.Err() != nil { // no time left for telling
				return outcome{}
			}
		default:
			zerolog.Ctx(ctx).Warn().Err(err).Msg("attempt failed")
			return outcome{cause: err, pause: e.backoff(j.Number)}
		}
	}
	return e.report(ctx, j)
}

// attempt calls Handle, unless the process has died of it too often.
func (e *Engine) attempt(ctx context.Context, j *Attempt) error {
	// Each stored step is progress, which no poison makes: it is worth one more crash.
	if crashes := j.begun - j.Number; crashes >= e.config.MaxCrashes+j.memory.steps() {
		return GiveUp(fmt.Errorf("the process ended %d times while the command was running", crashes))
	}
	return e.guard(ctx, func(ctx context.Context) error { return e.config.Handle(ctx, j) })
}

// report tells the outside that the command has failed, then closes it.
func (e *Engine) report(ctx context.Context, j *Attempt) outcome {
	e.mu.Lock()
	j.handout.telling = true
	e.mu.Unlock()
	log := zerolog.Ctx(ctx)
	tries := j.begun - j.failing + 1
	if tries <= e.config.FailedAttempts {
		err := e.guard(ctx, func(ctx context.Context) error { return e.config.ReportFailure(ctx, j, j.cause) })
		switch {
		case err == nil:
			log.Error().Err(j.cause).Msg("command failed for good")
			return outcome{state: stateFailed}
		case e.comesBack(ctx, err):
			return e.again(ctx, err)
		case tries < e.config.FailedAttempts:
			log.Warn().Err(err).Msg("failure could not be reported")
			return outcome{cause: err, pause: e.backoff(j.Number)}
		}
		log.Error().Err(err).Msg("failure was never reported")
	}
	log.Error().Err(j.cause).Msg("command failed for good")
	return outcome{state: stateFailed}
}

// guard turns the panic of a callback into an error.
func (e *Engine) guard(ctx context.Context, call func(context.Context) error) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = &panicError{value: value, stack: debug.Stack()}
		}
		if p, panicked := errors.AsType[*panicError](err); panicked {
			zerolog.Ctx(ctx).Error().Bytes("stack", p.stack).Interface("panic", fmt.Sprint(p.value)).Msg("callback panicked")
		}
	}()
	return call(ctx)
}

// comesBack says whether an error is not the command's fault.
func (e *Engine) comesBack(ctx context.Context, err error) bool {
	stopped := ctx.Err() != nil && context.Cause(ctx) != errTimeout
	_, later := errors.AsType[*laterError](err)
	return stopped || later || errors.Is(err, ErrTaken) || errors.Is(err, ErrOutOfOrder)
}

// again brings the job back without using up an attempt: after the pause it asked for, after the store has recovered, or at once, here
// or with another replica, when Run is ending or the command was cancelled.
func (e *Engine) again(ctx context.Context, err error) outcome {
	if later, ok := errors.AsType[*laterError](err); ok {
		return outcome{pause: later.after}
	}
	if errors.Is(err, ErrOutOfOrder) {
		return e.postpone(err)
	}
	if context.Cause(ctx) != errTimeout {
		zerolog.Ctx(ctx).Info().Msg("command interrupted, it goes on from its last step")
	}
	return outcome{}
}

// postpone brings the job back when the store is out of order, which uses up no attempt.
func (e *Engine) postpone(err error) outcome {
	if !errors.Is(err, ErrTaken) {
		e.trouble.failed(err)
	}
	return outcome{pause: storeTrouble}
}
