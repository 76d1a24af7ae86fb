package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	stdio "io"
	"time"

	"github.com/spf13/cobra"

	"roombot/bot/audit"
	"roombot/bot/config"
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
bot's log in either format, the messages in roombot.audit.room, and the lines of
roombot.audit.file: --anchors FILE takes any text with such lines, - the standard
input. A trigger in the store, which could keep entries out, is a fault as well, and
so is an index of the record that is not as the bot makes it or, on SQLite, lacks
rows: lists and receipts are answered from these.

Lines with ! are for somebody to look at: facts that are gone too early, entries
that were removed though roombot.retention.record keeps them, or a store that was
set back. An entry excuses what is missing only once it is in the chain.

With RECEIPT, a file or - for the standard input, it verifies a signed receipt
instead, by the public key that the bot had when it signed it: no store and no
configuration are needed.

Exit codes: 0 nothing is wrong, 1 something is, or may be: facts or entries are
gone too early, or no file of --anchors has a head. A store that was set back alone is 0.`,
		Example: "  bot audit verify --anchors /var/log/roombot.log\n  bot audit verify room.jws --key publickey.pem",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case len(args) == 1 && len(anchors) > 0, len(args) == 0 && keyFile != "":
				return usageError("%s audit verify: --key is for a receipt, --anchors for the record", programName)
			case len(args) == 1:
				return verifyReceipt(io, args[0], keyFile, asJSON)
			}
			known, without, err := readAnchors(io.in, anchors)
			for _, name := range without {
				_, told := fmt.Fprintf(io.err, "! %s has no head of the record yet: the bot logs one each hour and when it stops\n", name)
				err = errors.Join(err, told)
			}
			if err != nil {
				return err
			}
			c, err := loadConfigWithoutPolicy(*path)
			if err != nil {
				return err
			}
			var report audit.Report
			err = inspect(cmd.Context(), *path, func(ctx context.Context, store *engine.Inspector) (err error) {
				report, err = store.VerifyRecord(ctx, newVerifier(c.Roombot.Retention, known))
				return err
			})
			switch {
			case err != nil:
				return err
			case asJSON:
				err = json.NewEncoder(io.out).Encode(report)
			default:
				err = printVerification(io.out, report, c.Roombot.Retention)
			}
			hasNone := len(without) > 0 && len(known) == 0
			if err == nil && (!report.IsWhole() || report.IsDoubtful() || hasNone) {
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

// readAnchors reads the heads in the files, and which files are without any.
func readAnchors(in stdio.Reader, files []string) (all []audit.Anchor, without []string, err error) {
	for _, name := range files {
		from, err := openInput(in, name)
		if err != nil {
			return nil, nil, err
		}
		defer from.Close()
		found, err := audit.ReadAnchors(from, name)
		if err != nil {
			return nil, nil, err
		}
		if len(found) == 0 {
			without = append(without, name)
		}
		all = append(all, found...)
	}
	return all, without, nil
}

// newVerifier begins to verify the record of a bot that has this configuration.
func newVerifier(retention config.Retention, anchors []audit.Anchor) *audit.Verifier {
	v := audit.NewVerifier(anchors)
	v.Now = time.Now()
	v.FactsSince = v.Now.Add(-retention.Facts)
	if v.KeepEntries = retention.Record; v.KeepEntries == 0 {
		v.KeepEntries = audit.Forever
	}
	return v
}
