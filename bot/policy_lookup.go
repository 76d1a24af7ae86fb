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

// findNamed looks up whom the policies name by username or address, as they are now.
func (l *pastLookup) findNamed(ctx context.Context, policies ...*policy.Policy) (named []policy.Known, err error) {
	entries := map[string]bool{}
	var usernames, addresses []string
	for _, p := range policies {
		for _, a := range p.NamedAccounts() {
			switch {
			case entries[a.String()]:
			case a.Username != "":
				usernames = append(usernames, a.Username)
			default:
				addresses = append(addresses, a.Email)
			}
			entries[a.String()] = true
		}
	}
	byName, err := l.lookUpNamed(ctx, usernames, func(part []string) symphony.UserLookup { return symphony.UserLookup{Usernames: part, Local: true} })
	if err != nil {
		return nil, err
	}
	byAddress, err := l.lookUpNamed(ctx, addresses, func(part []string) symphony.UserLookup { return symphony.UserLookup{Emails: part, Local: true} })
	if err != nil {
		return nil, err
	}
	for _, user := range slices.Concat(byName, byAddress) {
		who := policy.Subject{ID: int64(user.ID), Company: user.ID.Tenant(), Username: user.Username, Email: user.Email, Kind: accountKind(user)}
		for _, entry := range []string{"user:" + policy.FoldName(user.Username), "email:" + policy.FoldName(user.Email)} {
			if entries[entry] {
				named = append(named, policy.Known{Name: user.DisplayName, Who: who, Entry: entry})
				entries[entry] = false
			}
		}
	}
	all := make([]*policy.Subject, len(named))
	for i := range named {
		all[i] = &named[i].Who
	}
	return named, l.fillGroups(ctx, all)
}

// lookUpNamed looks up accounts; none where Symphony refuses that.
func (l *pastLookup) lookUpNamed(ctx context.Context, names []string, lookup func(part []string) symphony.UserLookup) (all []symphony.User, err error) {
	for part := range slices.Chunk(names[:min(len(names), lookedUpMost)], namesAtOnce) {
		found, err := l.client.LookupUsers(ctx, lookup(part))
		if symphony.VerdictOf(err) == symphony.Refused {
			return nil, nil
		}
		if err != nil {
			return nil, fmt.Errorf("look up whom the policy names: %w", err)
		}
		all = append(all, found...)
	}
	return all, nil
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
