package symphony

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// RetryPolicy bounds the repetition of failed calls. The waits grow from Initial by Multiplier up
// to Max, each spread at random by half either way; a server's Retry-After takes their place. A
// field that is zero is [DefaultRetry]'s.
type RetryPolicy struct {
	// Initial is the first wait.
	Initial time.Duration
	// Max is the longest wait.
	Max time.Duration
	// Multiplier is at least 1.
	Multiplier float64
	// MaxElapsed is the time from the first try after which no other is begun.
	MaxElapsed time.Duration
	// MaxAttempts counts the first one: 1 never repeats.
	MaxAttempts int
}

// newBackOff makes the growing, jittered row of pauses.
func (p RetryPolicy) newBackOff() *backoff.ExponentialBackOff {
	b := &backoff.ExponentialBackOff{
		InitialInterval: p.Initial, MaxInterval: p.Max, Multiplier: p.Multiplier,
		RandomizationFactor: backoff.DefaultRandomizationFactor,
	}
	b.Reset()
	return b
}

// maxSignInWait is the longest wait between two tries to sign in, on average: all other calls wait
// for it, so the end of an outage has to be noticed soon.
const maxSignInWait = 5 * time.Second

// repeat calls try until it succeeds or may not be repeated, or until the policy or ctx ends.
func (c *Client) repeat(ctx context.Context, r request, try func() error) error {
	policy, begin := c.config.Retry, c.config.Now()
	if r.op.isSignIn() {
		policy.Max = min(policy.Max, maxSignInWait)
	}
	waits := policy.newBackOff()
	for n := 1; ; n++ {
		if err := c.keepPace(ctx, r.op); err != nil {
			return err
		}
		err := try()
		if err == nil || r.once || n >= policy.MaxAttempts || ctx.Err() != nil || !r.op.mayRetry(err) {
			return err
		}
		wait := waits.NextBackOff()
		if asked := retryAfter(err); asked > 0 {
			wait = addJitter(asked)
		}
		now := c.config.Now()
		if now.Add(wait).Sub(begin) > policy.MaxElapsed || isBeyondDeadline(ctx, wait) {
			return err
		}
		c.counts.retries.Add(1)
		if _, throttled := requestedWait(err); throttled {
			c.throttle.addWait(wait)
		}
		if ended := c.sleep(ctx, wait); ended != nil {
			return fmt.Errorf("%w while waiting to repeat: %w", ended, err)
		}
	}
}

// addJitter is somewhat more than the wait that a server asked for. Many callers were asked, and
// they should not come back at once.
func addJitter(asked time.Duration) time.Duration { return asked + rand.N(asked/10+1) }

// isBeyondDeadline reports whether the deadline of ctx comes before d is over, so that there is no
// use in waiting.
func isBeyondDeadline(ctx context.Context, d time.Duration) bool {
	deadline, ok := ctx.Deadline()
	return ok && time.Until(deadline) < d
}

// retryAfter is how long the server asked to wait, 0 if it did not.
func retryAfter(err error) time.Duration {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.RetryAfter
	}
	return 0
}
