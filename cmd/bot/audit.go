package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	stdio "io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"roombot/bot/audit"
	"roombot/bot/engine"
	"roombot/bot/policy"
	"roombot/commands"
)

func auditCommand(io streams) *cobra.Command {
	var path string
	c := &cobra.Command{
		Use:   "audit",
		Short: "Look into the audit record: who was let do what, and what came of it",
		Long: `Reads the audit record in the store of the bot (roombot.store), beside a running
bot. It has each request that writes, and each that the policy refused: the
decision with its rule and conditions, what was done, and how it ended; starts,
stops, policies and acts from the shell. docs/operations.md explains it.`,
		Example: "  bot audit list --since 7d --kind room\n  bot audit list --request 5k9d-02mx-q7ht\n  bot audit verify --anchors roombot.log\n  bot audit receipt ROOM --jws",
		Args:    refuseUnknownSubcommand,
		RunE: func(*cobra.Command, []string) error {
			return usageError("%s audit list, show, export, receipt or verify?", programName)
		},
	}
	configFlag(c, &path)
	c.AddCommand(auditList(io, &path), auditShow(io, &path), auditExport(io, &path), auditReceipt(io, &path), auditVerify(io, &path))
	for _, sub := range c.Commands() {
		makeUsageErrors(sub)
	}
	return c
}

// entry is an entry of the audit record as administrators see it.
type entry struct {
	audit.Entry
	Facts json.RawMessage `json:"facts,omitempty"` // none where they were erased
	By    *roomReason     `json:"by,omitempty"`    // of an entry about a room
}

func newEntry(s engine.StoredEntry) entry {
	e := entry{Entry: s.Entry}
	if s.Facts != nil {
		e.Facts = s.Facts.Text
	}
	return e
}

// auditFilter is which entries are wanted, as it was typed.
type auditFilter struct{ since, until, user, room, request, kind string }

func (f *auditFilter) addFlags(c *cobra.Command) {
	c.Flags().StringVar(&f.since, "since", "", "only from then on: 90m, 24h, 7d, today (UTC), or a time such as 2026-03-04T05:00:00Z")
	c.Flags().StringVar(&f.until, "until", "", "only before then, written like --since")
	c.Flags().StringVar(&f.user, "user", "", "only of this person: user id, username or e-mail address")
	c.Flags().StringVar(&f.room, "room", "", "only of the requests that concern this room, by its stream id")
	c.Flags().StringVar(&f.request, "request", "", "only of this request, by the number that the user reads")
	c.Flags().StringVar(&f.kind, "kind", "", "only of this kind: decision, room, member, owner, answer, operator, pause, policy, start, stop, restored, removed")
}

// filters are the selections of which each gives some of the entries: one, or one for each account
// that the person may be.
func (f *auditFilter) filters(ctx context.Context, path string, now time.Time) ([]engine.EntryFilter, error) {
	chosen := engine.EntryFilter{Room: f.room, Kind: audit.Kind(f.kind)}
	if f.kind != "" && !slices.Contains(audit.Kinds(), chosen.Kind) {
		return nil, usageError("--kind %q: there are %v", f.kind, audit.Kinds())
	}
	if f.request != "" {
		chosen.Request = string(commands.ParseRequestID(f.request))
	}
	var err error
	if chosen.Since, err = parseMoment("--since", f.since, now); err != nil {
		return nil, err
	}
	if chosen.Until, err = parseMoment("--until", f.until, now); err != nil {
		return nil, err
	}
	if f.user == "" {
		return []engine.EntryFilter{chosen}, nil
	}
	accounts, err := accountsOf(ctx, path, strings.TrimSpace(f.user))
	if err != nil {
		return nil, err
	}
	var all []engine.EntryFilter
	for _, account := range accounts {
		if _, err := fmt.Sscan(account, &chosen.Actor); err != nil {
			return nil, err
		}
		all = append(all, chosen)
	}
	return all, nil
}

