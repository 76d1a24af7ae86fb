package bench

import (
	"fmt"
	"slices"
	"time"
)

// Percentiles of a latency, in milliseconds.
type Percentiles struct {
	P50 float64 `json:"p50"`
	P95 float64 `json:"p95"`
	P99 float64 `json:"p99"`
	Max float64 `json:"max"`
}

func percentiles(all []time.Duration) Percentiles {
	if len(all) == 0 {
		return Percentiles{}
	}
	slices.Sort(all)
	at := func(share float64) float64 {
		i := min(int(share*float64(len(all))), len(all)-1)
		return float64(all[i].Microseconds()) / 1000
	}
	return Percentiles{P50: at(0.50), P95: at(0.95), P99: at(0.99), Max: at(1)}
}

func (p Percentiles) String() string {
	return fmt.Sprintf("p50 %.0f ms, p95 %.0f ms, p99 %.0f ms, max %.0f ms", p.P50, p.P95, p.P99, p.Max)
}

// Report is what was measured. Figures that are not known are null: the commits of a version that
// does not count them, and what the system does not tell of a process.
type Report struct {
	Name   string  `json:"name"`
	Stored int     `json:"stored"` // finished commands in the store before
	Pod    PodSize `json:"pod"`
	RTT    float64 `json:"rttMillis"`

	Idle *IdleResult `json:"idle,omitempty"`
	*CommandResult

	Against    *Report    `json:"against,omitempty"`
	Comparison []Compared `json:"comparison,omitempty"`
}

// PodSize is how large the pod was at first.
type PodSize struct {
	People int `json:"people"`
	Groups int `json:"groups"`
	Rooms  int `json:"rooms"`
}

// CommandResult is what was measured while requests were sent.
type CommandResult struct {
	Commands     int          `json:"commands"`
	People       int          `json:"people"`
	Groups       int          `json:"groups"`
	Rate         float64      `json:"rate"`             // asked for; 0: as fast as answered
	AtOnce       int          `json:"atOnce,omitempty"` // people who asked at once, where Rate is 0
	Link         Percentiles  `json:"messageToLink"`
	Final        Percentiles  `json:"messageToFinalAnswer"`
	Inside       Percentiles  `json:"messageToEverybodyIn"`
	Throughput   float64      `json:"commandsPerSecond"` // of several rounds the median
	CriticalPath float64      `json:"criticalPathMillis"`
	Newcomers    int          `json:"newcomers"` // requests that named somebody for the first time
	NewcomerLink Percentiles  `json:"messageToLinkWithNewcomer"`
	NewcomerPath float64      `json:"criticalPathWithNewcomerMillis"`
	Ratio        float64      `json:"ratio,omitempty"` // median of message-to-link to the critical path of each request
	CPU          *float64     `json:"cpuSecondsPerCommand"`
	Commits      *float64     `json:"commitsPerCommand"`
	WakeUps      *float64     `json:"wakeUpsPerCommand"`
	Disk         *float64     `json:"diskBytesPerCommand"`
	Memory       int64        `json:"memoryBytes"`     // resident at the end
	MemoryBefore int64        `json:"memoryBytesIdle"` // resident after the warm up
	Peak         int64        `json:"peakBytes"`
	Chatter      int          `json:"chatterPerSecond"`
	Waiting      int          `json:"chatterWaiting"` // events in the datafeed, at the worst
	Flood        *FloodResult `json:"flood,omitempty"`
}

// FloodResult compares a request beside a flood of others in another chat with one alone, from the
// message to the link.
type FloodResult struct {
	Commands int         `json:"commands"` // of the flood
	Alone    Percentiles `json:"alone"`
	Beside   Percentiles `json:"beside"`
	HeldUp   float64     `json:"heldUpMillis"`     // what the medians differ by
	Share    float64     `json:"heldUpByCommands"` // the same in medians of a request alone
}

// IdleResult is what a bot uses at rest.
type IdleResult struct {
	Seconds float64  `json:"seconds"`
	CPU     *float64 `json:"percentOfACore"`
	WakeUps *float64 `json:"wakeUpsPerSecond"`
	Commits *float64 `json:"commitsPerMinute"`
	Memory  int64    `json:"memoryBytes"`
}

