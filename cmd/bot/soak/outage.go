package soak

import (
	"fmt"
	"time"

	"roombot/cmd/bot/trial"
)

// Outage is a time in which something that the bots need was out of order, and
// how they fared. A duration below 0 stands for never.
type Outage struct {
	Kind     string        `json:"kind"`
	Lasted   time.Duration `json:"lasted"`
	Told     time.Duration `json:"told"` // from the beginning until a bot's health said so
	Said     []string      `json:"said"` // all that their health said meanwhile
	Denied   bool          `json:"denied"`
	Lines    []trial.Line  `json:"lines"`    // warnings and errors in their logs, until all was done
	Sent     int           `json:"sent"`     // commands, meanwhile
	Ready    time.Duration `json:"ready"`    // from the end until all bots were ready, and stayed so
	Answered time.Duration `json:"answered"` // from the end until a command was answered
	Done     time.Duration `json:"done"`     // from the end until all was answered that had been sent before
	Wrong    []string      `json:"wrong"`
}

// never is a duration that did not come to its end.
const never time.Duration = -1

// between is the time from one moment to another, never if that did not come.
func between(from, to time.Time) time.Duration {
	if to.IsZero() {
		return never
	}
	return max(to.Sub(from), 0)
}

// soon is how long after its end an outage may be felt.
const soon = 15 * time.Second

// judge writes down what should have been otherwise.
func (o *Outage) judge(bots int) {
	wrong := func(is bool, format string, args ...any) {
		if is {
			o.Wrong = append(o.Wrong, fmt.Sprintf(format, args...))
		}
	}
	wrong(o.Told < 0, "health never said so")
	wrong(o.Denied, "health said in the middle that the bot was ready")
	wrong(o.Ready < 0 || o.Ready > soon, "the bots were not ready again within %s", soon)
	wrong(o.Answered < 0 || o.Answered > soon, "no command was answered within %s", soon)
	wrong(o.Done < 0, "not all was answered")
	for said, n := range o.said() {
		wrong(n > o.mostLines()*bots, "the log said %d times: %s", n, said)
	}
	wrong(len(o.said()) > mostSentences, "the log had %d things to say about it", len(o.said()))
}

// mostSentences is how many different things a log may say about one outage,
// whoever feels it.
const mostSentences = 1

// mostLines is how often a bot may log the same: at the beginning, and each minute.
func (o *Outage) mostLines() int { return 1 + int(o.Lasted.Minutes()) }

// said counts the lines by what they say.
func (o *Outage) said() map[string]int {
	counts := map[string]int{}
	for _, l := range o.Lines {
		counts[l.Level+": "+l.Said]++
	}
	return counts
}
