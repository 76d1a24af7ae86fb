package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"roombot/bot"
	"roombot/bot/policy"
	"roombot/symphony"
)

// checkNamedAccounts looks whether there are the accounts that the policy names. A rule about one
// that is not there, such as a misspelt one, is about nobody.
func checkNamedAccounts(ctx context.Context, client *symphony.Client, named []policy.NamedAccount, known bot.KnownNames) checkResult {
	usernames, emails := namesToLookUp(named)
	found, err := lookUpAccounts(ctx, client, usernames, emails)
	var before []symphony.User
	if ids := known.AccountsOf(usernames); err == nil && len(ids) > 0 {
		before, err = client.UsersByID(ctx, ids...)
	}
	if err != nil {
		f := failedCheck("accounts", "", err, "The accounts that the policy names could not be looked up; the bot needs that right for user: and email: as well.")
		f.Level = levelWarning
		return f
	}
	var warnings []string
	for _, account := range named {
		if problem := accountProblem(account, found); problem != "" {
			warnings = append(warnings, fmt.Sprintf("%s %s (rule %q, line %d)", account, problem, account.Rule.Name, account.Rule.Line))
		}
	}
	warnings = append(warnings, renamedAccounts(usernames, known, before)...)
	return passedCheck("accounts", fmt.Sprintf("the policy names %d", len(usernames)+len(emails)), warnings...)
}

// renamedAccounts says of each name that was known for one of the accounts what that is called now.
func renamedAccounts(usernames []string, known bot.KnownNames, accounts []symphony.User) (renamed []string) {
	for _, name := range usernames {
		for _, account := range accounts {
			if known.Users[name] == int64(account.ID) && !strings.EqualFold(name, account.Username) {
				renamed = append(renamed, fmt.Sprintf("user:%s is called %s now", name, account.Username))
			}
		}
	}
	return renamed
}

// namesToLookUp are the names in the accounts, each once.
func namesToLookUp(named []policy.NamedAccount) (usernames, emails []string) {
	for _, account := range named {
		if account.Username != "" && !slices.Contains(usernames, account.Username) {
			usernames = append(usernames, account.Username)
		}
		if account.Email != "" && !slices.Contains(emails, account.Email) {
			emails = append(emails, account.Email)
		}
	}
	return usernames, emails
}

func lookUpAccounts(ctx context.Context, client *symphony.Client, usernames, emails []string) ([]symphony.User, error) {
	byUsername, err := client.LookupUsers(ctx, symphony.UserLookup{Usernames: usernames})
	if err != nil {
		return nil, err
	}
	byEmail, err := client.LookupUsers(ctx, symphony.UserLookup{Emails: emails, Local: true})
	return slices.Concat(byUsername, byEmail), err
}

// accountProblem says why a rule's account is nobody, empty where it is somebody.
func accountProblem(account policy.NamedAccount, found []symphony.User) string {
	i := slices.IndexFunc(found, func(u symphony.User) bool {
		return account.Username != "" && strings.EqualFold(u.Username, account.Username) ||
			account.Email != "" && strings.EqualFold(u.Email, account.Email)
	})
	switch {
	case i < 0:
		return "is nobody in your company's directory (misspelt, renamed or gone): correct or remove it"
	case found[i].AccountType == symphony.ServiceAccount && !account.Deny:
		return "is a service account, which rules that allow name by bot or userid: only"
	}
	return ""
}
