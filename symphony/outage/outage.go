// Package outage turns a row of failures into few log lines: one when it begins, one a minute while
// it lasts, one when it ends. It decides when to log; its callers log, each in its own words.
package outage

import (
	"sync"
	"time"
)

// reminder is the least time between two lines that say that something fails, also of two outages:
// short ones that follow each other closely are logged like one long one.
const reminder = time.Minute

// Outage is the state of one thing that may fail. The zero value is one that works. It may be used
// by several goroutines.
type Outage struct {
	mu       sync.Mutex // guards what follows
	since    time.Time  // zero while it works
	ended    time.Time  // when the last outage ended
	failures int
	reported bool      // its beginning was logged, so its end should be
	lastLine time.Time // the last line about a failure
}

// Fail counts a failure. report says whether to log it now, with how long the outage has lasted.
func (o *Outage) Fail(now time.Time) (lasts time.Duration, report bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.since.IsZero() {
		o.since, o.failures, o.reported = now, 0, false
	}
	o.failures++
	if !o.lastLine.IsZero() && now.Sub(o.lastLine) < reminder {
		return 0, false
	}
	o.lastLine, o.reported = now, true
	return now.Sub(o.since), true
}

// End ends the outage, if there is one. report says whether to log its end, with how long it lasted
// and how many failures it had.
func (o *Outage) End(now time.Time) (lasted time.Duration, failures int, report bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.since.IsZero() {
		return 0, 0, false
	}
	lasted = max(now.Sub(o.since), 0)
	o.since, o.ended = time.Time{}, now
	return lasted, o.failures, o.reported
}

// Since is when the present outage began, zero without one.
func (o *Outage) Since() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.since
}

// Failures is how many failures the present outage has had, or without one the last.
func (o *Outage) Failures() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.failures
}

// IsOngoing reports whether there is an outage.
func (o *Outage) IsOngoing() bool { return !o.Since().IsZero() }

// Covers reports whether there is an outage now, or the last one ended after the given time: a
// failure of that time has its explanation.
func (o *Outage) Covers(at time.Time) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return !o.since.IsZero() || o.ended.After(at)
}
