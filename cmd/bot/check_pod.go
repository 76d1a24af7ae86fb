package main

import (
	"context"
	"errors"
	"fmt"

	"roombot/bot/config"
	"roombot/symphony"
)

// checkPod signs in and asks for what the bot needs.
func checkPod(ctx context.Context, c *config.Config, client *symphony.Client) []finding {
	ctx, cancel := context.WithTimeout(ctx, 3*checkTimeout)
	defer cancel()
	me, err := client.Me(ctx)
	if err != nil {
		return []finding{refusedLogin(c.Bot.Username, err)}
	}
	return []finding{
		found("login", fmt.Sprintf("%s (%s, id %d)", me.Username, me.DisplayName, me.ID)),
		checkFeed(ctx, c, client),
		checkGroups(ctx, client),
	}
}

// refusedLogin gives the remedy of the cause that is likely, and no other.
func refusedLogin(username string, err error) finding {
	rejected, ok := errors.AsType[*symphony.LoginError](err)
	if !ok {
		return failed("login", username, err, remedy(err))
	}
	detail := username + ": rejected"
	if rejected.Cause != symphony.Undetermined {
		detail += ", likely " + string(rejected.Cause)
	}
	f := failed("login", detail, rejected.Err, rejected.Remedy())
	f.err = err
	return f
}

func checkFeed(ctx context.Context, c *config.Config, client *symphony.Client) finding {
	feeds, err := client.Datafeeds(ctx, string(c.Datafeed.Tag))
	if err != nil {
		return failed("datafeed", "", err, "Your Symphony administrators can give the account access to the datafeed.")
	}
	return found("datafeed", fmt.Sprintf("%d of 20 in use", len(feeds)))
}

func checkGroups(ctx context.Context, client *symphony.Client) finding {
	n := 0
	for _, err := range client.Groups(ctx, symphony.DistributionListType) {
		if err != nil {
			f := failed("groups", "", err, "group: needs the role Group Manager (Distribution List); your Symphony administrators can give it. Everything else works without.")
			f.Level = warning
			return f
		}
		n++
	}
	return found("groups", fmt.Sprintf("%d distribution lists", n))
}
