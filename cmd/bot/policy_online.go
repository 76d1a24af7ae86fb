package main

import (
	"context"
	"errors"
	"fmt"
	stdio "io"
	"time"

	"github.com/rs/zerolog"

	"roombot/bot"
	"roombot/bot/config"
	"roombot/bot/engine"
	"roombot/bot/policy"
	"roombot/commands"
	"roombot/symphony"
)

// policyLookupTimeout bounds asking Symphony what a policy needs to know.
const policyLookupTimeout = 2 * time.Minute

// withSymphony calls do with the bot's own settings and a client that is signed in at its first
// call.
func withSymphony(ctx context.Context, path string, do func(context.Context, bot.Config) error) error {
	c, err := loadConfig(path)
	if err != nil {
		return err
	}
	return signedIn(ctx, c, do)
}

// signedIn is withSymphony for a configuration that is read already.
func signedIn(ctx context.Context, c *config.Config, do func(context.Context, bot.Config) error) error {
	if err := refusePlainHTTP(c); err != nil {
		return err
	}
	wired, err := botConfig(c, zerolog.Nop())
	if err != nil {
		return err
	}
	defer wired.Client.Close()
	defer logOut(ctx, wired.Client)
	ctx, cancel := context.WithTimeout(ctx, policyLookupTimeout)
	defer cancel()
	return do(ctx, wired)
}

// decideOnline asks the policy as the bot would.
func (q question) decideOnline(ctx context.Context, warnings stdio.Writer, line string) (p *policy.Policy, d policy.Decision, err error) {
	where, wrong := policy.ParsePlace(q.in)
	switch {
	case wrong != nil:
		return nil, d, usageError("--in %q %s: %s", q.in, wrong.What, wrong.Fix)
	case len(q.groups) > 0 || q.external || q.people > 0:
		return nil, d, usageError("--group, --people and --external are for --policy alone: with --config Symphony is asked")
	case (q.user == "") == (q.email == ""):
		return nil, d, usageError("--config: name who asks with --user or --email")
	}
	err = withSymphony(ctx, q.config, func(ctx context.Context, wired bot.Config) error {
		if q.file != "" {
			if wired.Policy, err = readPolicy(q.file); err != nil {
				return err
			}
		}
		p = wired.Policy
		who, err := findOnePerson(ctx, wired.Client, q.user+q.email)
		if err != nil {
			return err
		}
		used, err := q.countRooms(ctx, who.ID)
		if err != nil {
			return err
		}
		asked := bot.Question{From: who, Where: where, Command: line, Used: used}
		answer, err := bot.AskPolicy(ctx, wired, asked)
		if refusal, ok := errors.AsType[*commands.Refusal](err); ok {
			answer.Decision, err = policy.Decision{Denial: policy.ByDefault, Reason: "The bot refuses this before any rule: " + refusal.Text()}, nil
		}
		if errors.Is(err, bot.ErrNoCommand) {
			return usageError("%q: %v", line, err)
		}
		for _, name := range answer.Names {
			fmt.Fprintln(warnings, "!", name.Error())
		}
		d = answer.Decision
		return err
	})
	return p, d, err
}

// countRooms is how many rooms somebody has made: as the flags say, or else as the store of the bot
// has it.
func (q question) countRooms(ctx context.Context, who symphony.UserID) (*policy.Used, error) {
	used := policy.Used{Hour: q.usedHour, Day: max(q.usedDay, q.usedHour)}
	if used != (policy.Used{}) {
		return &used, nil
	}
	err := inspect(ctx, q.config, func(ctx context.Context, store *engine.Inspector) (err error) {
		used, err = bot.CountRooms(ctx, store, who)
		return err
	})
	if missing, ok := errors.AsType[exitError](err); ok && missing.code == exitNotFound {
		err = nil // a bot that has not run yet has made no rooms
	}
	return &used, err
}

// findOnePerson looks up who somebody is.
func findOnePerson(ctx context.Context, client *symphony.Client, person string) (symphony.User, error) {
	found, err := lookUpPerson(ctx, client, person)
	switch {
	case err != nil:
		return symphony.User{}, err
	case len(found) != 1:
		return symphony.User{}, exitError{exitNotFound, fmt.Errorf("Symphony knows %d people by the name %q", len(found), person)}
	}
	return found[0], nil
}
