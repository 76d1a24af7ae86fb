package main

import (
	"github.com/spf13/cobra"

	"roombot/cmd/bot/bench"
)

func benchCommand(io streams) *cobra.Command {
	var c bench.Config
	var asJSON bool
	command := &cobra.Command{
		Use:   "bench",
		Short: "Measure latency and throughput",
		Long: `Starts a sandbox and the bot, each a process of its own, sends /newroom requests
and measures how long their senders wait, by the pod's clock: from the moment
the pod has the message to the moment it has the answer. Processor time and
memory are the bot's process alone.

--rtt is the round trip of the network between bot and pod: half of it passes
before the pod does a call's work, half after it. The critical path of a link is
four round trips: half a one until the waiting read has delivered the event,
one to create the room, one to add the requester, one to add the others, half a
one until the pod has the answer. The ratio is the median of message-to-link divided by that.

With --rate the requests come at that pace, answered or not. With --rate 0, 32
people each send the next one as soon as theirs is answered: what is measured
then is throughput, and the latency of a bot that has all it can do.

--chatter adds messages that are not for the bot, in a room that it is in. A
datafeed gives 100 events a read, so with a slow network it cannot carry more
than 100 per round trip; what waits is printed.

--flood sends each request twice: alone, and right after somebody else has sent
so many at once in another chat. What is measured then is how much longer the
second one takes.`,
		Example: `  bot bench --rtt 50ms
  bot bench --commands 1000 --rate 0
  bot bench --chatter 10000
  bot bench --commands 10 --flood 200 --rtt 50ms`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := benchUsage(c); err != nil {
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

func benchUsage(c bench.Config) error {
	switch {
	case c.Commands < 1:
		return usageError("--commands %d: write at least 1", c.Commands)
	case c.Rate < 0 || c.RTT < 0 || c.Chatter < 0 || c.Flood < 0 || c.Workers < 0:
		return usageError("--rate, --rtt, --chatter, --flood and --workers cannot be negative")
	case c.Flood > bench.MostFlood:
		return usageError("--flood %d: write 0 to %d", c.Flood, bench.MostFlood)
	case c.People < 0 || c.People > bench.MostPeople:
		return usageError("--people %d: write 0 to %d", c.People, bench.MostPeople)
	case c.Groups < 0 || c.Groups > bench.MostGroups:
		return usageError("--groups %d: write 0 to %d", c.Groups, bench.MostGroups)
	case c.People+c.Groups == 0:
		return usageError("--people 0 --groups 0: a room is for somebody")
	}
	return nil
}

func benchFlags(command *cobra.Command, c *bench.Config) {
	flags := command.Flags()
	flags.IntVar(&c.Commands, "commands", 100, "how many requests are measured")
	flags.Float64Var(&c.Rate, "rate", 2, "requests a second; 0 for as fast as they are answered")
	flags.DurationVar(&c.RTT, "rtt", 0, "round trip of the network, on every call of the bot")
	flags.IntVar(&c.People, "people", 5, "people in each request")
	flags.IntVar(&c.Groups, "groups", 1, "groups in each request")
	flags.IntVar(&c.Chatter, "chatter", 0, "messages a second that are not for the bot")
	flags.IntVar(&c.Flood, "flood", 0, "requests of somebody else, sent at once before each second request")
	flags.IntVar(&c.Workers, "workers", 0, "jobs executed at once (default: the bot's own)")
}
