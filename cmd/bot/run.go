package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/rs/zerolog"
	"github.com/spf13/cobra"

	"roombot/bot"
	"roombot/bot/config"
	"roombot/bot/engine"
)

func runCommand(io streams) *cobra.Command {
	var path string
	c := &cobra.Command{
		Use:   "run",
		Short: "Work: read the feed, open rooms, answer",
		Long: `Signs in with the configured service account, reads its datafeed and carries
out what users ask for, until it is told to stop (SIGINT or SIGTERM): then it
stops reading, finishes the commands under way and ends.

Commands are kept in a file (roombot.store); what was accepted and not finished
goes on at the next start.`,
		Example: "  bot run --config /etc/roombot/config.json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := loadConfig(path)
			if err != nil {
				return err
			}
			return runBot(cmd.Context(), c, newLogger(c.Roombot.Log, io.err), func(*bot.Bot) {})
		},
	}
	configFlag(c, &path)
	return c
}

// runBot works until ctx ends. live is called each time the bot has a feed:
// it hears what is written to it from then on.
func runBot(ctx context.Context, c *config.Config, log zerolog.Logger, live func(*bot.Bot)) error {
	ctx = log.WithContext(ctx)
	for _, key := range c.Ignored() {
		log.Warn().Str("key", key).Msg("configuration key has no effect")
	}
	wired, err := botConfig(c, log)
	if err != nil {
		return err
	}
	var b *bot.Bot
	wired.Live = func() { live(b) } // while it runs, so there is one
	b, err = bot.New(ctx, wired)
	_, unopened := errors.AsType[*engine.OpenError](err)
	switch {
	case err != nil && ctx.Err() != nil:
		log.Info().Msg("bot stopped before it had begun")
		return nil // it was told to
	case unopened:
		return fmt.Errorf("%w. %s", err, storeRemedy(c.Roombot.Store, err))
	case err != nil:
		return err
	}
	err = b.Run(ctx)
	return errors.Join(err, b.Close())
}
