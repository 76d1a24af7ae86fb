package bot

import (
	"context"
	"fmt"
	"slices"

	"roombot/bot/policy"
	"roombot/symphony"
)

// pastLookup adds to past requests what the record does not have of people and groups, as it is
// now: what no rule asked about at that time.
type pastLookup struct {
	client *symphony.Client
	groups *groupMembers
	names  []string // of the groups that the policies name
	asks   func(command string) bool
}

// lookedUpMost is how many accounts are looked up, of the newest requests.
const lookedUpMost = 2000

// newPastLookup is for the decisions of policies whose names are not resolved.
func newPastLookup(client *symphony.Client, groups *groupMembers, policies ...*policy.Policy) *pastLookup {
	l := &pastLookup{client: client, groups: groups}
	for _, p := range policies {
		for _, name := range p.Names().Groups {
			if !slices.Contains(l.names, name) {
				l.names = append(l.names, name)
			}
		}
	}
	l.asks = func(command string) bool {
		return slices.ContainsFunc(policies, func(p *policy.Policy) bool { return p.AsksMembers(command) })
	}
	return l
}

// fill adds what is missing. What Symphony refuses to tell stays unknown; an error says that it
// does not answer now.
func (l *pastLookup) fill(ctx context.Context, past []PastDecision) error {
	var all []*policy.Subject
	for i := range past {
		p := &past[i]
		if !p.IsWhole {
			continue
		}
		all = append(all, &p.Query.User)
		if p.Query.Plan == nil || !l.asks(p.Command) {
			continue
		}
		for j := range p.Query.Plan.Members {
			all = append(all, &p.Query.Plan.Members[j])
		}
	}
	if err := l.fillAccounts(ctx, all); err != nil {
		return err
	}
	return l.fillGroups(ctx, all)
}

func (l *pastLookup) fillAccounts(ctx context.Context, all []*policy.Subject) error {
	missing := map[symphony.UserID][]*policy.Subject{}
	var ids []symphony.UserID
	for _, who := range all {
		id := symphony.UserID(who.ID)
		if who.ID == 0 || who.External || who.Kind != "" {
			continue
		}
		if missing[id] == nil {
			ids = append(ids, id)
		}
		missing[id] = append(missing[id], who)
	}
	for part := range slices.Chunk(ids[:min(len(ids), lookedUpMost)], namesAtOnce) {
		found, err := l.client.LookupUsers(ctx, symphony.UserLookup{IDs: part, Local: true, OnlyActive: true})
		if symphony.VerdictOf(err) == symphony.Refused {
			return nil
		}
		if err != nil {
			return fmt.Errorf("look up who has asked: %w", err)
		}
		for _, user := range found {
			for _, who := range missing[user.ID] {
				who.Username, who.Email, who.Kind = user.Username, user.Email, accountKind(user)
			}
		}
	}
	return nil
}

// fillGroups adds who is in the groups. One whose name several groups have is not known.
func (l *pastLookup) fillGroups(ctx context.Context, all []*policy.Subject) error {
	for _, name := range l.names {
		keys := l.groups.keysOf(name)
		if len(keys) != 1 {
			continue
		}
		list, err := l.groups.get(ctx, keys[0])
		if err != nil {
			return err
		}
		for _, who := range all {
			if _, known := who.Groups[name]; !known && list.members != nil && who.ID != 0 {
				if who.Groups == nil {
					who.Groups = map[string]bool{}
				}
				who.Groups[name] = list.members[symphony.UserID(who.ID)]
			}
		}
	}
	return nil
}
