package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/rs/zerolog"
	"github.com/spf13/cobra"

	"roombot/bot/config"
	"roombot/bot/engine"
)

// finding is the outcome of one check.
type finding struct {
	Name   string `json:"name"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail,omitempty"`
	Remedy string `json:"remedy,omitempty"`
	err    error
}

func checkCommand(io streams) *cobra.Command {
	var path string
	var asJSON bool
	c := &cobra.Command{
		Use:   "check",
		Short: "Test every precondition on the pod, with remedies",
		Long: `Tests, in the order in which they matter, what the bot needs to work: the
configuration, the names and ports of the pod, the clock, the key, the login,
the datafeed, the right to read groups, and the folder of the store. Each comes
with ✓ or ✗, and each ✗ with what to do about it. Nothing is written to the pod.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			findings := check(cmd.Context(), path)
			if asJSON {
				if err := json.NewEncoder(io.out).Encode(findings); err != nil {
					return err
				}
			} else {
				report(io, findings)
			}
			i := slices.IndexFunc(findings, func(f finding) bool { return !f.OK })
			if i < 0 {
				return nil
			}
			return failure{exitCode(findings[i].err), errSilent}
		},
	}
	configFlag(c, &path)
	c.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return c
}

func report(io streams, findings []finding) {
	for _, f := range findings {
		mark := "✓"
		if !f.OK {
			mark = "✗"
		}
		fmt.Fprintf(io.out, "%s %-14s %s\n", mark, f.Name, f.Detail)
		if f.Remedy != "" {
			fmt.Fprintf(io.out, "  %-14s → %s\n", "", f.Remedy)
		}
	}
}

// check runs the checks. One that fails ends those that need it.
func check(ctx context.Context, path string) []finding {
	c, err := config.Load(path, os.LookupEnv, commandNames()...)
	if err != nil {
		return []finding{{Name: "configuration", Detail: err.Error(), Remedy: "Mend the lines above in " + path + ".", err: err}}
	}
	detail := path
	if unused := c.Ignored(); len(unused) > 0 {
		detail += fmt.Sprintf(" (without effect: %s)", joined(unused))
	}
	findings := []finding{{Name: "configuration", OK: true, Detail: detail}, checkStore(ctx, c.Roombot.Store)}
	network := checkNetwork(ctx, c)
	findings = append(findings, network...)
	if slices.ContainsFunc(network, func(f finding) bool { return !f.OK }) {
		return findings
	}
	client, err := client(c, zerolog.Nop())
	if err != nil {
		return append(findings, finding{Name: "credentials", Detail: err.Error(), Remedy: "Make a key pair with bot keygen, or correct bot.privateKey in " + path + ".", err: err})
	}
	return append(findings, checkPod(ctx, c, client)...)
}

// checkStore tests that a file can be made beside the store's, or that the
// database answers.
func checkStore(ctx context.Context, store config.Store) finding {
	f := finding{Name: "store", Detail: store.String()}
	if store.Shared() {
		return checkDatabase(ctx, f, store)
	}
	probe, err := os.OpenFile(string(store)+".check", os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		f.Detail, f.Remedy, f.err = err.Error(), "Give the bot's user the right to write in that folder, or set roombot.store.", err
		return f
	}
	f.OK = true
	if err := errors.Join(probe.Close(), os.Remove(probe.Name())); err != nil {
		f.Detail += " (" + err.Error() + ")"
	}
	return f
}

func checkDatabase(ctx context.Context, f finding, store config.Store) finding {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	inspector, err := engine.Inspect(ctx, string(store))
	if err == nil {
		err = inspector.Close()
	}
	if err != nil {
		f.Detail, f.Remedy, f.err = err.Error(), "Check the address in roombot.store, and that the database lets this user in.", err
		return f
	}
	f.OK = true
	return f
}

// timeout bounds one check.
const timeout = 20 * time.Second
