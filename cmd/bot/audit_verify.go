package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	stdio "io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"roombot/bot/audit"
	"roombot/bot/engine"
)

func auditVerify(io streams, path *string) *cobra.Command {
	var anchors []string
	var keyFile string
	var asJSON bool
	c := &cobra.Command{
		Use:   "verify [RECEIPT]",
		Short: "Verify that no entry was changed, removed, inserted or moved; or a receipt",
		Long: `Computes the hash of each entry of the audit record and compares it with the next
one. Whoever can write the store can also compute hashes anew: only an anchor,
which is the head of the record as it was told to somebody else, makes all
entries up to it certain. Anchors are the lines "head of the audit record" of the
bot's log, the messages in roombot.audit.room, and the lines of
roombot.audit.file: --anchors FILE takes any text with such lines, - the standard
input.

With RECEIPT, a file or - for the standard input, it verifies a signed receipt
instead, by the public key that the bot had when it signed it: no store and no
configuration are needed.

Exit codes: 0 nothing is wrong, 1 something is.`,
		Example: "  bot audit verify --anchors /var/log/roombot.log\n  bot audit verify room.jws --key publickey.pem",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case len(args) == 1 && len(anchors) > 0, len(args) == 0 && keyFile != "":
				return usageError("%s audit verify: --key is for a receipt, --anchors for the record", programName)
			case len(args) == 1:
				return verifyReceipt(io, args[0], keyFile, asJSON)
			}
			known, err := readAnchors(io.in, anchors)
			if err != nil {
				return err
			}
			c, err := loadConfigWithoutPolicy(*path)
			if err != nil {
				return err
			}
			var report audit.Report
			err = inspect(cmd.Context(), *path, func(ctx context.Context, store *engine.Inspector) (err error) {
				report, err = verifyStore(ctx, store, known, time.Now().Add(-c.Roombot.Retention.Facts))
				return err
			})
			switch {
			case err != nil:
				return err
			case asJSON:
				err = json.NewEncoder(io.out).Encode(report)
			default:
				err = printVerification(io.out, report, len(known))
			}
			if err == nil && !report.IsWhole() {
				return exitError{exitFailed, errReported}
			}
			return err
		},
	}
	c.Flags().StringArrayVar(&anchors, "anchors", nil, "file with heads of the record that were told, such as a log; may be repeated")
	c.Flags().StringVar(&keyFile, "key", "", "file with the bot's public key, for a receipt")
	c.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return c
}

func readAnchors(in stdio.Reader, files []string) (all []audit.Anchor, err error) {
	for _, name := range files {
		from := in
		if name != "-" {
			f, err := os.Open(name)
			if err != nil {
				return nil, exitError{exitNotFound, err}
			}
			defer f.Close()
			from = f
		}
		found, err := audit.ReadAnchors(from, name)
		if err != nil {
			return nil, err
		}
		if len(found) == 0 {
			return nil, fmt.Errorf("%s: no line has the number and the hash of an entry", name)
		}
		all = append(all, found...)
	}
	return all, nil
}

func verifyStore(ctx context.Context, store *engine.Inspector, anchors []audit.Anchor, factsSince time.Time) (audit.Report, error) {
	v := audit.NewVerifier(anchors)
	v.FactsSince = factsSince
	odd, err := store.OddEntries(ctx)
	if err != nil {
		return audit.Report{}, err
	}
	for _, seq := range odd {
		v.AddOdd(seq)
	}
	var unlinked []audit.Entry
	err = store.ListEntries(ctx, engine.EntryFilter{}, func(s engine.StoredEntry) error {
		if s.Seq == 0 {
			unlinked = append(unlinked, s.Entry)
		} else {
			v.Add(s.Entry, s.Facts)
		}
		return nil
	})
	return v.Report(unlinked), err
}

func printVerification(out stdio.Writer, r audit.Report, anchors int) error {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	if r.IsWhole() {
		line("✓ %d entries are whole, from %d to %d.", r.Entries, r.First, r.Head.Seq)
	}
	for _, f := range r.Faults {
		line("✗ %s", f.What)
	}
	if r.Left > 0 {
		line("  and %d more", r.Left)
	}
	switch {
	case r.Certain.Seq > 0:
		line("  All entries up to %d are certain, by %s.", r.Certain.Seq, r.Source)
	case anchors == 0:
		line("  Nothing is certain without an anchor: add --anchors with the log of the bot.")
	default:
		line("  No anchor makes anything certain.")
	}
	for _, restored := range r.Restored {
		line("  Entry %d: at %s the store was set back to entry %d; entries up to %d of before are lost. Ask who restored a backup then: a tail that was cut off looks the same.",
			restored.Seq, restored.At.UTC().Format(time.RFC3339), restored.Head.Seq, restored.Seen.Seq)
	}
	if r.Removed > 0 {
		line("  Entries up to %d were too old and are removed (roombot.retention.record).", r.Removed)
	}
	if r.Erased > 0 {
		line("  The facts of %d entries are erased (roombot.retention.facts, %s forget).", r.Erased, programName)
	}
	if r.Missing > 0 {
		line("! The facts of %d of them, of entry %d first, are gone before roombot.retention.facts is over, and nobody had them forgotten. Unless it was shorter before, somebody has deleted them.",
			r.Missing, r.FirstMissing)
	}
	if r.Unlinked > 0 {
		line("  %d entries are not in the chain yet; a running bot links them within a second.", r.Unlinked)
	}
	line("  Head: %s", r.Head)
	_, err := out.Write([]byte(b.String()))
	return errors.Join(err)
}
