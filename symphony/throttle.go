package symphony

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// throttle slows all callers down together when Symphony asks for fewer calls: to half of the pace
// they had, and again to half for as long as that is still too much. The pace then grows evenly
// until it is twice what it was at the beginning; then there is no limit any more.
type throttle struct {
	now func() time.Time
	// turn is held by the one caller who waits for the limiter. The others follow in the order they
	// came, each at the pace of its own time.
	turn chan struct{}

	mu      sync.Mutex // guards what follows
	limiter *rate.Limiter
	// pace was set at cutAt, grows by step a second from growFrom on, and ends at double peak.
	pace, peak      float64
	cutAt, growFrom time.Time
	calls           callRate

	throttled int64
	waiting   int
	waited    time.Duration
}

const slowestPace = 1.0 // calls a second

func newThrottle(now func() time.Time) *throttle {
	return &throttle{now: now, turn: make(chan struct{}, 1)}
}

// observe slows the pace if a call, which began at the given time, was answered with a request for
// less. A call that was sent before the last cut of the pace, or within a second of it, does not
// say whether that cut was enough.
func (t *throttle) observe(begin time.Time, err error) {
	asked, throttled := requestedWait(err)
	if !throttled {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.throttled++
	now := t.now()
	t.growPace(now)
	if t.limiter == nil {
		t.cutAt = time.Time{}
		t.peak = max(t.calls.perSecond(now), slowestPace)
		t.pace, t.growFrom, t.limiter = t.peak, now, rate.NewLimiter(rate.Limit(t.peak), 1)
	}
	if begin.Sub(t.cutAt) >= time.Second {
		t.pace, t.cutAt = max(t.paceAt(now)/2, slowestPace), now
	} else {
		t.pace = t.paceAt(now)
	}
	if until := now.Add(min(max(asked, time.Second), time.Minute)); until.After(t.growFrom) {
		t.growFrom = until
	}
	t.limiter.SetLimitAt(now, rate.Limit(t.paceAt(now)))
}

// requestedWait is the wait that an answer asks for. It reports whether the answer asks for less.
func requestedWait(err error) (time.Duration, bool) {
	e, ok := errors.AsType[*Error](err)
	if !ok {
		return 0, false
	}
	return e.RetryAfter, e.asksForLess()
}

// paceAt is the pace at a time. The caller holds the lock.
func (t *throttle) paceAt(now time.Time) float64 {
	const recovery = 30 // seconds to regain the peak from nothing
	step := max(t.peak/recovery, slowestPace)
	return t.pace + step*max(now.Sub(t.growFrom).Seconds(), 0)
}

// growPace lets the pace grow, and lifts the limit when it has grown enough. The caller holds the
// lock.
func (t *throttle) growPace(now time.Time) {
	if t.limiter == nil {
		return
	}
	pace := t.paceAt(now)
	if pace >= 2*t.peak {
		t.limiter = nil
		return
	}
	t.limiter.SetLimitAt(now, rate.Limit(pace))
}

// mayPass counts a call and reports whether it may be sent at once.
func (t *throttle) mayPass() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	t.calls.count(now)
	t.growPace(now)
	return t.limiter == nil
}

// nextWait is how long the next call has to wait.
func (t *throttle) nextWait() time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	t.growPace(now)
	if t.limiter == nil {
		return 0
	}
	return t.limiter.ReserveN(now, 1).DelayFrom(now)
}

// beginWait and endWait count who waits, and how long.
func (t *throttle) beginWait() time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.waiting++
	return t.now()
}

func (t *throttle) endWait(since time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.waiting--
	t.waited += t.now().Sub(since)
}

// addWait counts the wait of a call that was itself asked to come back later.
func (t *throttle) addWait(d time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.waited += d
}

// keepPace waits until a call may be made. Signing in and the feed do not wait: all else depends on
// them, and they are few.
func (c *Client) keepPace(ctx context.Context, op Operation) error {
	if op.isUnpaced() || c.throttle.mayPass() {
		return nil
	}
	t := c.throttle
	since := t.beginWait()
	defer t.endWait(since)
	select {
	case t.turn <- struct{}{}:
		defer func() { <-t.turn }()
	case <-ctx.Done():
		return throttledError(ctx, op)
	}
	if wait := t.nextWait(); wait > 0 && c.sleep(ctx, wait) != nil {
		return throttledError(ctx, op)
	}
	return nil
}

// throttledError is the error of a call that was given up while it waited, so that it was not sent.
func throttledError(ctx context.Context, op Operation) error {
	return op.newError(Error{
		unsent: true, Err: fmt.Errorf("%w: not sent yet, to keep the pace asked for: %w", ErrTooManyRequests, ctx.Err()),
	})
}

func (o Operation) isUnpaced() bool {
	return o.isAnonymous() || o == opAccessToken || strings.HasPrefix(o.Path, "/agent/v5/datafeeds")
}

// callRate counts the calls of this second and the one before.
type callRate struct {
	second      time.Time
	now, before int
}

func (t *callRate) count(now time.Time) {
	t.advance(now)
	t.now++
}

func (t *callRate) perSecond(now time.Time) float64 {
	t.advance(now)
	return float64(max(t.now, t.before))
}

func (t *callRate) advance(now time.Time) {
	switch age := now.Sub(t.second); {
	case age >= 2*time.Second:
		t.second, t.now, t.before = now, 0, 0
	case age >= time.Second:
		t.second, t.now, t.before = t.second.Add(time.Second), 0, t.now
	}
}
