package syntax

import (
	"strconv"
	"strings"
	"time"
)

// maxDuration is the longest span that is believed: ten years.
const maxDuration = 10 * 366 * 24 * time.Hour

// ParseDuration reads a span such as 30d, 12h or 2w: a whole number above zero of days, hours or
// weeks, ten years at most.
func ParseDuration(text string) (time.Duration, bool) {
	text = strings.ToLower(text)
	if len(text) < 2 || len(text) > 7 || strings.Trim(text[:len(text)-1], "0123456789") != "" {
		return 0, false
	}
	unit, ok := map[byte]time.Duration{'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour}[text[len(text)-1]]
	n, err := strconv.Atoi(text[:len(text)-1])
	if !ok || err != nil || n == 0 {
		return 0, false
	}
	d := time.Duration(n) * unit
	return d, d <= maxDuration
}