// readEntries calls each with the chosen entries, the oldest first.
func (f *auditFilter) readEntries(ctx context.Context, path string, each func(engine.StoredEntry) error) error {
	filters, err := f.filters(ctx, path, time.Now())
	if err != nil {
		return err
	}
	return inspect(ctx, path, func(ctx context.Context, store *engine.Inspector) error {
		for _, chosen := range filters {
			if err := store.ListEntries(ctx, chosen, each); err != nil {
				return err
			}
		}
		return nil
	})
}

func auditList(io streams, path *string) *cobra.Command {
	var f auditFilter
	var limit int
	var asJSON bool
	c := &cobra.Command{
		Use:   "list",
		Short: "List entries, the newest last",
		Long: `Lists entries of the audit record, the newest last, a line for each. That of a room
tells who asked for it, by which rule and version of the policy. With
--request the conditions of the decision are listed as well, which tells why a
request was refused. Names and what was typed are shown until
roombot.retention.facts is over.`,
		Example: "  bot audit list --since 7d --kind room\n  bot audit list --user jane.doe@example.com --since 30d\n  bot audit list --request 5k9d-02mx-q7ht",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			all := []entry{}
			err := f.readEntries(cmd.Context(), *path, func(s engine.StoredEntry) error {
				if all = append(all, newEntry(s)); len(all) > 2*limit {
					all = slices.Delete(all, 0, len(all)-limit)
				}
				return nil
			})
			if err != nil {
				return err
			}
			all = all[max(len(all)-limit, 0):]
			if err := addRoomReasons(cmd.Context(), *path, all); err != nil {
				return err
			}
			if asJSON {
				return json.NewEncoder(io.out).Encode(all)
			}
			return printEntries(io.out, all, f.request != "")
		},
	}
	f.addFlags(c)
	c.Flags().IntVar(&limit, "limit", 200, "how many at most, the newest")
	c.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return c
}

func auditShow(io streams, path *string) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "show NUMBER",
		Short: "Show one entry of the chain, by its number",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			var seq int64
			if _, err := fmt.Sscan(args[0], &seq); err != nil || seq < 1 {
				return usageError("%s audit show NUMBER: write the number of an entry, as list prints it", programName)
			}
			return inspect(cmd.Context(), *path, func(ctx context.Context, store *engine.Inspector) error {
				found := entry{}
				err := store.ListEntries(ctx, engine.EntryFilter{After: seq - 1}, func(s engine.StoredEntry) error {
					if s.Seq == seq {
						found = newEntry(s)
					}
					return engine.ErrStop
				})
				if err == nil && found.Seq == 0 {
					err = exitError{exitNotFound, fmt.Errorf("there is no entry %d", seq)}
				}
				if err != nil {
					return err
				}
				out := json.NewEncoder(io.out)
				if !asJSON {
					out.SetIndent("", "  ")
				}
				return out.Encode(found)
			})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "as JSON in one line")
	return c
}

