package main

import (
	"time"

	"github.com/rs/zerolog"

	"roombot/bot"
	"roombot/bot/config"
	"roombot/bot/engine"
	"roombot/commands"
	"roombot/symphony"
)

// botConfig makes the bot's own configuration of the file's. No other code knows both.
func botConfig(c *config.Config, log zerolog.Logger) (bot.Config, error) {
	numbers := bot.NewMetrics()
	client, err := newClient(c, log, numbers.Observe)
	if err != nil {
		return bot.Config{}, err
	}
	own := c.Roombot
	return bot.Config{
		Client: client,
		Feed:   feedConfig(c),
		Policy: c.Policy,
		Limits: commands.Limits{
			MaxMembers:  own.Limits.MaxMembers,
			MaxPeople:   own.Limits.MaxPeople,
			CallTimeout: own.HTTPTimeout,
			SearchLag:   own.SearchLag,

			RoomsPerHour: own.Limits.RoomsPerHour,
		},
		PrivateAbove: own.Replies.PrivateAbove,
		Store: engine.Config{
			Store:         own.Store.Address,
			Workers:       own.Limits.Workers,
			Replica:       own.Replica,
			TakeoverAfter: own.HTTPTimeout + own.SearchLag,
			Keep:          own.Retention.Commands,
			KeepFacts:     own.Retention.Facts,
			KeepEntries:   own.Retention.Record,
		},
		Bounds:  bot.Bounds{PerPerson: own.Limits.PerPerson, PerConversation: own.Limits.PerConversation, Queue: own.Limits.Queue},
		Health:  string(own.Health.Listen),
		Metrics: numbers,
		Audit: bot.AuditConfig{
			Program: currentBuild().Version, PolicyVersion: c.PolicyVersion(), PolicyDocument: c.PolicyDocument(),
			File: own.Audit.File, Room: symphony.StreamID(own.Audit.Room),
		},
	}, nil
}

func feedConfig(c *config.Config) symphony.FeedConfig {
	r := c.Datafeed.Retry
	return symphony.FeedConfig{
		Tag:         string(c.Datafeed.Tag),
		ReadTimeout: time.Duration(c.Agent.ReadTimeout) * time.Millisecond,
		MinWait:     time.Duration(r.InitialIntervalMillis) * time.Millisecond,
		MaxWait:     time.Duration(r.MaxIntervalMillis) * time.Millisecond,
		Multiplier:  r.Multiplier,
	}
}
