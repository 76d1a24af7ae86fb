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

// pressure slows all callers down together when Symphony answers that they ask too
// much: to half of the pace they had, and again to half for as long as that is
// still too much. The pace then grows evenly until it is twice what it was when
// the trouble began, from where on it is free again.
type pressure struct {
	now func() time.Time
	// turn is held by the one caller who waits for the limiter, so that the others
	// follow at the pace of their own time, in the order they came.
	turn chan struct{}

	mu      sync.Mutex // guards what follows
	limiter *rate.Limiter
	// pace was set at cut, grows by step a second from hold on, and ends at double peak.
	pace, peak float64
	cut, hold  time.Time
	traffic    traffic

	throttled int64
	waiting   int
	waited    time.Duration
}

const slowest = 1.0 // calls a second

func newPressure(now func() time.Time) *pressure {
	return &pressure{now: now, turn: make(chan struct{}, 1)}
}

// felt hears how a call ended that began at the given time. One that was sent
// before the last cut of the pace, or within a second of it, says nothing about
// whether that was enough.
func (p *pressure) felt(begin time.Time, err error) {
	asked, felt := throttled(err)
	if !felt {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.throttled++
	now := p.now()
	p.ease(now)
	if p.limiter == nil {
		p.cut = time.Time{}
		p.peak = max(p.traffic.perSecond(now), slowest)
		p.pace, p.hold, p.limiter = p.peak, now, rate.NewLimiter(rate.Limit(p.peak), 1)
	}
	if begin.Sub(p.cut) >= time.Second {
		p.pace, p.cut = max(p.at(now)/2, slowest), now
	} else {
		p.pace = p.at(now)
	}
	if until := now.Add(min(max(asked, time.Second), time.Minute)); until.After(p.hold) {
		p.hold = until
	}
	p.limiter.SetLimitAt(now, rate.Limit(p.at(now)))
}

// throttled is true for an answer that asks for less, with the wait it asks for.
func throttled(err error) (time.Duration, bool) {
	e, ok := errors.AsType[*Error](err)
	if !ok {
		return 0, false
	}
	return e.RetryAfter, e.asksForLess()
}

// at is the pace at a time. The caller holds the lock.
func (p *pressure) at(now time.Time) float64 {
	const recovery = 30 // seconds to regain the peak from nothing
	step := max(p.peak/recovery, slowest)
	return p.pace + step*max(now.Sub(p.hold).Seconds(), 0)
}

// ease lets the pace grow, and go when it has grown enough. The caller holds the lock.
func (p *pressure) ease(now time.Time) {
	if p.limiter == nil {
		return
	}
	pace := p.at(now)
	if pace >= 2*p.peak {
		p.limiter = nil
		return
	}
	p.limiter.SetLimitAt(now, rate.Limit(pace))
}

// free counts a call and is true when it may go at once.
func (p *pressure) free() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	p.traffic.count(now)
	p.ease(now)
	return p.limiter == nil
}

// due is how long the next call has to wait.
func (p *pressure) due() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	p.ease(now)
	if p.limiter == nil {
		return 0
	}
	return p.limiter.ReserveN(now, 1).DelayFrom(now)
}

// enter and leave count who waits, and how long.
func (p *pressure) enter() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.waiting++
	return p.now()
}

func (p *pressure) leave(since time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.waiting--
	p.waited += p.now().Sub(since)
}

// waits counts the wait of a call that was itself asked to come back later.
func (p *pressure) waits(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.waited += d
}

// keepPace waits until a call may be made. Signing in and the feed do not wait:
// all else depends on them, and they are few.
func (c *Client) keepPace(ctx context.Context, op Operation) error {
	if op.unpaced() || c.pressure.free() {
		return nil
	}
	p := c.pressure
	since := p.enter()
	defer p.leave(since)
	select {
	case p.turn <- struct{}{}:
		defer func() { <-p.turn }()
	case <-ctx.Done():
		return paced(ctx, op)
	}
	if wait := p.due(); wait > 0 && c.sleep(ctx, wait) != nil {
		return paced(ctx, op)
	}
	return nil
}

// paced is a call that was given up while it waited, and so was not sent.
func paced(ctx context.Context, op Operation) error {
	return op.newError(Error{
		unsent: true, Err: fmt.Errorf("%w: not sent yet, to keep the pace asked for: %w", ErrTooManyRequests, ctx.Err()),
	})
}

func (o Operation) unpaced() bool {
	return o.anonymous() || o == opAccessToken || strings.HasPrefix(o.Path, "/agent/v5/datafeeds")
}

// traffic counts the calls of this second and the one before.
type traffic struct {
	second      time.Time
	now, before int
}

func (t *traffic) count(now time.Time) {
	t.roll(now)
	t.now++
}

func (t *traffic) perSecond(now time.Time) float64 {
	t.roll(now)
	return float64(max(t.now, t.before))
}

func (t *traffic) roll(now time.Time) {
	switch age := now.Sub(t.second); {
	case age >= 2*time.Second:
		t.second, t.now, t.before = now, 0, 0
	case age >= time.Second:
		t.second, t.now, t.before = t.second.Add(time.Second), 0, t.now
	}
}
