package soak

import (
	"fmt"
	"time"

	"roombot/cmd/bot/trial"
)

// Outage is what was measured while something that the bots need was out of order, and after. A
// duration below 0 stands for never.
type Outage struct {
	Kind          string        `json:"kind"`
	Lasted        time.Duration `json:"lasted"`
	ReportedAfter time.Duration `json:"told"`     // from the beginning until the health of a bot reported it
	Problems      []string      `json:"said"`     // all that their health reported meanwhile
	ClaimedReady  bool          `json:"denied"`   // a bot that was not ready said meanwhile that it was
	Lines         []trial.Line  `json:"lines"`    // warnings and errors in their logs, until the recovery
	Sent          int           `json:"sent"`     // requests, meanwhile
	ReadyAfter    time.Duration `json:"ready"`    // from the end until all bots were ready, and stayed so
	AnsweredAfter time.Duration `json:"answered"` // from the end until a request was answered
	DoneAfter     time.Duration `json:"done"`     // from the end until all requests sent before it were answered
	Wrong         []string      `json:"wrong"`    // what should have been otherwise
}

// never is the duration until something that did not happen.
const never time.Duration = -1

// timeBetween is the time from one moment to another; never if the other is zero.
func timeBetween(from, to time.Time) time.Duration {
	if to.IsZero() {
		return never
	}
	return max(to.Sub(from), 0)
}

// recoveryLimit is how long the bots may take to recover.
const recoveryLimit = 15 * time.Second

// judge notes what should have been otherwise, for so many bots.
func (o *Outage) judge(bots int) {
	wrong := func(is bool, format string, args ...any) {
		if is {
			o.Wrong = append(o.Wrong, fmt.Sprintf(format, args...))
		}
	}
	wrong(o.ReportedAfter < 0, "health never reported it")
	wrong(o.ClaimedReady, "a bot that was not ready said that it was")
	wrong(o.ReadyAfter < 0 || o.ReadyAfter > recoveryLimit, "the bots were not ready again within %s", recoveryLimit)
	wrong(o.AnsweredAfter < 0 || o.AnsweredAfter > recoveryLimit, "no request was answered within %s", recoveryLimit)
	wrong(o.DoneAfter < 0, "not all was answered")
	for said, n := range o.lineCounts() {
		wrong(n > o.maxSameLines()*bots, "the log said %d times: %s", n, said)
	}
	wrong(len(o.lineCounts()) > maxSentences, "the logs had %d different sentences about it", len(o.lineCounts()))
}

// maxSentences is how many different sentences the logs may have about one outage.
const maxSentences = 1

// maxSameLines is how often a bot may log the same sentence: at the beginning, and each minute.
func (o *Outage) maxSameLines() int { return 1 + int(o.Lasted.Minutes()) }

// lineCounts counts the log lines by level and sentence.
func (o *Outage) lineCounts() map[string]int {
	counts := map[string]int{}
	for _, l := range o.Lines {
		counts[l.Level+": "+l.Message]++
	}
	return counts
}
