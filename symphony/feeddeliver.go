package symphony

import (
	"context"
	"time"
)

// deliver hands a batch over until it is taken: at once, then again in place until
// shortly before the service would deliver it anew. It is true when it was taken.
func (r *run) deliver(ctx context.Context, events []Event) bool {
	if len(events) == 0 {
		return true
	}
	policy := RetryPolicy{Initial: r.config.MinWait, Max: r.config.Visibility / 4}.withDefaults()
	waits, begin := policy.waits(), r.client.config.Now()
	patience := r.config.Visibility * 5 / 6
	for {
		err := r.handle(ctx, events)
		if err == nil {
			r.late(begin)
			return true
		}
		if ctx.Err() != nil {
			return false
		}
		r.stats.unhandled(err)
		wait := waits.NextBackOff()
		if r.client.config.Now().Add(wait).Sub(begin) > patience {
			r.log.Error().Err(err).Int("events", len(events)).Msg("a batch was not handled; it will be read again")
			return false
		}
		r.log.Warn().Err(err).Int("events", len(events)).Dur("wait", wait).Msg("a batch was not handled")
		if r.client.sleep(ctx, wait) != nil {
			return false
		}
	}
}

// late tells of a batch that has been delivered anew by the time it was handled.
func (r *run) late(begin time.Time) {
	if took := r.client.config.Now().Sub(begin); took > r.config.Visibility {
		r.log.Warn().Dur("took", took).Msg("a batch took so long that it comes again")
	}
}
