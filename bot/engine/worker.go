package engine

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/rs/zerolog"
)

const (
	// outagePause follows an attempt that could not read or write the store; it uses no attempt.
	outagePause = time.Second

	// handBackPause is how long a job that needs a newer replica is left to one. Newer replicas
	// find it when they poll; this process does not notify itself.
	handBackPause = 2 * time.Second
)

// errTimeout is why the context of an attempt ends at Config.Timeout.
var errTimeout = errors.New("the attempt took too long")

// work handles a delivery, and those that follow it on this worker, until none does.
func (e *Engine) work(ctx context.Context, row *queueRow) {
	defer e.dispatcher.release(1)
	for row != nil && !e.dispatcher.isStopped() {
		var next *queueRow
		_ = callAndLogPanic(ctx, func(ctx context.Context) error {
			next = e.handleDelivery(ctx, row)
			return nil
		})
		row = next
	}
	if row != nil {
		e.returnFetched(ctx, []*queueRow{row})
	}
}

// handleDelivery handles one delivery and settles it. It returns the next one for this worker, if
// there is one.
func (e *Engine) handleDelivery(ctx context.Context, row *queueRow) (next *queueRow) {
	log := zerolog.Ctx(ctx).With().Str("job", row.job).Int("attempt", row.failures+1).Logger()
	ctx = log.WithContext(ctx)
	attempt, d, end := e.beginDelivery(ctx, row)
	defer end()
	a, outcome := e.tryDelivery(attempt, row, d)
	a.pending.end()
	return e.settle(ctx, a, outcome) // also of an attempt that was cancelled
}

// tryDelivery makes an attempt at a delivered job, where one is due. The Attempt has no job where
// it is finished or could not be read.
func (e *Engine) tryDelivery(ctx context.Context, row *queueRow, d *delivery) (*Attempt, settlement) {
	a, err := e.loadAttempt(ctx, row, d)
	switch {
	case err != nil:
		return &Attempt{engine: e, delivery: d}, e.outageOutcome(err)
	case a == nil: // finished, but the queue did not know
		return &Attempt{engine: e, delivery: d}, settlement{state: stateDone}
	case a.journal > e.config.JournalVersion:
		return a, e.handBack(ctx, a)
	case a.ahead > 0:
		return a, e.reportWaiting(ctx, a)
	default:
		return a, e.runAttempt(ctx, a)
	}
}

// handBack leaves a job to a newer replica.
func (e *Engine) handBack(ctx context.Context, a *Attempt) settlement {
	e.newerJob.Do(func() {
		zerolog.Ctx(ctx).Warn().Int("journal", a.journal).Int("own_journal", e.config.JournalVersion).
			Msg("job was written by a newer version of the program and waits; start that version")
	})
	return settlement{pause: handBackPause, handedBack: true}
}

// backoff doubles the pause from floor to ceiling; half of it is random, so that what failed
// together does not return together.
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

// repeatPause is the pause after a failed attempt.
func (e *Engine) repeatPause(err error, attempt int) time.Duration {
	pause := e.backoff(attempt)
	if repeat, ok := errors.AsType[*repeatError](err); ok {
		return min(pause, repeat.within)
	}
	return pause
}

// boundAttempt bounds an attempt by Config.Timeout.
func (e *Engine) boundAttempt(ctx context.Context) (context.Context, context.CancelFunc) {
	if e.config.Timeout <= 0 {
		return ctx, func() {}
	}
	return context.WithTimeoutCause(ctx, e.config.Timeout, errTimeout)
}

func (e *Engine) runAttempt(ctx context.Context, a *Attempt) settlement {
	ctx, cancel := e.boundAttempt(ctx)
	defer cancel()
	if err := a.raiseJournal(ctx); err != nil {
		return e.outageOutcome(err)
	}
	if a.failing == 0 {
		err := e.callHandle(ctx, a)
		_, gaveUp := errors.AsType[*giveUpError](err)
		switch {
		case err == nil:
			return settlement{state: stateDone}
		case e.isInterruption(ctx, err), hasTimedOut(ctx) && a.cache.hasProgress():
			o := e.interruptionOutcome(ctx, err)
			if o.planned || o.failed { // the job has come back by itself
				o.crashes = a.crashes()
			}
			return o
		case gaveUp || a.Number >= a.MaxAttempts:
			e.beginReport(a)
			if err := e.storeFailure(ctx, a, err); err != nil {
				return e.outageOutcome(err)
			}
			if ctx.Err() != nil { // no time left for the report
				return settlement{}
			}
		default:
			zerolog.Ctx(ctx).Warn().Err(err).Msg("attempt failed")
			return settlement{cause: err, pause: e.repeatPause(err, a.Number), failed: true, crashes: a.crashes()}
		}
	}
	return e.reportFailure(ctx, a)
}

