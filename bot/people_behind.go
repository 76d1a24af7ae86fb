package bot

import (
	"context"
	"fmt"
	"slices"

	"roombot/bot/policy"
	"roombot/commands"
	"roombot/symphony"
)

// addPeopleBehind adds to a plan who is behind its groups, where a deny rule turns on that: whom
// one may not bring in by name comes in by no group either.
func (b *Bot) addPeopleBehind(ctx context.Context, rules *policy.Policy, command string, f *commands.Facts, p *policy.Plan) error {
	p.BehindUnknown = false
	if !rules.AsksBehind(command) {
		return nil
	}
	var behind []symphony.UserID
	for _, account := range f.GroupAccounts {
		members, known, err := b.env.Groups.MembersOf(ctx, account, membersAge)
		if err != nil {
			return fmt.Errorf("read who is in a group of the request: %w", err)
		}
		p.BehindUnknown = p.BehindUnknown || !known
		behind = append(behind, members...)
	}
	slices.Sort(behind)
	behind = slices.Compact(behind)
	shown, err := b.lookUpColleagues(ctx, behind)
	if err != nil || !shown {
		p.BehindUnknown = true
		return err
	}
	for _, id := range behind {
		who, err := b.policySubject(ctx, id, rules.GroupsAsked(command), true)
		if err != nil {
			return err
		}
		p.Behind = append(p.Behind, who)
	}
	return nil
}

// lookUpColleagues looks up together those accounts of the own company that are not known yet. It
// is false where Symphony refuses to show them.
func (b *Bot) lookUpColleagues(ctx context.Context, ids []symphony.UserID) (shown bool, err error) {
	unknown := slices.DeleteFunc(slices.Clone(ids), func(id symphony.UserID) bool {
		_, known := b.users.find(id)
		return known || b.env.IsExternal(id)
	})
	for part := range slices.Chunk(unknown, namesAtOnce) {
		found, err := b.client.LookupUsers(ctx, symphony.UserLookup{IDs: part, Local: true, OnlyActive: true})
		if symphony.VerdictOf(err) == symphony.Refused {
			return false, nil
		}
		if err != nil {
			return false, fmt.Errorf("look up who is behind groups: %w", err)
		}
		for _, user := range found {
			b.users.add(user.ID, user)
		}
	}
	return true, nil
}
