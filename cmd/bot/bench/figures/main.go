// Program figures measures what docs/trials.md tells: it runs bot bench again and again, and prints
// the rows of the tables or draws the plot.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"

	"roombot/cmd/bot/bench"
)

const usage = `figures [-program PATH] [-before PATH] [-postgres URL] tables [NAME …]
figures [-program PATH] plot FILE.svg

`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "figures:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	var m measurer
	flags := flag.NewFlagSet("figures", flag.ContinueOnError)
	flags.StringVar(&m.program, "program", filepath.Join("dist", "roombot"), "the program that is measured")
	flags.StringVar(&m.before, "before", "", "the program of the version before, for the table before")
	flags.StringVar(&m.postgres, "postgres", "", "an empty database, for the table rest")
	flags.Usage = func() {
		fmt.Fprint(flags.Output(), usage)
		flags.PrintDefaults()
	}
	if err := flags.Parse(args); err != nil {
		return err
	}
	switch {
	case flags.Arg(0) == "tables":
		return m.printTables(ctx, out, flags.Args()[1:])
	case flags.Arg(0) == "plot" && flags.NArg() == 2:
		return m.drawPlot(ctx, flags.Arg(1))
	}
	flags.Usage()
	return errors.New("write tables, or plot and a file")
}

// measurer runs benchmarks.
type measurer struct{ program, before, postgres string }

// bench runs bot bench.
func (m measurer) bench(ctx context.Context, args string) (bench.Report, error) {
	fmt.Fprintln(os.Stderr, "bot bench", args)
	words := append([]string{"bench", "--json"}, strings.Fields(args)...)
	c := exec.CommandContext(ctx, m.program, words...)
	c.Stderr = os.Stderr
	c.Cancel = func() error { return c.Process.Signal(os.Interrupt) } // it ends its own children
	raw, err := c.Output()
	if err != nil {
		return bench.Report{}, fmt.Errorf("bot bench %s: %w", args, err)
	}
	var report bench.Report
	if err := json.Unmarshal(raw, &report); err != nil {
		return bench.Report{}, fmt.Errorf("bot bench %s: %w", args, err)
	}
	return report, nil
}