// raiseJournal marks a job of an older version before this one stores anything for it: an older
// program could not read that.
func (a *Attempt) raiseJournal(ctx context.Context) error {
	own := a.engine.config.JournalVersion
	if a.journal == own {
		return nil
	}
	if err := a.writeIfOwned(ctx, `UPDATE command SET journal = $1 WHERE id = $2`, own, a.ID); err != nil {
		return fmt.Errorf("store the journal's version: %w", err)
	}
	a.journal = own
	return nil
}

// crashes is how often the process has ended during the job since an attempt last ended by itself,
// which one that kills the process does not let happen.
func (a *Attempt) crashes() int { return a.deliveries - a.Number }

// callHandle calls Handle, unless the process has ended during it too often.
func (e *Engine) callHandle(ctx context.Context, a *Attempt) error {
	// Each stored step is progress, which a job that kills the process does not make: it allows one
	// more crash.
	if crashes := a.crashes(); crashes >= e.config.MaxCrashes+a.cache.countResults() {
		return GiveUp(fmt.Errorf("the process ended %d times while the job was running", crashes))
	}
	return callAndLogPanic(ctx, func(ctx context.Context) error { return e.config.Handle(ctx, a) })
}

// beginReport notes that the job has failed, so that nobody interrupts the delivery any more. It
// comes before the failure is stored, which looks like a cancelled job.
func (e *Engine) beginReport(a *Attempt) {
	e.mu.Lock()
	defer e.mu.Unlock()
	a.delivery.reporting = true
}

// reportFailure calls ReportFailure, then closes the job.
func (e *Engine) reportFailure(ctx context.Context, a *Attempt) settlement {
	e.beginReport(a)
	log := zerolog.Ctx(ctx)
	tries := a.deliveries - a.failing + 1
	if tries <= e.config.MaxReports {
		err := callAndLogPanic(ctx, func(ctx context.Context) error { return e.config.ReportFailure(ctx, a, a.cause) })
		switch {
		case err == nil:
			log.WithLevel(levelOfFailure(a.cause)).Err(a.cause).Msg("job failed for good")
			return settlement{state: stateFailed}
		case e.isInterruption(ctx, err):
			return e.interruptionOutcome(ctx, err)
		case tries < e.config.MaxReports:
			log.Warn().Err(err).Msg("failure could not be reported, will retry")
			return settlement{cause: err, pause: e.backoff(a.Number), failed: true}
		}
		log.Error().Err(err).Msg("failure was never reported")
	}
	log.Error().Err(a.cause).Msg("job failed for good")
	return settlement{state: stateFailed}
}

// levelOfFailure is that of the line about a job that has failed: who stops it gets what they want.
func levelOfFailure(cause error) zerolog.Level {
	if errors.Is(cause, ErrStopped) {
		return zerolog.InfoLevel
	}
	return zerolog.ErrorLevel
}

// hasTimedOut reports whether the context of an attempt ended at Config.Timeout.
func hasTimedOut(ctx context.Context) bool { return errors.Is(context.Cause(ctx), errTimeout) }

// isInterruption reports whether an error ends an attempt without having failed it.
func (e *Engine) isInterruption(ctx context.Context, err error) bool {
	stopped := ctx.Err() != nil && !hasTimedOut(ctx)
	_, postponed := errors.AsType[*postponeError](err)
	return stopped || postponed || errors.Is(err, ErrTaken) || errors.Is(err, ErrOutOfOrder) || errors.Is(err, ErrClaimLost)
}

// interruptionOutcome brings the job back without using up an attempt: after the pause it asked
// for, after the store has recovered, or at once, here or with another replica, when Run is ending
// or the job was cancelled.
func (e *Engine) interruptionOutcome(ctx context.Context, err error) settlement {
	if postponed, ok := errors.AsType[*postponeError](err); ok {
		return settlement{pause: postponed.after, leaves: postponed.leaves, failed: postponed.failed, planned: !postponed.failed, holds: postponed.holds}
	}
	if errors.Is(err, ErrOutOfOrder) {
		return e.outageOutcome(err)
	}
	if !hasTimedOut(ctx) {
		zerolog.Ctx(ctx).Info().Msg("attempt interrupted, job goes on from its last step")
	}
	return settlement{}
}

// outageOutcome brings the job back when the store is out of order, without using up an attempt.
func (e *Engine) outageOutcome(err error) settlement {
	if errors.Is(err, ErrClaimLost) {
		return settlement{}
	}
	if !errors.Is(err, ErrTaken) {
		e.health.noteFailure(err)
	}
	return settlement{pause: outagePause}
}
