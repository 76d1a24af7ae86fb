package bot

import (
	"context"
	"fmt"
	"slices"

	"roombot/bot/config/schema"
	"roombot/bot/policy"
	"roombot/commands"
	"roombot/commands/syntax"
	"roombot/symphony"
)

// PolicyGroups is what is wrong with the groups that a policy names.
type PolicyGroups struct {
	Problems schema.Problems // names that no group has, or several have
	Hidden   []string        // names of groups of which Symphony does not say who is in them
	Renamed  []string        // what groups are called now that were found by another name, in words
}

// ReadPolicyGroups reads the groups that a policy names and who is in them, as the bot does when
// the policy is loaded. The error is of the list of groups, or of a group that cannot be read now.
func ReadPolicyGroups(ctx context.Context, client *symphony.Client, rules *policy.Policy, known KnownNames) (PolicyGroups, error) {
	list, err := commands.ReadGroups(ctx, client)
	if err != nil {
		return PolicyGroups{}, fmt.Errorf("read the groups: %w", err)
	}
	members := newGroupMembers(client)
	directory := policy.Directory{Groups: members.note(list, rules.Names().Groups)}
	var found PolicyGroups
	_, found.Problems = rules.Resolve(directory)
	for _, g := range list.Groups {
		for name, key := range known.Groups {
			if key == groupKey(list.Source, g) && syntax.FoldGroupName(g.Name) != name && slices.Contains(rules.Names().Groups, name) {
				found.Renamed = append(found.Renamed, fmt.Sprintf("group:%s is called %q now", name, g.Name))
			}
		}
	}
	for _, key := range members.keys() {
		group, err := members.get(ctx, key)
		if err != nil {
			return PolicyGroups{}, err
		}
		if group.members == nil {
			found.Hidden = append(found.Hidden, group.group.Name)
		}
	}
	slices.Sort(found.Hidden)
	slices.Sort(found.Renamed)
	return found, nil
}
