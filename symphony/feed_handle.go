package symphony

import (
	"context"
	"errors"
	"time"
)

// handleBatch hands a batch to the handler, and again after errors until shortly before the service
// would deliver it anew. It reports whether the handler took it.
func (r *feedRun) handleBatch(ctx context.Context, events []Event) bool {
	if len(events) == 0 {
		return true
	}
	policy := RetryPolicy{Initial: r.config.MinWait, Max: maxHandleWait}.withDefaults()
	waits, begin := policy.newBackOff(), r.client.config.Now()
	patience := r.config.Visibility * 5 / 6
	for {
		handedOver := r.client.config.Now()
		err := r.handle(ctx, events)
		if err == nil {
			r.recordHandled(handedOver, len(events))
			return true
		}
		if ctx.Err() != nil {
			return false
		}
		r.recordUnhandled(err, len(events))
		wait := waits.NextBackOff()
		if r.client.config.Now().Add(wait).Sub(begin) > patience { // it will be read again
			return false
		}
		if r.client.sleep(ctx, wait) != nil {
			return false
		}
	}
}

// maxHandleWait is the longest wait, on average, before a batch is handed over again. It is short:
// no server has to be spared.
const maxHandleWait = 2 * time.Second

// AlreadyLogged marks an error that a [Handler] has logged: the feed counts it and does not log it.
func AlreadyLogged(err error) error { return &alreadyLoggedError{err} }

type alreadyLoggedError struct{ cause error }

func (e *alreadyLoggedError) Error() string { return e.cause.Error() }
func (e *alreadyLoggedError) Unwrap() error { return e.cause }

// recordUnhandled counts and logs a batch that was not taken.
func (r *feedRun) recordUnhandled(err error, events int) {
	now := r.client.config.Now()
	r.stats.recordUnhandled(err)
	if _, logged := errors.AsType[*alreadyLoggedError](err); logged {
		return
	}
	if lasts, report := r.handleOutage.Fail(now); report {
		text := "a batch was not handled; it comes again"
		if lasts > 0 {
			text = "batches are still not handled"
		}
		r.log.Warn().Err(err).Int("events", events).Dur("lasts", lasts).Int("failures", r.handleOutage.Failures()).Msg(text)
	}
}

// recordHandled logs the end of an outage, and a batch that the service delivers anew because the
// last try alone took so long. Failed tries are logged as they fail.
func (r *feedRun) recordHandled(handedOver time.Time, events int) {
	now := r.client.config.Now()
	r.stats.recordHandled(events)
	if lasted, failures, report := r.handleOutage.End(now); report {
		r.log.Info().Dur("lasted", lasted).Int("failures", failures).Msg("batches are handled again")
	}
	if took := now.Sub(handedOver); took > r.config.Visibility {
		r.log.Warn().Dur("took", took).Msg("a batch took so long that it comes again")
	}
}
