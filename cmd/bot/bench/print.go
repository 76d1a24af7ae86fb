package bench

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// table writes rows.
type table struct{ *tabwriter.Writer }

func newTable(to io.Writer) table { return table{tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)} }

func (t table) row(label, format string, args ...any) {
	fmt.Fprintf(t, "%s\t%s\n", label, fmt.Sprintf(format, args...))
}

// Print writes the result as a table.
func (r Report) Print(to io.Writer) error {
	t := newTable(to)
	r.printSetup(t)
	switch {
	case r.Comparison != nil:
		if err := t.Flush(); err != nil {
			return err
		}
		return r.printComparison(to)
	case r.Idle != nil:
		r.Idle.print(t)
	case r.Flood != nil:
		r.Flood.print(t)
	default:
		r.printCommands(t)
	}
	return t.Flush()
}

func (r Report) printSetup(t table) {
	switch {
	case r.Idle != nil:
		t.row("At rest", "%.1f s", r.Idle.Seconds)
	default:
		t.row("Commands", "%d, %s, people %d, groups %d each", r.Commands, r.pace(), r.People, r.Groups)
	}
	t.row("Round trip", "%g ms", r.RTT)
	t.row("Beforehand", "%d commands in the store; %d people, %d groups, %d rooms on the pod", r.Stored, r.Pod.People, r.Pod.Groups, r.Pod.Rooms)
}

func (c *CommandResult) pace() string {
	switch {
	case c.Flood != nil:
		return "one after the other, alone and beside a flood"
	case c.Rate > 0:
		return fmt.Sprintf("%g a second", c.Rate)
	case c.AtOnce == 1:
		return "one at a time"
	}
	return fmt.Sprintf("as fast as answered, %d at once", c.AtOnce)
}

func (i *IdleResult) print(t table) {
	for _, f := range i.figures() {
		t.row(f.label+" of the bot", "%s %s", number(f.value), f.unit)
	}
}

func (f *FloodResult) print(t table) {
	t.row("Message to link, alone", "%s", f.Alone)
	t.row(fmt.Sprintf("Beside a flood of %d", f.Commands), "%s", f.Beside)
	t.row("Held up by", "%.0f ms, %.2f of a request's time", f.HeldUp, f.Share)
}

func (r Report) printCommands(t table) {
	t.row("Message to link", "%s", r.Link)
	t.row("Message to final answer", "%s", r.Final)
	t.row("Message to everybody in", "%s", r.Inside)
	if r.Ratio > 0 {
		t.row("Median to critical path", "%.2f (%g ms: delivery, create, add the requester, add the others, send)", r.Ratio, r.CriticalPath)
	}
	if r.Newcomers > 0 && r.RTT > 0 {
		t.row("With somebody new", "%s (%d requests; critical path %g ms: people are looked up first)", r.NewcomerLink, r.Newcomers, r.NewcomerPath)
	}
	t.row("Throughput", "%.1f requests a second", r.Throughput)
	t.row("Processor of the bot", "%s ms a request", number(scale(r.CPU, 1000)))
	t.row("Commits of the bot", "%s a request", number(r.Commits))
	t.row("Wake-ups of the bot", "%s a request", number(r.WakeUps))
	t.row("Disk of the bot", "%s KiB a request", number(scale(r.Disk, 1.0/1024)))
	t.row("Memory of the bot", "%.1f MiB at first, %.1f at the end, %.1f at most", mib(r.MemoryBefore), mib(r.Memory), mib(r.Peak))
	if r.Chatter > 0 {
		t.row("Chatter", "%d messages a second, %d events waiting at the worst", r.Chatter, r.Waiting)
	}
}

// printComparison writes a table of both programs and the ratio.
func (r Report) printComparison(to io.Writer) error {
	w := newTable(to)
	fmt.Fprintf(w, "\t%s\t%s\tratio\n", r.Name, r.Against.Name)
	for _, c := range r.Comparison {
		ratio := "–"
		if c.Ratio != nil {
			ratio = fmt.Sprintf("%.2f", *c.Ratio)
		}
		fmt.Fprintf(w, "%s, %s\t%s\t%s\t%s\n", c.Figure, c.Unit, number(c.This), number(c.Other), ratio)
	}
	return w.Flush()
}

// number writes a figure, or a dash where it is not known.
func number(value *float64) string {
	switch {
	case value == nil:
		return "–"
	case *value >= 100:
		return fmt.Sprintf("%.0f", *value)
	case *value >= 10:
		return fmt.Sprintf("%.1f", *value)
	}
	return fmt.Sprintf("%.2f", *value)
}
