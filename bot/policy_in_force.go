package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"roombot/bot/config/schema"
	"roombot/bot/policy"
	"roombot/commands"
	"roombot/symphony"
)

// policyInForce is the policy that decides now. A reload replaces it as a whole, so that each
// decision is made by one version.
type policyInForce struct {
	client  *symphony.Client
	read    func() (*policy.Policy, error) // see Config.ReadPolicy
	next    *policy.Policy                 // read, but the directory did not answer; nil for none
	groups  *groupMembers
	current atomic.Pointer[policyState]
}

// policyState is a policy, since when it is in force, and what is wrong with the text that should
// have replaced it.
type policyState struct {
	policy *policy.Policy
	read   *policy.Policy // the same, by names
	since  time.Time
	before string // the version before it; empty for the first of this process
	fault  error
}

// policyNews is what administrators are told of the policy's text.
type policyNews struct {
	text          string         // empty for nothing
	before, after *policy.Policy // by names, where another one is in force now
	// replaced is before by ids: its administrators are told as well.
	replaced *policy.Policy
}

// policyLook is how often the text of the policy is compared. A new text is adopted at the second
// look, so within two seconds.
const policyLook = 950 * time.Millisecond

// newPolicyInForce looks up the names of the first policy. A directory that does not answer is
// waited for until ctx ends.
func newPolicyInForce(ctx context.Context, c Config) (*policyInForce, error) {
	p := &policyInForce{client: c.Client, read: c.ReadPolicy, groups: newGroupMembers(c.Client)}
	for {
		resolved, problems, err := p.resolve(ctx, c.Policy)
		if err == nil {
			for _, problem := range problems {
				zerolog.Ctx(ctx).Warn().Err(problem).Msg("a name in the policy matches nobody")
			}
			for _, problem := range resolved.RulesWithoutEffect() {
				zerolog.Ctx(ctx).Warn().Err(problem).Msg("a rule of the policy has no effect")
			}
			p.current.Store(&policyState{policy: resolved, read: c.Policy, since: time.Now()})
			return p, nil
		}
		zerolog.Ctx(ctx).Warn().Err(err).Dur("after", signInPause).Msg("names in the policy could not be looked up, will retry")
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(signInPause):
		}
	}
}

func (p *policyInForce) now() *policy.Policy { return p.current.Load().policy }

// watch replaces the policy whenever its text changes, until ctx ends. record is called with a
// policy before it decides anything, and tell with what administrators are to be told.
func (p *policyInForce) watch(ctx context.Context, record recordPolicy, tell func(ctx context.Context, news policyNews)) {
	if p.read == nil {
		return
	}
	look := time.NewTicker(policyLook)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-look.C:
		}
		if news := p.reload(ctx, record); news.text != "" {
			tell(ctx, news)
		}
	}
}

// recordPolicy adds a policy to the audit record.
type recordPolicy func(context.Context, *policy.Policy) error

// reload adopts a new policy, unless anything is wrong with it. It returns what administrators are
// told.
func (p *policyInForce) reload(ctx context.Context, record recordPolicy) policyNews {
	before := p.current.Load()
	read, err := p.readText(ctx)
	if ctx.Err() != nil {
		return policyNews{}
	}
	if err == nil && read == nil {
		read = p.next
	}
	if p.next = nil; err == nil && read == nil {
		return policyNews{}
	}
	var resolved *policy.Policy
	if err == nil {
		var problems schema.Problems
		var unknown error
		if resolved, problems, unknown = p.resolve(ctx, read); unknown != nil {
			zerolog.Ctx(ctx).Warn().Err(unknown).Msg("names in a new text of the policy could not be looked up, will retry")
			p.next = read
			return policyNews{}
		}
		err = problems.Err()
	}
	if err != nil {
		zerolog.Ctx(ctx).Error().Err(err).Str("policy", before.policy.Version()).Msg("policy was not changed, the new text is faulty")
		p.current.Store(&policyState{policy: before.policy, read: before.read, since: before.since, before: before.before, fault: err})
		return policyNews{text: "✗ The new text of the policy is faulty, so version " + before.policy.Version() + " stays in force.\n" + err.Error()}
	}
	isSame := resolved.Hash() == before.policy.Hash()
	if !isSame {
		if err := record(ctx, resolved); err != nil {
			zerolog.Ctx(ctx).Warn().Err(err).Msg("new policy could not be added to the audit record, will retry")
			p.next = read
			return policyNews{}
		}
	}
	state := &policyState{policy: resolved, read: read, since: time.Now(), before: before.policy.Version()}
	if isSame {
		state.since, state.before = before.since, before.before
	}
	p.current.Store(state)
	if isSame && before.fault == nil {
		return policyNews{}
	}
	if isSame {
		zerolog.Ctx(ctx).Info().Str("policy", resolved.Version()).Msg("text of the policy is right again")
		return policyNews{text: "✓ The text of the policy is right again. Version " + resolved.Version() + " stays in force."}
	}
	zerolog.Ctx(ctx).Info().Str("policy", resolved.Version()).Msg("policy was changed")
	text := "The policy is version " + resolved.Version() + " now; it was " + before.policy.Version() + "."
	if before.policy.HasAdmins() && !resolved.HasAdmins() {
		text += "\n⚠ It names no administrators (admins): from now on nobody is told of the policy, and nobody may use /pause or /policy."
	}
	return policyNews{text: text + describeIdleRules(resolved), before: before.read, after: read, replaced: before.policy}
}

