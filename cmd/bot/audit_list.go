package main

import (
	"context"
	"encoding/json"
	"fmt"
	stdio "io"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"roombot/bot/engine"
)

// defaultEntries is how many entries are listed where neither --limit nor --since is given.
const defaultEntries = 200

func auditList(io streams, path *string) *cobra.Command {
	var f auditFilter
	var limit int
	var asJSON bool
	c := &cobra.Command{
		Use:   "list",
		Short: "List entries, the newest last",
		Long: `Lists entries of the audit record, the newest last, a line for each. That of a room
tells its name, who asked for it, by which rule and version of the policy, and who
approved it. With --request the conditions of the decision are listed as well, which
tells why a request was refused. Names and what was typed are shown until
roombot.retention.facts is over.

Without --since the newest 200 are listed, and the standard error says how many more
there are. With --since all are, unless --limit says how many.`,
		Example: "  bot audit list --since 7d --kind room\n  bot audit list --user jane.doe@example.com --since 30d\n  bot audit list --request 5k9d-02mx-q7ht",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := checkLimit(limit); err != nil {
				return err
			}
			if f.since != "" && !cmd.Flags().Changed("limit") {
				limit = 0
			}
			list := entryList{out: io.out, asJSON: asJSON, withChecks: f.request != "", limit: limit, names: recordedNames{}}
			if err := f.readEntries(cmd.Context(), *path, list.add); err != nil {
				return err
			}
			err := inspect(cmd.Context(), *path, list.end)
			if err == nil && list.read > list.shown {
				_, err = fmt.Fprintf(io.err, "! %d of %d entries are shown, the newest; --limit 0 shows all, --since and --until choose a time\n", list.shown, list.read)
			}
			return err
		},
	}
	f.addFlags(c)
	c.Flags().IntVar(&limit, "limit", defaultEntries, "how many at most, the newest; 0 for all, as with --since")
	c.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return c
}

func checkLimit(limit int) error {
	if limit < 0 {
		return usageError("--limit %d: write how many at most, or 0 for all", limit)
	}
	return nil
}

// entryList prints entries: in blocks while they are read, so that a long record needs little
// memory, or the newest at the end.
type entryList struct {
	out                stdio.Writer
	asJSON, withChecks bool
	limit              int // 0 for all
	read, shown        int
	kept               []entry // not printed yet
	names              recordedNames
}

func (l *entryList) add(ctx context.Context, store *engine.Inspector, e entry) error {
	const block = 1000
	l.read++
	l.kept = append(l.kept, e)
	switch {
	case l.limit > 0 && len(l.kept) > 2*l.limit:
		l.kept = slices.Delete(l.kept, 0, len(l.kept)-l.limit)
	case l.limit == 0 && len(l.kept) == block:
		return l.print(ctx, store)
	}
	return nil
}

// end prints what is kept.
func (l *entryList) end(ctx context.Context, store *engine.Inspector) error {
	if l.limit > 0 {
		l.kept = l.kept[max(len(l.kept)-l.limit, 0):]
	}
	if err := l.print(ctx, store); err != nil {
		return err
	}
	end := ""
	switch {
	case l.asJSON && l.shown == 0:
		end = "[]\n"
	case l.asJSON:
		end = "]\n"
	case l.shown == 0:
		end = "Nothing here.\n"
	}
	_, err := fmt.Fprint(l.out, end)
	return err
}

func (l *entryList) print(ctx context.Context, store *engine.Inspector) error {
	for i := range l.kept {
		if err := addRoomReason(ctx, store, &l.kept[i]); err != nil {
			return err
		}
		if err := l.names.add(ctx, store, &l.kept[i]); err != nil {
			return err
		}
	}
	write := l.writeTable
	if l.asJSON {
		write = l.writeJSON
	}
	err := write()
	l.shown += len(l.kept)
	l.kept = l.kept[:0]
	return err
}

// writeJSON writes a part of an array.
func (l *entryList) writeJSON() error {
	for i, e := range l.kept {
		text, err := json.Marshal(e)
		if err != nil {
			return err
		}
		before := ","
		if l.shown+i == 0 {
			before = "["
		}
		if _, err := fmt.Fprintf(l.out, "%s%s", before, text); err != nil {
			return err
		}
	}
	return nil
}

func (l *entryList) writeTable() error {
	w := tabwriter.NewWriter(l.out, 0, 0, 2, ' ', 0)
	if l.shown == 0 && len(l.kept) > 0 {
		fmt.Fprintln(w, "NUMBER\tAT\tKIND\tREQUEST\tUSER\tWHAT")
	}
	for _, e := range l.kept {
		number, user := fmt.Sprint(e.Seq), ""
		if e.Seq == 0 {
			number = "-"
		}
		if e.Actor != 0 {
			user = fmt.Sprint(e.Actor)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", number, e.At.UTC().Format(time.RFC3339), e.Kind, e.Request, user, describeEntry(e))
		if l.withChecks {
			printChecks(w, e)
		}
	}
	return w.Flush()
}
