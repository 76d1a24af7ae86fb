package commands

import "time"

// Clock tells the time and when a span of it has passed. A function that is nil is the machine's
// own; tests steer theirs.
type Clock struct {
	Now   func() time.Time
	After func(time.Duration) <-chan time.Time
}

func (c Clock) withDefaults() Clock {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.After == nil {
		c.After = time.After
	}
	return c
}
