package main

import (
	"context"
	"encoding/json"
	stdio "io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"roombot/bot/engine"
	"roombot/cmd/bot/soak"
)

func soakCommand(io streams) *cobra.Command {
	c := soak.Config{Faults: soak.Heavy, Progress: io.err}
	var asJSON bool
	command := &cobra.Command{
		Use:   "soak",
		Short: "Test with crashes and faults, then audit the result",
		Long: `Starts a sandbox and the bot, each a process of its own, sends /newroom
requests, makes the pod fail in every way it knows, kills the bot with SIGKILL
again and again, and in the end compares every room, member, owner and answer on
the pod with what was asked for. The outcome is a table; the exit code is 1
unless each request has exactly one room with exactly its people, and exactly
one answer.

Meanwhile an administrator changes the policy, in a file that is sometimes faulty
or half written, and pauses the bots, by bot pause and by /pause. People whom a
rule denies or whose limit is reached get no room then. The audit record has to
say for each request by which rule and version it was decided, and that version
must have been in force; no limit may be exceeded, and nothing begun in a pause.
Simulated approvers approve, reject, contradict each other, click twice, late or
never, and some requests are withdrawn: each question has exactly one end, and
no room that needs an approval is opened without it. Whom no rule admits asks for
access: two administrators make grants or refuse, revoke some, and others expire
(a day is 8 s), and no room is opened but by a grant that is in force.
With --govern=false everybody may do everything.

With --outages no bot is killed. Signing in, then the datafeed, then the store
are out of order, each for so long, while three requests a second keep coming.
The table says for each outage how long it took until the bot was not ready, how
many lines the log had about it, and how soon after its end the bot was ready
again; the exit code is 1 also when that took too long.

Faults: none; default is a bad day; heavy is everything at once: 429 with
Retry-After, 500, 503, delays past the bot's timeout, connections that drop
before and after the effect of every kind of write, expired sessions, failing
logins, lost datafeeds, events twice and out of order, a room search that lags
behind by up to 3 s, people of other companies who come in up to 15 s after they
were added, and searches that find nothing answer 204 now and then.

When the pod forgets a datafeed, the events in it are lost; the bot then has to
find the requests in the history of the chats.

The bot runs with short timings, which are printed: a room whose creation was
not answered is looked for after roombot.httpTimeout + roombot.searchLag.
Outages of 30 s and more use the default timings.`,
		Example: `  bot soak
  bot soak --commands 2000 --kill-every 2s --faults heavy --seed 7
  bot soak --outages 1m
  bot soak --commands 2000 --replicas 3 --store postgres://localhost/roombot`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			for _, other := range []string{"commands", "kill-every", "faults", "govern"} {
				if c.Outages > 0 && cmd.Flags().Changed(other) {
					return usageError("--outages and --%s: cannot be combined; run two soaks", other)
				}
			}
			return runSoak(cmd.Context(), io, c, asJSON)
		},
	}
	soakFlags(command, &c)
	command.Flags().BoolVar(&asJSON, "json", false, "as JSON, with everything found")
	return command
}

func runSoak(ctx context.Context, io streams, c soak.Config, asJSON bool) error {
	if c.Commands < 1 {
		return usageError("--commands %d: write at least 1", c.Commands)
	}
	if c.Outages < 0 {
		return usageError("--outages %s: write a time such as 1m", c.Outages)
	}
	if files, _ := os.ReadDir(c.Dir); len(files) > 0 { // what another soak has left would count for this one
		return usageError("--dir %s: it has files already, such as %s; name an empty folder", c.Dir, files[0].Name())
	}
	if c.Replicas > 1 && !c.Store.IsPostgres() {
		return usageError("--replicas %d: several bots need a database in common: --store postgres://…", c.Replicas)
	}
	ctx, stop := stopOnHangup(ctx)
	defer stop()
	report, err := soak.Run(ctx, c)
	if err != nil {
		return err
	}
	err = printReport(io.out, report, asJSON)
	if err == nil && !report.HasKeptPromise() {
		err = exitError{exitFailed, errReported}
	}
	return err
}

func soakFlags(command *cobra.Command, c *soak.Config) {
	flags := command.Flags()
	flags.IntVar(&c.Commands, "commands", 200, "how many requests are sent")
	flags.DurationVar(&c.KillEvery, "kill-every", 2*time.Second, "time between kills; 0 for none")
	flags.Var(&c.Faults, "faults", "what the pod does meanwhile: none, default or heavy")
	flags.DurationVar(&c.Outages, "outages", 0, "instead of kills and faults: how long login, feed and store are out of order, one after the other")
	flags.BoolVar(&c.Govern, "govern", true, "edit the policy and pause the bots meanwhile; without, everybody may do everything")
	flags.Int64Var(&c.Seed, "seed", 1, "decides the requests and the faults' chances")
	flags.IntVar(&c.Replicas, "replicas", 1, "bots at once, killed in turn")
	flags.TextVar(&c.Store, "store", engine.Address{}, "address of the bots' database (default: a file)")
	flags.StringVar(&c.Dir, "dir", "", "empty folder that keeps configurations, stores and logs (default: a temporary one)")
	completeWords(command, "faults", string(soak.None), string(soak.Default), string(soak.Heavy))
	completeFolders(command, "dir")
}

// printReport prints a report for people, or as JSON for programs.
func printReport(out stdio.Writer, r interface{ Print(to stdio.Writer) error }, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(out).Encode(r)
	}
	return r.Print(out)
}
