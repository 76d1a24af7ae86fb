package symphony

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// What is assumed where a RetryPolicy or a FeedConfig gives nothing.
const (
	DefaultInitialWait = 500 * time.Millisecond
	DefaultMultiplier  = 2
	DefaultMaxAttempts = 10
)

// RetryPolicy bounds the repetition of failed calls. The waits grow from Initial
// by Multiplier up to Max, each spread at random by half either way; a server's
// Retry-After takes their place.
type RetryPolicy struct {
	// Initial is the first wait. Default DefaultInitialWait.
	Initial time.Duration
	// Max is the longest wait. Default 10 s.
	Max time.Duration
	// Multiplier is at least 1. Default DefaultMultiplier.
	Multiplier float64
	// MaxElapsed is the time from the first attempt after which no other is begun. Default 45 s.
	MaxElapsed time.Duration
	// MaxAttempts counts the first one: 1 never repeats. Default DefaultMaxAttempts.
	MaxAttempts int
}

func (p RetryPolicy) withDefaults() RetryPolicy {
	if p.Initial <= 0 {
		p.Initial = DefaultInitialWait
	}
	if p.Max <= 0 {
		p.Max = 10 * time.Second
	}
	if p.Multiplier < 1 {
		p.Multiplier = DefaultMultiplier
	}
	if p.MaxElapsed <= 0 {
		p.MaxElapsed = 45 * time.Second
	}
	if p.MaxAttempts <= 0 {
		p.MaxAttempts = DefaultMaxAttempts
	}
	return p
}

// waits is the growing, jittered row of pauses.
func (p RetryPolicy) waits() *backoff.ExponentialBackOff {
	b := &backoff.ExponentialBackOff{
		InitialInterval: p.Initial, MaxInterval: p.Max, Multiplier: p.Multiplier,
		RandomizationFactor: backoff.DefaultRandomizationFactor,
	}
	b.Reset()
	return b
}

// signInWait is the longest wait between two attempts to sign in, on average: all
// else waits for it, so that the end of an outage should be noticed soon.
const signInWait = 5 * time.Second

// repeat runs attempt until it succeeds, may not be repeated, or the policy or ctx ends.
func (c *Client) repeat(ctx context.Context, r request, attempt func() error) error {
	policy, begin := c.config.Retry, c.config.Now()
	if r.op.signsIn() {
		policy.Max = min(policy.Max, signInWait)
	}
	waits := policy.waits()
	for n := 1; ; n++ {
		if err := c.keepPace(ctx, r.op); err != nil {
			return err
		}
		err := attempt()
		if err == nil || r.once || n >= policy.MaxAttempts || ctx.Err() != nil || !repeatable(r.op.Class, err) {
			return err
		}
		wait := waits.NextBackOff()
		if asked := retryAfter(err); asked > 0 {
			wait = spread(asked)
		}
		now := c.config.Now()
		if now.Add(wait).Sub(begin) > policy.MaxElapsed || beyond(ctx, wait) {
			return err
		}
		c.counts.retries.Add(1)
		if _, felt := throttled(err); felt {
			c.pressure.waits(wait)
		}
		if ended := c.sleep(ctx, wait); ended != nil {
			return fmt.Errorf("%w while waiting to repeat: %w", ended, err)
		}
	}
}

// spread is somewhat more than the wait that a server asked many for, lest all come
// back at once.
func spread(asked time.Duration) time.Duration { return asked + rand.N(asked/10+1) }

// beyond is true when the deadline of ctx comes before d is over: better to tell at once.
func beyond(ctx context.Context, d time.Duration) bool {
	deadline, ok := ctx.Deadline()
	return ok && time.Until(deadline) < d
}

// repeatable is true for a failure that may pass, of an operation that may be
// repeated after it.
func repeatable(class Class, err error) bool {
	e, ok := errors.AsType[*Error](err)
	if !ok || signIn(err) { // signing in has its own repetition
		return false
	}
	_, untrusted := errors.AsType[*tls.CertificateVerificationError](err)
	switch {
	case untrusted:
		return false
	case e.Status == http.StatusTooManyRequests, e.unsent:
		return true
	case class == UnsafeWrite, e.Status == http.StatusNotImplemented, errors.Is(err, ErrTooLarge):
		return false
	}
	return errors.Is(e, ErrUnavailable)
}

// retryAfter is how long the server asked to wait, 0 if it did not.
func retryAfter(err error) time.Duration {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.RetryAfter
	}
	return 0
}
