package syntax

import "time"

// ParseDuration reads a span such as 30d, 12h or 2w.
func ParseDuration(text string) (time.Duration, bool) { return 0, false }
