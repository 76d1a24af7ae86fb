package main

import (
	"os"
	"os/exec"
	"path/filepath"

	"github.com/spf13/cobra"

	"roombot/bot/engine"
	"roombot/cmd/bot/bench"
)

func benchCommand(io streams) *cobra.Command {
	c := bench.Config{Progress: io.err}
	var asJSON bool
	command := &cobra.Command{
		Use:   "bench",
		Short: "Measure latency and throughput",
		Long: `Starts a sandbox and the bot, each a process of its own, sends /newroom requests
and measures how long their senders wait, by the pod's clock: from the moment
the pod has the message to the moment it has the answer. Processor time,
memory, commits, wake-ups and disk are the bot's process alone.

Commits are the transactions of the bot's store, by its own metric. Wake-ups are
voluntary context switches, summed over the threads of the process: how often a
thread had waited for something and went on. Disk is by how much the tables of
the store have grown for each request when nothing is left to do. What is not
known, because the system or an older program does not tell, is a dash.

--rtt is the round trip of the network between bot and pod: half of it passes
before the pod does a call's work, half after it. The critical path of a link is
four round trips: half a one until the waiting read has delivered the event,
one to create the room, one to add the requester, one to add the others, half a
one until the pod has the answer. The ratio is the median of message-to-link divided by that.

With --rate the requests come at that pace, answered or not. With --rate 0, 32
people (--at-once) each send the next one as soon as theirs is answered: what is
measured then is throughput, and the latency of a bot that has all it can do;
with --at-once 1 what one request takes after the other.

--chatter adds messages that are not for the bot, in a room that it is in. A
datafeed gives 100 events a read, so with a slow network it cannot carry more
than 100 per round trip; what waits is printed.

--flood sends each request twice: alone, and right after somebody else has sent
so many at once in another chat. What is measured then is how much longer the
second one takes.

--idle sends no requests after those to warm up, and measures the bot at rest.

--stored has the bot execute so many requests first, without a network, and
starts it again with the store that they left. --crowd makes the pod large: so
many people, a fifth as many groups, as many rooms. Those who write and are
named are the same 80 for every crowd.

--against measures another build of the program in the same run: both have a pod
of their own, the same requests go to one and the other in turns, and the table
has both and the ratio. --against-small compares with an empty store and a crowd
of 80 instead. Figures of two runs on a shared machine cannot be compared.`,
		Example: `  bot bench --rtt 50ms
  bot bench --commands 1000 --rate 0
  bot bench --chatter 10000
  bot bench --commands 10 --flood 200 --rtt 50ms
  bot bench --idle 30s
  bot bench --rate 0 --at-once 1 --against ./roombot-before
  bot bench --rate 0 --commands 3000 --cpu-profile bot.pprof
  bot bench --rate 0 --at-once 1 --stored 10000 --crowd 10000 --against-small`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := benchUsage(c, cmd.Flags().Changed); err != nil {
				return err
			}
			ctx, stop := stopOnHangup(cmd.Context())
			defer stop()
			result, err := bench.Run(ctx, c)
			if err != nil {
				return err
			}
			return printReport(io.out, result, asJSON)
		},
	}
	benchFlags(command, &c)
	command.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return command
}

func benchUsage(c bench.Config, isGiven func(flag string) bool) error {
	switch {
	case c.Commands < 1:
		return usageError("--commands %d: write at least 1", c.Commands)
	case c.Rate < 0 || c.RTT < 0 || c.Chatter < 0 || c.Flood < 0 || c.Workers < 0 || c.Stored < 0 || c.Idle < 0:
		return usageError("--rate, --rtt, --chatter, --flood, --workers, --stored and --idle cannot be negative")
	case c.Flood > bench.MostFlood:
		return usageError("--flood %d: write 0 to %d", c.Flood, bench.MostFlood)
	case c.People < 0 || c.People > bench.MostPeople:
		return usageError("--people %d: write 0 to %d", c.People, bench.MostPeople)
	case c.Groups < 0 || c.Groups > bench.MostGroups:
		return usageError("--groups %d: write 0 to %d", c.Groups, bench.MostGroups)
	case c.People+c.Groups == 0:
		return usageError("--people 0 --groups 0: a room is for somebody")
	case c.AtOnce < 1 || c.AtOnce > bench.MostAtOnce:
		return usageError("--at-once %d: write 1 to %d", c.AtOnce, bench.MostAtOnce)
	case c.Crowd < bench.LeastCrowd || c.Crowd > bench.MostCrowd:
		return usageError("--crowd %d: write %d to %d", c.Crowd, bench.LeastCrowd, bench.MostCrowd)
	}
	return benchCombination(c, isGiven)
}

