package main

import (
	"context"
	"errors"
	"fmt"

	"roombot/bot"
	"roombot/bot/config"
	"roombot/bot/engine"
	"roombot/commands"
	"roombot/symphony"
)

// checkPod signs in and tests the datafeed and the groups.
func checkPod(ctx context.Context, c *config.Config, client *symphony.Client) []checkResult {
	ctx, cancel := context.WithTimeout(ctx, 3*checkTimeout)
	defer cancel()
	me, err := client.Me(ctx)
	if err != nil {
		return []checkResult{loginFailure(c.Bot.Username, err)}
	}
	results := []checkResult{
		passedCheck("login", fmt.Sprintf("%s (%s, id %d)", me.Username, me.DisplayName, me.ID)),
		checkDatafeed(ctx, c, client),
		checkGroups(ctx, client),
	}
	known := readKnownNames(ctx, c)
	if named := c.Policy.NamedAccounts(); len(named) > 0 {
		results = append(results, checkNamedAccounts(ctx, client, named, known))
	}
	if named := c.Policy.Names().Groups; len(named) > 0 {
		results = append(results, checkNamedGroups(ctx, client, c.Policy, known))
	}
	return results
}

// readKnownNames reads whom the names of the policy stood for before, none where there is no store
// that can be read: checkStore tells why.
func readKnownNames(ctx context.Context, c *config.Config) bot.KnownNames {
	if !c.Roombot.Store.IsPostgres() && isMissing(c.Roombot.Store.File()) {
		return bot.KnownNames{}
	}
	store, err := engine.Inspect(ctx, c.Roombot.Store.Address)
	if err != nil {
		return bot.KnownNames{}
	}
	known, err := bot.ReadKnownNames(ctx, store)
	if errors.Join(err, store.Close()) != nil {
		return bot.KnownNames{}
	}
	return known
}

// loginFailure is the result of a failed login. It has the remedy of the likely cause only.
func loginFailure(username string, err error) checkResult {
	rejected, ok := errors.AsType[*symphony.LoginError](err)
	if !ok {
		return failedCheck("login", username, err, networkRemedy(err))
	}
	detail := username + ": rejected"
	if rejected.Cause != symphony.Undetermined {
		detail += ", likely " + string(rejected.Cause)
	}
	f := failedCheck("login", detail, rejected.Err, rejected.Remedy())
	f.err = err
	return f
}

func checkDatafeed(ctx context.Context, c *config.Config, client *symphony.Client) checkResult {
	feeds, err := client.Datafeeds(ctx, string(c.Datafeed.Tag))
	if err != nil {
		return failedCheck("datafeed", "", err, "Your Symphony administrators can give the account access to the datafeed.")
	}
	return passedCheck("datafeed", fmt.Sprintf("%d of 20 in use", len(feeds)))
}

func checkGroups(ctx context.Context, client *symphony.Client) checkResult {
	list, err := commands.ReadGroups(ctx, client)
	if err != nil {
		f := failedCheck("groups", "", err, "group: needs the role Group Manager (Distribution List); your Symphony administrators can give it. Everything else works without.")
		f.Level = levelWarning
		return f
	}
	return groupsResult(list)
}

// groupsResult says how many groups there are, and what is not known of them.
func groupsResult(list commands.GroupList) checkResult {
	detail := fmt.Sprintf("%d distribution lists, from the %s", len(list.Groups), list.Source)
	if list.Source == commands.ProfileManager {
		return passedCheck("groups", detail)
	}
	hidden := 0
	for _, g := range list.Groups {
		if len(g.RestrictedTenants) > 0 {
			hidden++
		}
	}
	if hidden > 0 {
		detail += fmt.Sprintf(", %d restricted to companies and shown to nobody", hidden)
	}
	return passedCheck("groups", detail, "the users API does not say which users a group is restricted to, so that everybody sees such a group; "+
		"the profile manager does, with the role Group Manager (Distribution List)")
}
