package bench

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"

	"roombot/cmd/bot/trial"
	"roombot/symphony/sandbox/client"
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

// Report is what was measured.
type Report struct {
	Commands     int          `json:"commands"`
	People       int          `json:"people"`
	Groups       int          `json:"groups"`
	Rate         float64      `json:"rate"` // asked for; 0: as fast as answered
	RTT          float64      `json:"rttMillis"`
	Link         Percentiles  `json:"messageToLink"`
	Final        Percentiles  `json:"messageToFinalAnswer"`
	Inside       Percentiles  `json:"messageToEverybodyIn"`
	Throughput   float64      `json:"commandsPerSecond"`
	CriticalPath float64      `json:"criticalPathMillis"`
	Newcomers    int          `json:"newcomers"` // requests that named somebody for the first time
	NewcomerLink Percentiles  `json:"messageToLinkWithNewcomer"`
	NewcomerPath float64      `json:"criticalPathWithNewcomerMillis"`
	Ratio        float64      `json:"ratio,omitempty"` // median of message-to-link to the critical path of each request
	CPU          float64      `json:"cpuSecondsPerCommand"`
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

// roundTrips is the critical path: half a round trip until the event has arrived, one to create the
// room, one to add the requester, one to add the others, half a one until the pod has the answer.
// Where somebody is named whom the bot has not looked up within ten minutes, the look-up comes
// first.
const (
	roundTrips         = 4
	newcomerRoundTrips = roundTrips + 1
)

func (r *benchmark) result(took time.Duration, before, after trial.Sample, rooms []client.Room) Report {
	res := Report{
		Commands: r.Commands, People: r.People, Groups: r.Groups, Rate: r.Rate, RTT: millis(r.RTT),
		Link: percentiles(r.timings.linkTimes), Final: percentiles(r.timings.answerTimes),
		Inside:     percentiles(r.timings.joinTimes(rooms)),
		Throughput: float64(r.Commands) / took.Seconds(), CriticalPath: roundTrips * millis(r.RTT),
		Newcomers: len(r.timings.newcomerTimes), NewcomerLink: percentiles(r.timings.newcomerTimes), NewcomerPath: newcomerRoundTrips * millis(r.RTT),
		CPU: (after.CPU - before.CPU).Seconds() / float64(r.Commands), Memory: after.Resident, MemoryBefore: before.Resident,
		Peak: r.bot.Usage().Peak, Chatter: r.Chatter, Waiting: r.mostWaiting,
	}
	if ratios := r.timings.ratios; len(ratios) > 0 {
		slices.Sort(ratios)
		res.Ratio = ratios[len(ratios)/2]
	}
	if r.Flood > 0 {
		b := &FloodResult{Commands: r.Flood, Alone: percentiles(r.alone), Beside: percentiles(r.beside)}
		b.HeldUp = b.Beside.P50 - b.Alone.P50
		b.Share = b.HeldUp / b.Alone.P50
		res.Flood = b
	}
	return res
}

func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// Print writes the result as a table.
func (r Report) Print(to io.Writer) error {
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	row := func(label, format string, args ...any) {
		fmt.Fprintf(w, "%s\t%s\n", label, fmt.Sprintf(format, args...))
	}
	pace := "as fast as answered"
	switch {
	case r.Flood != nil:
		pace = "one after the other, alone and beside a flood"
	case r.Rate > 0:
		pace = fmt.Sprintf("%g a second", r.Rate)
	}
	row("Commands", "%d, %s, people %d, groups %d each", r.Commands, pace, r.People, r.Groups)
	row("Round trip", "%g ms", r.RTT)
	if f := r.Flood; f != nil {
		row("Message to link, alone", "%s", f.Alone)
		row(fmt.Sprintf("Beside a flood of %d", f.Commands), "%s", f.Beside)
		row("Held up by", "%.0f ms, %.2f of a request's time", f.HeldUp, f.Share)
		return w.Flush()
	}
	row("Message to link", "%s", r.Link)
	row("Message to final answer", "%s", r.Final)
	row("Message to everybody in", "%s", r.Inside)
	if r.Ratio > 0 {
		row("Median to critical path", "%.2f (%g ms: delivery, create, add the requester, add the others, send)", r.Ratio, r.CriticalPath)
	}
	if r.Newcomers > 0 && r.RTT > 0 {
		row("With somebody new", "%s (%d requests; critical path %g ms: people are looked up first)", r.NewcomerLink, r.Newcomers, r.NewcomerPath)
	}
	row("Throughput", "%.1f requests a second", r.Throughput)
	row("Processor of the bot", "%.2f ms a request", r.CPU*1000)
	row("Memory of the bot", "%.1f MiB at first, %.1f at the end, %.1f at most", mib(r.MemoryBefore), mib(r.Memory), mib(r.Peak))
	if r.Chatter > 0 {
		row("Chatter", "%d messages a second, %d events waiting at the worst", r.Chatter, r.Waiting)
	}
	return w.Flush()
}

func mib(bytes int64) float64 { return float64(bytes) / (1 << 20) }
