package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"runtime/pprof"
	"time"

	"github.com/rs/zerolog"
	"github.com/spf13/cobra"

	"roombot/bot"
	"roombot/bot/config"
	"roombot/bot/engine"
	"roombot/symphony"
)

func runCommand(io streams) *cobra.Command {
	var path, cpuProfile string
	var extras botExtras
	c := &cobra.Command{
		Use:   "run",
		Short: "Run the bot: read the datafeed, open rooms, answer",
		Long: `Signs in with the configured service account, reads its datafeed and carries
out what users ask for, until SIGINT or SIGTERM. Then it stops reading, finishes
the jobs that are running, and ends. SIGHUP is logged and ignored. An error that ends it is logged where
roombot.log.format is json, and else printed.

Jobs are kept in a file or a database (roombot.store). Unfinished ones go on at
the next start.`,
		Example: "  bot run --config /etc/roombot/config.json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := loadConfig(path)
			if err != nil {
				return err
			}
			log := newLogger(c.Roombot.Log, io.err)
			defer ignoreHangups(log)()
			useMoreHeap()
			if err = refusePlainHTTP(c); err == nil {
				err = profile(cpuProfile, func() error { return runBot(cmd.Context(), c, log, extras) })
			}
			if err == nil || c.Roombot.Log.Format != "json" {
				return err
			}
			log.Error().Err(err).Msg("bot ended")
			return exitError{exitCode(err), errReported}
		},
	}
	configFlag(c, &path)
	c.Flags().DurationVar(&extras.grantDay, "grant-day", 0, "how long a grant for a day is good, in trials; 0 for 24 hours")
	c.Flags().StringVar(&cpuProfile, "cpu-profile", "", "file for a CPU profile, in bot bench")
	for _, forTrials := range []string{"grant-day", "cpu-profile"} {
		_ = c.Flags().MarkHidden(forTrials) // the flag is there
	}
	return c
}

// useMoreHeap has garbage collected when the heap is three times of what is in use, not twice,
// unless GOGC in the environment says otherwise. Only some 5 MiB are in use, and the collector
// would take a tenth of the bot's processor time.
func useMoreHeap() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(200)
	}
}

// profile writes a CPU profile of the work to a file, in the format of pprof; without a file it
// only does the work.
func profile(file string, work func() error) error {
	if file == "" {
		return work()
	}
	f, err := os.Create(file)
	if err != nil {
		return fmt.Errorf("CPU profile: %w", err)
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return errors.Join(fmt.Errorf("CPU profile: %w", err), f.Close())
	}
	err = work()
	pprof.StopCPUProfile()
	return errors.Join(err, f.Close())
}

// botExtras are for a bot of this process, beside its configuration. The functions must not block;
// nil ones are not called.
type botExtras struct {
	live     func(*bot.Bot) // the bot has a datafeed: it receives all messages from then on
	grown    func()         // its audit record has more entries
	grantDay time.Duration  // bot.Config.GrantDay
}

// runBot runs the bot until ctx ends.
func runBot(ctx context.Context, c *config.Config, log zerolog.Logger, extras botExtras) error {
	ctx = log.WithContext(ctx)
	for _, key := range c.IgnoredKeys() {
		log.Warn().Str("key", key).Msg("configuration key has no effect")
	}
	wired, err := botConfig(c, log)
	if err != nil {
		return err
	}
	var b *bot.Bot
	wired.GrantDay, wired.Audit.ReportGrowth = extras.grantDay, extras.grown
	if extras.live != nil {
		wired.Live = func() { extras.live(b) } // called by Run, when b is set
	}
	b, err = bot.New(ctx, wired)
	_, unopened := errors.AsType[*engine.OpenError](err)
	switch {
	case err != nil && ctx.Err() != nil:
		log.Info().Msg("bot stopped before it started")
		logOut(ctx, wired.Client)
		return nil // stopping was asked for
	case unopened:
		return fmt.Errorf("%w. %s", err, storeRemedy(c.Roombot.Store.Address, err))
	case err != nil:
		return err
	}
	err = errors.Join(b.Run(ctx), b.Close())
	if err == nil {
		logOut(ctx, wired.Client)
	}
	return err
}

// logOutTimeout bounds the last calls of a bot that is asked to stop.
const logOutTimeout = 5 * time.Second

// logOut ends the session with Symphony where that can be done. A session that is left ends by
// itself, so a failure is no reason to fail.
func logOut(ctx context.Context, client *symphony.Client) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), logOutTimeout)
	defer cancel()
	if err := client.Logout(ctx); err != nil {
		zerolog.Ctx(ctx).Warn().Err(err).Msg("session could not be ended")
	}
}
