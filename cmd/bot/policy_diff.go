package main

import (
	"context"
	"encoding/json"
	"fmt"
	stdio "io"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"roombot/bot"
	"roombot/bot/audit"
	"roombot/bot/config/schema"
	"roombot/bot/engine"
	"roombot/bot/policy"
	"roombot/bot/policy/request"
)

func policyDiff(io streams) *cobra.Command {
	var path string
	var asJSON bool
	c := &cobra.Command{
		Use:   "diff [OLD] NEW",
		Short: "Say what a policy changes: who gains or loses what, and what it would have decided",
		Long: `Compares two policies and says who gains or loses which command or condition: whom
the rules name, and with --config the people who asked in the last 30 days. With
--config the requests of these 30 days are also decided again, and those listed that
would be decided otherwise. They come from the audit record of the bot's store, which
is only read, also beside a running bot; groups and accounts that no rule asked about
at that time are as Symphony knows them now.

OLD and NEW are files. With --config they may also be versions that were in force, and
OLD may be left out for the policy of the configuration. Exit codes: 0 nothing changes,
1 something does or it could not be found out.`,
		Example: "  bot policy diff policy.yaml new.yaml\n  bot policy diff new.yaml --config config.json\n  bot policy diff 1f0a9c3e 77ab01d4 --config config.json",
		Args:    cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			change, lines, err := comparePolicies(cmd.Context(), path, args)
			if err != nil {
				return err
			}
			if err := printChange(io.out, change, lines, asJSON); err != nil {
				return err
			}
			if !change.IsEmpty() {
				return exitError{exitFailed, errReported}
			}
			return nil
		},
	}
	c.Flags().StringVarP(&path, "config", "c", "", "configuration of a bot: compare with its policy, its record and its people")
	_ = c.MarkFlagFilename("config", "json", "yaml", "yml")
	c.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return c
}

// comparison is a difference of policies, with or without a replay.
type comparison interface{ IsEmpty() bool }

func comparePolicies(ctx context.Context, path string, args []string) (comparison, []string, error) {
	if path == "" {
		return compareFiles(ctx, args)
	}
	var change bot.PolicyChange
	err := inspect(ctx, path, func(ctx context.Context, store *engine.Inspector) error {
		return withSymphony(ctx, path, func(ctx context.Context, wired bot.Config) error {
			before := wired.Policy
			if len(args) == 2 {
				var err error
				if before, err = findPolicy(ctx, store, args[0]); err != nil {
					return err
				}
			}
			after, err := findPolicy(ctx, store, args[len(args)-1])
			if err != nil {
				return err
			}
			change, err = bot.FindPolicyChange(ctx, wired.Client, store, before, after)
			return err
		})
	})
	return change, change.Lines(), err
}

func compareFiles(ctx context.Context, args []string) (comparison, []string, error) {
	if len(args) != 2 {
		return nil, nil, usageError("%s policy diff OLD NEW: name two files, or a configuration with --config", programName)
	}
	before, err := readPolicy(args[0])
	if err != nil {
		return nil, nil, err
	}
	after, err := readPolicy(args[1])
	if err != nil {
		return nil, nil, err
	}
	d := policy.Compare(ctx, before, after, request.ListCommands(), nil)
	return d, d.Lines(), nil
}

var policyVersion = regexp.MustCompile(`^[0-9a-f]{8}$`)

// findPolicy reads the policy of a file, or a version that was in force.
func findPolicy(ctx context.Context, store *engine.Inspector, name string) (found *policy.Policy, err error) {
	if !policyVersion.MatchString(name) || !isMissing(name) {
		return readPolicy(name)
	}
	var body struct {
		Version  string
		Document json.RawMessage
	}
	err = store.ListEntries(ctx, engine.EntryFilter{Kind: audit.Policy}, func(s engine.StoredEntry) error {
		if err := json.Unmarshal(s.Body, &body); err != nil || body.Version != name {
			return err
		}
		rules, err := schema.Parse("policy "+name, body.Document, nil)
		if err != nil {
			return err
		}
		if found, err = policy.Compile(rules, policy.Options{}); err != nil {
			return err
		}
		return engine.ErrStop
	})
	if err == nil && found == nil {
		err = exitError{exitNotFound, fmt.Errorf("%s is no file, and no version of the policy that was in force", name)}
	}
	return found, err
}

func printChange(out stdio.Writer, change comparison, lines []string, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(out).Encode(change)
	}
	if change.IsEmpty() {
		lines = append([]string{"✓ Nothing changes for anybody."}, lines...)
	}
	_, err := fmt.Fprintln(out, strings.Join(lines, "\n"))
	return err
}
