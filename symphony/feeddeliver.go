package symphony

import (
	"context"
	"errors"
	"time"
)

// deliver hands a batch over until it is taken: at once, then again in place until
// shortly before the service would deliver it anew. It is true when it was taken.
func (r *run) deliver(ctx context.Context, events []Event) bool {
	if len(events) == 0 {
		return true
	}
	policy := RetryPolicy{Initial: r.config.MinWait, Max: handleWait}.withDefaults()
	waits, begin := policy.waits(), r.client.config.Now()
	patience := r.config.Visibility * 5 / 6
	for {
		tried := r.client.config.Now()
		err := r.handle(ctx, events)
		if err == nil {
			r.kept(tried, len(events))
			return true
		}
		if ctx.Err() != nil {
			return false
		}
		r.unhandled(err, len(events))
		wait := waits.NextBackOff()
		if r.client.config.Now().Add(wait).Sub(begin) > patience { // it will be read again
			return false
		}
		if r.client.sleep(ctx, wait) != nil {
			return false
		}
	}
}

// handleWait is the longest wait, on average, before a batch is handed over again. It
// is short: there is no server on the other side that needs to be spared.
const handleWait = 2 * time.Second

// Told marks err as known to the log already, for a [Handler] to return: the feed
// counts it and says nothing.
func Told(err error) error { return &toldError{err} }

type toldError struct{ cause error }

func (e *toldError) Error() string { return e.cause.Error() }
func (e *toldError) Unwrap() error { return e.cause }

// unhandled tells of a batch that was not taken.
func (r *run) unhandled(err error, events int) {
	now := r.client.config.Now()
	r.stats.unhandled(err)
	if _, told := errors.AsType[*toldError](err); told {
		return
	}
	if lasts, say := r.unkept.failed(now); say {
		said := "a batch was not handled; it comes again"
		if lasts > 0 {
			said = "batches are still not handled"
		}
		r.log.Warn().Err(err).Int("events", events).Dur("lasts", lasts).Int("failures", r.unkept.failures).Msg(said)
	}
}

// kept tells of the end of an outage, and of a batch that was delivered anew while a
// single try was still handling it. Failed tries are in the log already.
func (r *run) kept(tried time.Time, events int) {
	now := r.client.config.Now()
	r.stats.handled(events)
	if lasted, failures, told := r.unkept.end(now); told {
		r.log.Info().Dur("lasted", lasted).Int("failures", failures).Msg("batches are handled again")
	}
	if took := now.Sub(tried); took > r.config.Visibility {
		r.log.Warn().Dur("took", took).Msg("a batch took so long that it comes again")
	}
}
