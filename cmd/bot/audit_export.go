package main

import (
	"cmp"
	"context"
	"encoding/csv"
	"encoding/json"
	stdio "io"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"roombot/bot/audit"
	"roombot/bot/engine"
)

func auditExport(io streams, path *string) *cobra.Command {
	var f auditFilter
	var format string
	c := &cobra.Command{
		Use:   "export",
		Short: "Write entries as JSON lines or CSV, the oldest first",
		Long: `Writes entries of the audit record to the standard output, the oldest first. ndjson
has each entry as one line of JSON, from which its hash can be computed; csv is
for spreadsheets: its last columns tell who asked, the command, what came of it, the
rule, the version of the policy, the name of the room and who approved it, as far as
the facts still have it. A cell that would be taken for a formula begins with a quote.`,
		Example: "  bot audit export --since 30d --kind room --format csv > rooms.csv",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var write func(entry) error
			flush := func() error { return nil }
			switch format {
			case "ndjson":
				out := json.NewEncoder(io.out)
				write = func(e entry) error { return out.Encode(e) }
			case "csv":
				write, flush = csvWriter(io.out)
			default:
				return usageError("--format %q: there are ndjson and csv", format)
			}
			err := f.readEntries(cmd.Context(), *path, func(ctx context.Context, store *engine.Inspector, e entry) error {
				if format == "csv" {
					if err := addRoomReason(ctx, store, &e); err != nil {
						return err
					}
				}
				return write(e)
			})
			if err != nil {
				return err
			}
			return flush()
		},
	}
	f.addFlags(c)
	c.Flags().StringVar(&format, "format", "ndjson", "ndjson or csv")
	return c
}

func csvWriter(out stdio.Writer) (write func(entry) error, flush func() error) {
	w := csv.NewWriter(out)
	header := []string{
		"seq", "at", "kind", "request", "part", "actor", "room", "body", "facts", "prev", "hash",
		"name", "command", "outcome", "rule", "policy", "roomName", "approvedBy",
	}
	write = func(e entry) error {
		if header != nil {
			if err := w.Write(header); err != nil {
				return err
			}
			header = nil
		}
		cells := []string{
			strconv.FormatInt(e.Seq, 10), e.At.UTC().Format(time.RFC3339Nano), string(e.Kind), e.Request, e.Part,
			strconv.FormatInt(e.Actor, 10), e.Room, string(e.Body), string(e.Facts), e.Prev.String(), e.Hash.String(),
		}
		cells = append(cells, toldCells(e)...)
		for i, cell := range cells {
			cells[i] = defuseCell(cell)
		}
		return w.Write(cells)
	}
	return write, func() error {
		w.Flush()
		return w.Error()
	}
}

// toldCells are what an entry tells: of a room with what the decision about it says.
func toldCells(e entry) []string {
	t := readEntryText(e)
	r := roomReason{Name: t.From.Name, Command: t.Command, Rule: t.Rule, Version: cmp.Or(t.Version, t.Policy)}
	if e.Kind == audit.Decision {
		r.RoomName = t.roomName()
	}
	if e.By != nil {
		r = *e.By
	}
	return []string{r.Name, r.Command, cmp.Or(t.Outcome, t.Act), r.Rule, r.Version, r.RoomName, r.ApprovedBy}
}

// defuseCell keeps a spreadsheet from taking a cell for a formula.
func defuseCell(cell string) string {
	if strings.IndexAny(cell, "=+-@\t\r") == 0 {
		return "'" + cell
	}
	return cell
}
