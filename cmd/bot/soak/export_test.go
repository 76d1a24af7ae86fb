package soak

import "time"

// Judge writes down what of the outage should have been otherwise, for so many bots.
func (o *Outage) Judge(bots int) { o.judge(bots) }

// Soon is how long after its end an outage may be felt.
const Soon time.Duration = soon