// roundTrips is the critical path: half a round trip until the event has arrived, one to create the
// room, one to add the requester, one to add the others, half a one until the pod has the answer.
// Where somebody is named whom the bot has not looked up within ten minutes, the look-up comes
// first.
const (
	roundTrips         = 4
	newcomerRoundTrips = roundTrips + 1
)

func (b *benchmark) report() Report {
	result := b.subjects[0].report()
	if len(b.subjects) > 1 {
		other := b.subjects[1].report()
		result.Against, result.Comparison = &other, compare(result, other)
	}
	return result
}

func (s *subject) report() Report {
	r := Report{Name: s.name, Stored: s.stored, Pod: s.size, RTT: millis(s.RTT)}
	if s.Idle > 0 {
		r.Idle = s.idleResult()
	} else {
		r.CommandResult = s.commandResult()
	}
	return r
}

func (s *subject) idleResult() *IdleResult {
	seconds := s.atRest.Seconds()
	return &IdleResult{
		Seconds: seconds, CPU: s.processorTime(seconds / 100), WakeUps: s.wakeUps(seconds), Commits: s.commits(seconds / 60),
		Memory: s.after.Resident,
	}
}

func (s *subject) commandResult() *CommandResult {
	commands := float64(s.Commands)
	res := &CommandResult{
		Commands: s.Commands, People: s.People, Groups: s.Groups, Rate: s.Rate,
		Link: percentiles(s.timings.linkTimes), Final: percentiles(s.timings.answerTimes),
		Inside:     percentiles(s.timings.joinTimes(s.rooms)),
		Throughput: s.throughput(), CriticalPath: roundTrips * millis(s.RTT),
		Newcomers: len(s.timings.newcomerTimes), NewcomerLink: percentiles(s.timings.newcomerTimes), NewcomerPath: newcomerRoundTrips * millis(s.RTT),
		CPU: s.processorTime(commands), Commits: s.commits(commands), WakeUps: s.wakeUps(commands),
		Disk:   share(float64(s.after.store-s.before.store), commands),
		Memory: s.after.Resident, MemoryBefore: s.before.Resident, Peak: s.bot.Usage().Peak, Chatter: s.Chatter, Waiting: s.mostWaiting,
	}
	if s.Rate == 0 {
		res.AtOnce = s.AtOnce
	}
	if ratios := s.timings.ratios; len(ratios) > 0 {
		slices.Sort(ratios)
		res.Ratio = ratios[len(ratios)/2]
	}
	if s.Flood > 0 {
		res.Flood = s.floodResult()
	}
	return res
}

func (s *subject) floodResult() *FloodResult {
	f := &FloodResult{Commands: s.Flood, Alone: percentiles(s.alone), Beside: percentiles(s.beside)}
	f.HeldUp = f.Beside.P50 - f.Alone.P50
	f.Share = f.HeldUp / f.Alone.P50
	return f
}

// throughput is how many requests a second were answered, the median of the rounds.
func (s *subject) throughput() float64 {
	var all []float64
	for _, r := range s.rounds {
		all = append(all, float64(r.commands)/r.took.Seconds())
	}
	if len(all) == 0 {
		return 0 // beside floods nobody counts
	}
	slices.Sort(all)
	return all[len(all)/2]
}

// processorTime is the processor time of the measured part in seconds, divided by parts.
func (s *subject) processorTime(parts float64) *float64 {
	if s.after.CPU == 0 {
		return nil
	}
	return share((s.after.CPU - s.before.CPU).Seconds(), parts)
}

func (s *subject) wakeUps(parts float64) *float64 {
	if s.after.WakeUps == 0 {
		return nil
	}
	return share(float64(s.after.WakeUps-s.before.WakeUps), parts)
}

func (s *subject) commits(parts float64) *float64 {
	if s.after.commitsUnknown {
		return nil
	}
	return share(s.after.commits-s.before.commits, parts)
}

func share(whole, parts float64) *float64 {
	value := whole / parts
	return &value
}

func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func mib(bytes int64) float64 { return float64(bytes) / (1 << 20) }
