package soak

import "time"

// Judge notes what should have been otherwise with the outage, for so many bots.
func (o *Outage) Judge(bots int) { o.judge(bots) }

// RecoveryLimit is how long the bots may take to recover.
const RecoveryLimit time.Duration = recoveryLimit