func printEntries(out stdio.Writer, all []entry, withChecks bool) error {
	if len(all) == 0 {
		_, err := fmt.Fprintln(out, "Nothing here.")
		return err
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NUMBER\tAT\tKIND\tREQUEST\tUSER\tWHAT")
	for _, e := range all {
		number, user := fmt.Sprint(e.Seq), ""
		if e.Seq == 0 {
			number = "-"
		}
		if e.Actor != 0 {
			user = fmt.Sprint(e.Actor)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", number, e.At.UTC().Format(time.RFC3339), e.Kind, e.Request, user, describeEntry(e))
		if withChecks {
			printChecks(w, e)
		}
	}
	return w.Flush()
}

// checkText is a condition of a decision.
type checkText struct {
	What     string
	OK, Open bool
}

// checksIn are the conditions of a decision; none of other entries.
func checksIn(e entry) []checkText {
	var body struct{ Checks []checkText }
	if e.Kind != audit.Decision || json.Unmarshal(e.Body, &body) != nil {
		return nil
	}
	if e.Facts != nil && body.Checks == nil {
		_ = json.Unmarshal(e.Facts, &body) // facts that cannot be read tell nothing
	}
	return body.Checks
}

func printChecks(w stdio.Writer, e entry) {
	for _, c := range checksIn(e) {
		fmt.Fprintf(w, "\t\t\t\t\t  %s\n", policy.Check{What: c.What, OK: c.OK, Open: c.Open})
	}
}

// entryText are the fields of bodies and facts that are told in a line.
type entryText struct {
	Command, Outcome, Rule, Version, Denial, Reason, Act, Operator, Replica, Program, Policy string
	Line                                                                                     int
	Grant                                                                                    int64
	Added, Owners                                                                            []int64
	Absent                                                                                   []struct {
		User  int64
		Cause string
	}
	From                commands.Person
	Typed, Nearest, Why string
}

// readEntryText reads what is told of an entry.
func readEntryText(e entry) (t entryText) {
	_ = json.Unmarshal(e.Body, &t) // a body that cannot be read tells nothing
	if e.Facts != nil {
		_ = json.Unmarshal(e.Facts, &t)
	}
	return t
}

// describeEntry tells an entry in a line.
func describeEntry(e entry) string {
	t := readEntryText(e)
	var parts []string
	add := func(format string, value any) {
		if text := fmt.Sprintf(format, value); value != "" && value != 0 && value != int64(0) {
			parts = append(parts, text)
		}
	}
	switch e.Kind {
	case audit.Decision:
		add("%s", t.Outcome)
		add("/%s", t.Command)
		add("by %s", nameRuleOrGrant(t.Rule, t.Grant))
		add("line %d", t.Line)
		add("denied: %s", t.Denial)
		add("policy %s", t.Version)
		add("from %s", t.From.Name)
		add("typed %q", t.Typed)
	case audit.Member, audit.Owner:
		if len(t.Added) > 0 {
			add("added %v", t.Added)
		}
		if len(t.Owners) > 0 {
			add("owners %v", t.Owners)
		}
		for _, absent := range t.Absent {
			add("not %s", fmt.Sprintf("%d: %s", absent.User, absent.Cause))
		}
	case audit.Grant:
		return describeGrant(e)
	case audit.Pause:
		add("%s", t.Act)
		add("%q", t.Reason)
		add("by %s", t.Operator)
	default:
		add("%s", t.Act)
		add("%s", t.Outcome)
		add("%s", t.Reason)
		add("by %s", t.Operator)
		add("replica %s", t.Replica)
		add("program %s", t.Program)
		add("policy %s", t.Policy)
		add("version %s", t.Version)
	}
	if e.By != nil {
		add("asked for by %s", e.By.Name)
		add("by %s", nameRuleOrGrant(e.By.Rule, e.By.Grant))
		add("policy %s", e.By.Version)
	}
	add("room %s", e.Room)
	return strings.Join(parts, ", ")
}

// nameRuleOrGrant says what has decided; empty where neither a rule nor a grant has.
func nameRuleOrGrant(rule string, grant int64) string {
	switch {
	case grant != 0:
		return fmt.Sprintf("grant %d", grant)
	case rule != "":
		return fmt.Sprintf("rule %q", rule)
	}
	return ""
}

// describeGrant tells in a line what has become of a grant.
func describeGrant(e entry) string {
	var g struct {
		Act, Command, Until, Operator, From, By string
		N, For, Decider                         int64
		Once                                    bool
		Bounds                                  []string
	}
	_ = json.Unmarshal(e.Body, &g) // what cannot be read tells nothing
	if e.Facts != nil {
		_ = json.Unmarshal(e.Facts, &g)
	}
	parts := []string{fmt.Sprintf("grant %d %s", g.N, g.Act), "/" + g.Command, fmt.Sprintf("for %d", g.For)}
	for _, p := range []struct{ before, text string }{
		{"", strings.Join(g.Bounds, "; ")}, {"by ", g.By}, {"by ", g.Operator}, {"until ", g.Until},
	} {
		if p.text != "" {
			parts = append(parts, p.before+p.text)
		}
	}
	if g.Decider != 0 {
		parts = append(parts, fmt.Sprintf("given by %d", g.Decider))
	}
	if g.Once {
		parts = append(parts, "once")
	}
	return strings.Join(parts, ", ")
}

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