// benchCombination refuses flags that have no meaning together.
func benchCombination(c bench.Config, isGiven func(flag string) bool) error {
	compared := ""
	switch {
	case c.Against != "" && c.AgainstSmall:
		return usageError("--against and --against-small: cannot be combined; run two benches")
	case c.Against != "":
		compared = "--against"
		if err := checkProgram(c.Against); err != nil {
			return err
		}
	case c.AgainstSmall:
		compared = "--against-small"
	}
	if compared != "" && !c.Store.IsZero() {
		return usageError("%s and --store: cannot be combined, since each bot has a store of its own", compared)
	}
	if err := checkWritable(c.CPUProfile); err != nil {
		return err
	}
	if isGiven("at-once") && c.Rate > 0 {
		return usageError("--at-once %d: belongs to --rate 0", c.AtOnce)
	}
	for _, other := range []string{"commands", "rate", "at-once", "chatter", "flood"} {
		if c.Idle > 0 && isGiven(other) {
			return usageError("--idle and --%s: cannot be combined; run two benches", other)
		}
	}
	return nil
}

// checkProgram refuses a path without a program before anything is measured.
func checkProgram(path string) error {
	whole, err := filepath.Abs(path)
	if err == nil {
		_, err = exec.LookPath(whole)
	}
	if err != nil {
		return usageError("--against %s: is no program: %w", path, err)
	}
	return nil
}

// checkWritable refuses a file for a profile that cannot be written, before anything is measured.
func checkWritable(file string) error {
	if file == "" {
		return nil
	}
	f, err := os.Create(file)
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		return usageError("--cpu-profile: %w", err)
	}
	return nil
}

func benchFlags(command *cobra.Command, c *bench.Config) {
	flags := command.Flags()
	flags.IntVar(&c.Commands, "commands", 100, "how many requests are measured")
	flags.Float64Var(&c.Rate, "rate", 2, "requests a second; 0 for as fast as they are answered")
	flags.IntVar(&c.AtOnce, "at-once", 32, "with --rate 0: people who each send the next request when theirs is answered")
	flags.DurationVar(&c.RTT, "rtt", 0, "round trip of the network, on every call of the bot")
	flags.IntVar(&c.People, "people", 5, "people in each request")
	flags.IntVar(&c.Groups, "groups", 1, "groups in each request")
	flags.IntVar(&c.Chatter, "chatter", 0, "messages a second that are not for the bot")
	flags.IntVar(&c.Flood, "flood", 0, "requests of somebody else, sent at once before each second request")
	flags.DurationVar(&c.Idle, "idle", 0, "measure the bot at rest for so long, in place of requests")
	flags.IntVar(&c.Workers, "workers", 0, "jobs executed at once (default: the bot's own)")
	flags.TextVar(&c.Store, "store", engine.Address{}, "address of the bot's database (default: a file)")
	flags.IntVar(&c.Stored, "stored", 0, "finished requests in the store before anything is measured")
	flags.IntVar(&c.Crowd, "crowd", bench.LeastCrowd, "people on the pod; above this they have groups and rooms in proportion")
	flags.StringVar(&c.Against, "against", "", "path of another build of this program, to be compared with in the same run")
	flags.StringVar(&c.CPUProfile, "cpu-profile", "", "file for a CPU profile of this program's bot, for go tool pprof")
	flags.BoolVar(&c.AgainstSmall, "against-small", false, "compare with an empty store and a small pod in the same run")
}
