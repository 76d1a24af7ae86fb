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
OLD may be left out for the version in force, by the record. Names in NEW that nobody
has are told.

Exit codes: 0 nothing changes, 1 something does, 3 that could not be found out, such as
where a policy is missing or faulty, 64 wrong usage.`,
		Example: "  bot policy diff policy.yaml new.yaml\n  bot policy diff new.yaml --config config.json\n  bot policy diff 1f0a9c3e 77ab01d4 --config config.json",
		Args:    cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			change, lines, err := comparePolicies(cmd.Context(), path, args)
			if err != nil {
				return asUnanswered(err)
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
	var with string
	err := inspect(ctx, path, func(ctx context.Context, store *engine.Inspector) error {
		c, err := loadConfigWithoutPolicy(path) // its file may be faulty while the bot goes on
		if err != nil {
			return err
		}
		return signedIn(ctx, c, func(ctx context.Context, wired bot.Config) error {
			before, said, err := findOlderPolicy(ctx, store, path, args)
			if err != nil {
				return err
			}
			after, err := findPolicy(ctx, store, args[len(args)-1])
			if err != nil {
				return err
			}
			with = said
			change, err = bot.FindPolicyChange(ctx, wired.Client, store, before.Policy, after.Policy)
			for i := range change.Rules {
				if r := &change.Rules[i]; r.What == "gone" && before.isRecorded || r.What != "gone" && after.isRecorded {
					r.Line = 0
				}
			}
			return err
		})
	})
	lines := change.Lines()
	if with != "" {
		lines = append([]string{with}, lines...)
	}
	return change, lines, err
}

// foundPolicy is a policy of a file or of the record, which has no lines.
type foundPolicy struct {
	*policy.Policy
	isRecorded bool
}

// findOlderPolicy is OLD, or else the policy in force; said is which that is.
func findOlderPolicy(ctx context.Context, store *engine.Inspector, path string, args []string) (found foundPolicy, said string, err error) {
	if len(args) == 2 {
		found, err = findPolicy(ctx, store, args[0])
		return found, "", err
	}
	recorded, err := bot.RecordedPolicy(ctx, store, "")
	if err != nil {
		return foundPolicy{}, "", err
	}
	c, err := loadConfig(path)
	switch {
	case recorded == nil && err != nil:
		return foundPolicy{}, "", err
	case recorded == nil:
		return foundPolicy{Policy: c.Policy}, "Compared with the policy of the configuration: the record has none.", nil
	case err == nil && c.Policy.Hash() == recorded.Hash():
		return foundPolicy{Policy: c.Policy}, "Compared with version " + recorded.Version() + ", which is in force and that of the configuration.", nil
	}
	return foundPolicy{recorded, true}, "Compared with version " + recorded.Version() + ", which is in force by the record; the text of the configuration is another, or faulty.", nil
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
func findPolicy(ctx context.Context, store *engine.Inspector, name string) (foundPolicy, error) {
	if !policyVersion.MatchString(name) || !isMissing(name) {
		read, err := readPolicy(name)
		return foundPolicy{Policy: read}, err
	}
	found, err := bot.RecordedPolicy(ctx, store, name)
	if err == nil && found == nil {
		err = exitError{exitNotFound, fmt.Errorf("%s is no file, and no version of the policy that was in force", name)}
	}
	return foundPolicy{found, true}, err
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
