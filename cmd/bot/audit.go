package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"roombot/bot/audit"
	"roombot/bot/engine"
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
	By    *roomReason     `json:"by,omitempty"`    // of an entry about a room, in lists

	names map[int64]string // of accounts that are told of beside who acts, in lists; those that are known
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
	c.Flags().StringVar(&f.since, "since", "", "only from then on: "+momentForms)
	c.Flags().StringVar(&f.until, "until", "", "only before then, written like --since")
	c.Flags().StringVar(&f.user, "user", "", "only of this person: user id, username or e-mail address")
	c.Flags().StringVar(&f.room, "room", "", "only of the requests that concern this room, by its stream id, also as its link has it")
	c.Flags().StringVar(&f.request, "request", "", "only of this request, by the number that the user reads")
	c.Flags().StringVar(&f.kind, "kind", "", "only of this kind: "+joinKinds(audit.Kinds()))
}

func joinKinds(kinds []audit.Kind) string {
	names := make([]string, len(kinds))
	for i, kind := range kinds {
		names[i] = string(kind)
	}
	return strings.Join(names, ", ")
}

// filters are the selections of which each gives some of the entries: one, or one for each account
// that the person may be.
func (f *auditFilter) filters(ctx context.Context, path string, now time.Time) ([]engine.EntryFilter, error) {
	chosen := engine.EntryFilter{Kind: audit.Kind(f.kind)}
	if f.kind != "" && !slices.Contains(audit.Kinds(), chosen.Kind) {
		return nil, usageError("--kind %q: there are %s", f.kind, joinKinds(audit.Kinds()))
	}
	var err error
	if f.request != "" {
		if chosen.Request, err = parseRequest(f.request); err != nil {
			return nil, err
		}
	}
	if chosen.Room, err = parseRoom(f.room); err != nil {
		return nil, err
	}
	if chosen.Since, err = parseMoment("--since", f.since, now); err != nil {
		return nil, err
	}
	if chosen.Until, err = parseUntil(f.until, chosen.Since, now); err != nil {
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

// readEntries calls each with the chosen entries, the oldest first, and with the store that they
// are from.
func (f *auditFilter) readEntries(ctx context.Context, path string, each func(context.Context, *engine.Inspector, entry) error) error {
	filters, err := f.filters(ctx, path, time.Now())
	if err != nil {
		return err
	}
	return inspect(ctx, path, func(ctx context.Context, store *engine.Inspector) error {
		for _, chosen := range filters {
			err := store.ListEntries(ctx, chosen, func(s engine.StoredEntry) error { return each(ctx, store, newEntry(s)) })
			if err != nil {
				return err
			}
		}
		return nil
	})
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
