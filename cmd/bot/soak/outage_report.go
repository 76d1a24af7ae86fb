package soak

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"text/tabwriter"
	"time"
)

// printOutages writes a row for each outage, and below it the problems and log lines.
func (r Report) printOutages(to io.Writer) error {
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\nOutage\tlasted\trequests\thealth says so\tlog lines\tready again\tfirst answer\tall answered")
	for _, o := range r.Outages {
		fmt.Fprintf(w, "%s\t%s\t%d\tafter %s\t%d\tafter %s\tafter %s\tafter %s\n", o.Kind, formatDuration(o.Lasted), o.Sent,
			formatDuration(o.ReportedAfter), len(o.Lines), formatDuration(o.ReadyAfter), formatDuration(o.AnsweredAfter), formatDuration(o.DoneAfter))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, o := range r.Outages {
		fmt.Fprintf(to, "\n%s\n", o.Kind)
		for _, said := range o.Problems {
			fmt.Fprintf(to, "  health   %s\n", said)
		}
		counts := o.lineCounts()
		for _, said := range slices.Sorted(maps.Keys(counts)) {
			fmt.Fprintf(to, "  log %2d×  %s\n", counts[said], said)
		}
		for _, wrong := range o.Wrong {
			fmt.Fprintf(to, "  ✗ %s\n", wrong)
		}
	}
	return nil
}

func formatDuration(d time.Duration) string {
	if d < 0 {
		return "never"
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}
