package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"roombot/cmd/bot/bench"
)

// table is a table of docs/trials.md.
type table struct {
	name   string
	header []string
	rows   []row
	cells  func(bench.Report) []string // of a row of its own
}

// row is a run of bot bench.
type row struct{ label, args string }

// tables are the tables in the order of the document.
func (m measurer) tables() []table {
	return []table{m.commandTable(), m.restTable(), m.sizeTable(), m.beforeTable(), m.floodTable()}
}

func (m measurer) commandTable() table {
	return table{
		name: "commands",
		header: []string{
			"", "message to link, p50 / p95 / p99", "requests a second", "processor a request", "commits", "wake-ups", "disk", "memory at most",
		},
		rows: []row{
			{"2 a second, 50 ms round trip", "--rtt 50ms"},
			{"10 a second, 50 ms round trip", "--rate 10 --rtt 50ms"},
			{"one at a time, 50 ms round trip", "--rate 0 --at-once 1 --rtt 50ms"},
			{"10 a second, no delay", "--rate 10"},
			{"the same beside 10,000 other messages a second", "--rate 10 --chatter 10000"},
			{"one at a time, no delay", "--rate 0 --at-once 1 --commands 200"},
			{"as fast as answered, no delay", "--rate 0 --commands 1000"},
			{"as fast as answered, 50 ms round trip, 8 workers", "--rate 0 --rtt 50ms --workers 8 --commands 400"},
			{"the same with 32 workers", "--rate 0 --rtt 50ms --workers 32 --commands 400"},
		},
		cells: commandCells,
	}
}

func commandCells(r bench.Report) []string {
	link := fmt.Sprintf("%.0f / %.0f / %.0f ms", r.Link.P50, r.Link.P95, r.Link.P99)
	if isAlone := r.Rate > 0 || r.AtOnce == 1; isAlone && r.Ratio > 0 {
		link += fmt.Sprintf(", %.2f times the critical path", r.Ratio)
	}
	return []string{
		link, fmt.Sprintf("%.0f", r.Throughput), number(r.CPU, 1000, "%.1f ms"), number(r.Commits, 1, "%.1f"), number(r.WakeUps, 1, "%.0f"),
		number(r.Disk, 1.0/1024, "%.1f KiB"), fmt.Sprintf("%.0f MiB", float64(r.Peak)/(1<<20)),
	}
}

// idle is how long a bot is measured at rest.
const idle = "--idle 30s"

func (m measurer) restTable() table {
	t := table{
		name: "rest", header: []string{"", "of a core", "wake-ups a second", "commits a minute", "memory"},
		rows: []row{{"SQLite", idle}, {"SQLite, 50 ms round trip", idle + " --rtt 50ms"}, {"PostgreSQL", ""}},
		cells: func(r bench.Report) []string {
			i := r.Idle
			return []string{
				number(i.CPU, 1, "%.2f %%"), number(i.WakeUps, 1, "%.0f"), number(i.Commits, 1, "%.0f"), fmt.Sprintf("%.0f MiB", float64(i.Memory)/(1<<20)),
			}
		},
	}
	if m.postgres != "" {
		t.rows[2].args = idle + " --store " + m.postgres
	}
	return t
}

// comparedHeader is the header of tables whose rows have two programs and the ratio of the medians.
func comparedHeader(this, other string) []string {
	return []string{"", this + " / " + other + ": message to link, p50", "requests a second", "processor a request", "commits", "wake-ups"}
}

func comparedCells(r bench.Report) []string {
	found := map[string]string{}
	for _, c := range r.Comparison {
		found[c.Figure] = number(c.This, 1, "%.1f") + " / " + number(c.Other, 1, "%.1f")
		if c.Ratio != nil {
			found[c.Figure] += fmt.Sprintf(", **%.2f**", *c.Ratio)
		}
	}
	var cells []string
	for _, figure := range []string{"Message to link, p50", "Throughput", "Processor", "Commits", "Wake-ups"} {
		cells = append(cells, found[figure])
	}
	return cells
}

func (m measurer) sizeTable() table {
	const large = " --stored 10000 --crowd 10000 --against-small"
	return table{
		name: "size", header: comparedHeader("large", "small"), cells: comparedCells,
		rows: []row{
			{"one at a time, no delay", "--rate 0 --at-once 1 --commands 200" + large},
			{"as fast as answered, no delay", "--rate 0 --commands 1000" + large},
		},
	}
}

func (m measurer) beforeTable() table {
	rows := []row{
		{"one at a time, no delay", "--rate 0 --at-once 1 --commands 200"},
		{"as fast as answered, no delay", "--rate 0 --commands 1000"},
		{"2 a second, 50 ms round trip", "--rtt 50ms"},
		{"one at a time, 50 ms round trip", "--rate 0 --at-once 1 --rtt 50ms"},
	}
	for i := range rows {
		rows[i].args = m.besideBefore(rows[i].args)
	}
	return table{name: "before", header: comparedHeader("this version", "the one before"), rows: rows, cells: comparedCells}
}

// besideBefore is nothing to run where no program of the version before is given.
func (m measurer) besideBefore(args string) string {
	if m.before == "" {
		return ""
	}
	return args + " --against " + m.before
}

func (m measurer) floodTable() table {
	const flood = "--commands 10 --flood 200"
	return table{
		name: "floods", header: []string{"round trip", "alone", "with the flood", "delayed by"},
		rows: []row{{"50 ms", flood + " --rtt 50ms"}, {"20 ms", flood + " --rtt 20ms"}, {"none", flood}},
		cells: func(r bench.Report) []string {
			f := r.Flood
			return []string{
				fmt.Sprintf("%.0f ms", f.Alone.P50), fmt.Sprintf("%.0f ms", f.Beside.P50),
				fmt.Sprintf("%.0f ms, %.2f of a request's time", f.HeldUp, f.Share),
			}
		},
	}
}

// printTables measures and prints the tables of these names, or all.
func (m measurer) printTables(ctx context.Context, out io.Writer, names []string) error {
	for _, t := range m.tables() {
		if len(names) > 0 && !slices.Contains(names, t.name) {
			continue
		}
		fmt.Fprintf(out, "%s:\n\n%s\n|%s\n", t.name, line(t.header), strings.Repeat("---|", len(t.header)))
		for _, r := range t.rows {
			cells, err := m.measure(ctx, t, r)
			if err != nil {
				return err
			}
			fmt.Fprintln(out, line(append([]string{r.label}, cells...)))
		}
		fmt.Fprintln(out)
	}
	return nil
}

// measure gives the cells of a row, dashes where what it needs is not given.
func (m measurer) measure(ctx context.Context, t table, r row) ([]string, error) {
	if r.args == "" {
		return slices.Repeat([]string{"–"}, len(t.header)-1), nil
	}
	report, err := m.bench(ctx, r.args)
	if err != nil {
		return nil, err
	}
	return t.cells(report), nil
}

func line(cells []string) string {
	return strings.ReplaceAll("| "+strings.Join(cells, " | ")+" |", "|  |", "| |")
}

// number writes a figure, or a dash where it is not known.
func number(value *float64, times float64, format string) string {
	if value == nil {
		return "–"
	}
	return fmt.Sprintf(format, *value*times)
}
