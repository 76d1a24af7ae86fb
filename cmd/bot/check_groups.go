package main

import (
	"context"
	"fmt"

	"roombot/bot"
	"roombot/bot/policy"
	"roombot/symphony"
)

// checkNamedGroups reads the groups that the policy names, as the bot does. A rule about one that
// cannot be read does not do what it says.
func checkNamedGroups(ctx context.Context, client *symphony.Client, rules *policy.Policy, known bot.KnownNames) checkResult {
	detail := fmt.Sprintf("the policy names %d", len(rules.Names().Groups))
	groups, err := bot.ReadPolicyGroups(ctx, client, rules, known)
	if err != nil {
		return failedCheck("policy groups", detail, err, "The policy needs the role Group Manager (Distribution List); your Symphony administrators can give it.")
	}
	var warnings []string
	for _, problem := range groups.Problems {
		warnings = append(warnings, problem.Error())
	}
	warnings = append(warnings, groups.Renamed...)
	for _, name := range groups.Hidden {
		warnings = append(warnings, fmt.Sprintf("Symphony does not say who is in %q: rules that allow admit nobody by it, and rules that deny refuse everybody", name))
	}
	return passedCheck("policy groups", detail, warnings...)
}