// readText reads the text anew. A disk that does not answer does not keep the bot from stopping.
func (p *policyInForce) readText(ctx context.Context) (*policy.Policy, error) {
	type result struct {
		policy *policy.Policy
		err    error
	}
	done := make(chan result, 1)
	go func() {
		read, err := p.read()
		done <- result{read, err}
	}()
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case r := <-done:
		return r.policy, r.err
	}
}

// describeIdleRules are lines about the rules of a policy that have no effect.
func describeIdleRules(p *policy.Policy) string {
	problems := p.RulesWithoutEffect()
	if len(problems) == 0 {
		return ""
	}
	return "\nSome of its rules have no effect:\n" + problems.Error()
}

// resolve looks up the names of a policy. The problems are names that nobody has, or several. An
// error says that the directory does not answer now. Where Symphony refuses to look up usernames,
// they are compared at each request, as the directory shows them; where it refuses to list groups,
// no group has a name.
func (p *policyInForce) resolve(ctx context.Context, read *policy.Policy) (*policy.Policy, schema.Problems, error) {
	names := read.Names()
	users, err := p.lookUpUsers(ctx, names.Users)
	if err != nil && symphony.VerdictOf(err) != symphony.Refused {
		return nil, nil, fmt.Errorf("look up the users of the policy: %w", err)
	}
	directory := policy.Directory{Users: users}
	if len(names.Groups) > 0 {
		list, err := commands.ReadGroups(ctx, p.client)
		if err != nil && symphony.VerdictOf(err) != symphony.Refused {
			return nil, nil, fmt.Errorf("read the groups of the policy: %w", err)
		}
		directory.Groups = p.groups.note(list, names.Groups)
	}
	resolved, problems := read.Resolve(directory)
	more, err := p.checkApprovers(ctx, resolved)
	return resolved, append(problems, more...), err
}

// checkApprovers finds rules with so many approvers that not each of them can be sent a card. Whom
// a group has that Symphony does not show counts as nobody.
func (p *policyInForce) checkApprovers(ctx context.Context, rules *policy.Policy) (problems schema.Problems, err error) {
	problems = rules.TooManyApprovers(func(a policy.Approvers) int {
		people := map[symphony.UserID]bool{}
		for _, id := range a.Users {
			people[symphony.UserID(id)] = true
		}
		for _, key := range a.Groups {
			g, failed := p.groups.get(ctx, key)
			err = errors.Join(err, failed)
			for id, active := range g.members {
				if active {
					people[id] = true
				}
			}
		}
		return len(people)
	})
	return problems, err
}

// lookUpUsers gives the accounts that have usernames now; nil where there are none to look up.
func (p *policyInForce) lookUpUsers(ctx context.Context, names []string) (map[string]int64, error) {
	users := map[string]int64{}
	for part := range slices.Chunk(names, namesAtOnce) {
		found, err := p.client.LookupUsers(ctx, symphony.UserLookup{Usernames: part, Local: true})
		if err != nil {
			return nil, err
		}
		for _, user := range found {
			users[policy.FoldName(user.Username)] = int64(user.ID)
		}
	}
	return users, nil
}

// namesAtOnce is how many usernames are looked up in one call.
const namesAtOnce = 100

// accountKey is what the keys of lists of the users API begin with.
const accountKey = "account/"

func isAccountKey(key string) bool { return strings.HasPrefix(key, accountKey) }

// groupKey is a distribution list in policies and caches: lists of the two sources have numbers of
// their own.
func groupKey(source commands.GroupSource, g symphony.Group) string {
	if source == commands.UsersAPI {
		return accountKey + strconv.FormatInt(int64(g.ProfileID), 10)
	}
	return string(g.ID)
}
