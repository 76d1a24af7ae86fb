package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"roombot/bot/approval"
	"roombot/bot/policy"
	"roombot/symphony"
)

// foundApprovers are those who may approve the requests of a rule, as the policy and the directory
// have them now: active accounts of people of the own company.
type foundApprovers struct {
	policy.Approvers
	version string // of the policy
	people  []symphony.UserID
	gone    []symphony.UserID // whom the rule names one by one, and who may approve nothing
}

// look is who may decide about a request: never who has asked for it.
func (f foundApprovers) look(requester symphony.UserID) approval.Look {
	look := approval.Look{Version: f.version, Approvers: f.mayDecide(requester)}
	look.Nobody = len(look.Approvers) == 0 && (f.Room == "" || !f.HasOthers)
	if f.Room != "" {
		look.Approvers = nil
	}
	return look
}

// mayDecide are those who may decide about a request of somebody, as many as are asked.
func (f foundApprovers) mayDecide(requester symphony.UserID) (all []int64) {
	for _, id := range f.people {
		if id != requester && len(all) < policy.MaxApprovers {
			all = append(all, int64(id))
		}
	}
	return all
}

// maxApproversRead is how many people of a rule are looked up: a room may have a rule with more.
const maxApproversRead = 100

// findApprovers finds the approvers of a rule. Who is in groups is read anew where isFresh, and is
// a minute old at most otherwise.
func (b *Bot) findApprovers(ctx context.Context, rules *policy.Policy, rule string, isFresh bool) (f foundApprovers, err error) {
	f.version = rules.Version()
	f.Approvers, _ = rules.ApproversOf(rule)
	read := b.rules.groups.get
	if isFresh {
		read = b.rules.groups.readAgain
	}
	var ids []symphony.UserID
	groups := map[string]policyGroup{}
	for _, id := range f.Users {
		ids = append(ids, symphony.UserID(id))
	}
	for _, key := range f.Groups {
		g, err := read(ctx, key)
		if err != nil {
			return foundApprovers{}, err
		}
		groups[key] = g
		for id, isActive := range g.members {
			if isActive {
				ids = append(ids, id)
			}
		}
	}
	ids = slices.DeleteFunc(ids, func(id symphony.UserID) bool { return id == b.self.ID || b.env.IsExternal(id) })
	slices.Sort(ids)
	ids = slices.Compact(ids)
	found, err := b.lookUpActive(ctx, ids[:min(len(ids), maxApproversRead)])
	if err != nil {
		return foundApprovers{}, err
	}
	for _, u := range found {
		if rules.IsApprover(rule, subjectIn(u, groups)) {
			f.people = append(f.people, u.ID)
		}
	}
	slices.Sort(f.people)
	for _, id := range f.Users {
		if id := symphony.UserID(id); !slices.Contains(f.people, id) {
			f.gone = append(f.gone, id)
		}
	}
	return f, nil
}

// lookUpActive are the active people among these accounts; none where Symphony refuses to tell.
func (b *Bot) lookUpActive(ctx context.Context, ids []symphony.UserID) ([]symphony.User, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	found, err := b.client.LookupUsers(ctx, symphony.UserLookup{IDs: ids, Local: true, OnlyActive: true})
	if err != nil && symphony.VerdictOf(err) != symphony.Refused {
		return nil, fmt.Errorf("look up the approvers: %w", err)
	}
	return slices.DeleteFunc(found, func(u symphony.User) bool {
		return u.AccountType != symphony.PersonAccount || !slices.Contains(ids, u.ID)
	}), nil
}

// subjectIn is somebody of the own company whose entry in the directory, and groups, were read.
func subjectIn(u symphony.User, groups map[string]policyGroup) policy.Subject {
	who := policy.Subject{
		ID: int64(u.ID), Company: u.ID.Tenant(), Username: u.Username, Email: u.Email, Kind: accountKind(u), Groups: map[string]bool{},
	}
	for key, g := range groups {
		if g.members != nil {
			who.Groups[key] = g.members[u.ID]
		}
	}
	return who
}

// tellTooMany tells the administrators of a rule that has got more approvers than are asked.
func (b *Bot) tellTooMany(ctx context.Context, rule string, f foundApprovers) {
	if f.Room != "" || len(f.people) <= policy.MaxApprovers+1 { // one may be who asks
		return
	}
	b.tellAdmins(ctx, fmt.Sprintf("Rule %q has more than %d approvers, and only %d of them are asked: give it a \"room\" that gets the card.",
		rule, policy.MaxApprovers, policy.MaxApprovers))
}

// tellUnreached tells the administrators of approvers of a rule who cannot be asked, once an hour
// at most. whyNobody says why nobody can be asked, empty where somebody can.
func (b *Bot) tellUnreached(ctx context.Context, rule string, unreached []string, whyNobody string) {
	var parts []string
	if len(unreached) > 0 {
		parts = append(parts, "these cannot be asked for an approval: "+strings.Join(unreached, ", "))
	}
	if whyNobody != "" {
		parts = append(parts, whyNobody)
	}
	if len(parts) == 0 {
		return
	}
	text := fmt.Sprintf("Rule %q: %s.", rule, strings.Join(parts, "; "))
	hour := time.Now().UTC().Format("2006-01-02T15")
	if b.isFirstToTell(ctx, noteUnreachedTold(rule), hour+" "+text) {
		b.sendToAdmins(ctx, text)
	}
}

// noteUnreachedTold is the note of what administrators were told last of the approvers of a rule.
func noteUnreachedTold(rule string) string { return "approvers-told/" + rule }
