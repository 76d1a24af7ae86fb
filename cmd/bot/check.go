package main

import (
	"context"
	"encoding/json"
	"time"

	"github.com/rs/zerolog"
	"github.com/spf13/cobra"
)

func checkCommand(io streams) *cobra.Command {
	var path string
	var asJSON bool
	c := &cobra.Command{
		Use:   "check",
		Short: "Test every precondition on the pod, with remedies",
		Long: `Tests, in the order in which they matter, what the bot needs to work: the
configuration, the policy, the key or certificate, the store, the address of the
health page, the names and ports of the pod, the clock, the login, the datafeed,
the right to read groups, whether there are the accounts that the policy names by
user: and email: (patterns are not looked up), and whether each group that it
names is there once and shows who is in it. People and groups that a bot with this
store has known by a name are told by their new one. It warns where the policy has no
administrators, or only those of groups. A key that waits beside the one in use (see bot
keygen --rotate) is tested too, and the previous key where one is configured. It
warns of what strangers could get at: plain http, a database that need not prove
itself, a health page on other networks, files that other users can read or
change, rules for everybody. Each line begins with ✓ (passed), ! (a warning:
everything else works) or ✗ (failed), and says what to do. Nothing is written to
the pod. Check as the user that the bot will run as; the bot may be running.

Exit codes: 0 nothing failed, 1 something did, 2 Symphony rejected the
credentials or the key's passphrase is wrong.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			results := runChecks(cmd.Context(), path)
			if asJSON {
				if err := json.NewEncoder(io.out).Encode(results); err != nil {
					return err
				}
			} else {
				printResults(io, results)
			}
			if f := firstFailure(results); f != nil {
				return exitError{exitCode(f.err), errReported}
			}
			return nil
		},
	}
	configFlag(c, &path)
	c.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return c
}

// runChecks runs the checks. Checks that need one that failed are left out.
func runChecks(ctx context.Context, path string) []checkResult {
	c, err := loadConfig(path)
	if err != nil {
		return []checkResult{configFailure(err)}
	}
	credentials := checkCredentials(c)
	results := []checkResult{
		checkConfigFile(c, path), checkPolicy(c, path), checkAdmins(c), credentials, checkStore(ctx, c.Roombot.Store.Address), checkHealth(ctx, c),
	}
	needed := append(checkPreviousKey(c), checkNetwork(ctx, c)...)
	results = append(results, needed...)
	if credentials.Level == levelFailed || firstFailure(needed) != nil {
		return results
	}
	client, err := newClient(c, zerolog.Nop())
	if err != nil {
		return append(results, failedCheck("client", "", err, "Correct that in "+path+"."))
	}
	defer client.Close()
	defer logOut(ctx, client)
	results = append(results, checkPod(ctx, c, client)...)
	return append(results, checkNextKey(ctx, c)...)
}

// checkTimeout is the longest time of one check.
const checkTimeout = 20 * time.Second
