package symphony

import "time"

// outage is a row of failures of which the log hears when it begins, when it ends,
// and once a minute while it lasts. Short ones that follow each other closely are
// told like a long one.
type outage struct {
	since    time.Time // zero when there is none
	failures int
	said     bool      // its beginning was told, so that its end should be
	told     time.Time // the last beginning or reminder, of any outage
}

const reminder = time.Minute

// failed counts a failure. It tells how long the outage has lasted, and whether to say so.
func (o *outage) failed(now time.Time) (lasts time.Duration, say bool) {
	if o.since.IsZero() {
		o.since, o.failures, o.said = now, 0, false
	}
	o.failures++
	if !o.told.IsZero() && now.Sub(o.told) < reminder {
		return 0, false
	}
	o.told, o.said = now, true
	return now.Sub(o.since), true
}

// end ends the outage if there is one.
func (o *outage) end(now time.Time) (lasted time.Duration, failures int, say bool) {
	if o.since.IsZero() {
		return 0, 0, false
	}
	lasted = max(now.Sub(o.since), 0)
	o.since = time.Time{}
	return lasted, o.failures, o.said
}

func (o *outage) lasts() bool { return !o.since.IsZero() }
