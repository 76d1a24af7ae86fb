package bot

import (
	"context"
	"fmt"
	"time"

	"roombot/bot/policy"
	"roombot/bot/policy/request"
	"roombot/commands"
	"roombot/symphony"
)

// PolicyChange is what another policy changes: for whom, and in the requests of the last 30 days.
type PolicyChange struct {
	policy.Difference
	Replay policy.Replay `json:"replay"`
	// Names are the names in the later policy that nobody has, or several have: a bot would not take
	// it.
	Names []string `json:"names,omitempty"`
}

// knownMost is how many people are compared, those who asked last.
const knownMost = 1000

// FindPolicyChange compares two policies whose names are not resolved, and decides the requests of
// the record again. What the record does not have is asked of Symphony.
func FindPolicyChange(ctx context.Context, client *symphony.Client, record EntryLister, before, after *policy.Policy) (PolicyChange, error) {
	groups := newGroupMembers(client)
	lookup := newPastLookup(client, groups, before, after)
	if len(lookup.names) > 0 {
		list, err := commands.ReadGroups(ctx, client)
		if err != nil && symphony.VerdictOf(err) != symphony.Refused {
			return PolicyChange{}, fmt.Errorf("read the groups of the policy: %w", err)
		}
		groups.note(list, lookup.names)
	}
	change, err := lookup.findChange(ctx, record, before, after)
	if err != nil {
		return PolicyChange{}, err
	}
	_, problems, err := (&policyInForce{client: client, groups: groups}).resolve(ctx, after)
	for _, problem := range problems {
		change.Names = append(change.Names, problem.Error())
	}
	return change, err
}

// findChange compares what it has time for.
func (l *pastLookup) findChange(ctx context.Context, record EntryLister, before, after *policy.Policy) (PolicyChange, error) {
	decided, err := PastRequests(ctx, record, time.Now())
	if err != nil {
		return PolicyChange{}, err
	}
	if err := l.fill(ctx, decided); err != nil {
		return PolicyChange{}, err
	}
	named, err := l.findNamed(ctx, before, after)
	if err != nil {
		return PolicyChange{}, err
	}
	past, known, unknown := splitPast(decided)
	c := PolicyChange{
		Difference: policy.Compare(ctx, before, after, request.ListCommands(), append(named, known...)),
		Replay:     policy.ReplayPast(ctx, request.Reader(), before, after, past),
	}
	c.Replay.Unknown += unknown
	return c, nil
}

// splitPast gives the requests that can be decided again, who asked for them, each once, and how
// many there are besides.
func splitPast(decided []PastDecision) (past []policy.Past, known []policy.Known, unknown int) {
	asked := map[int64]bool{}
	for _, d := range decided {
		if !d.IsWhole {
			unknown++
			continue
		}
		past = append(past, d.Past)
		if !asked[d.User] && len(known) < knownMost {
			known = append(known, policy.Known{Name: d.Name, Who: d.Query.User})
		}
		asked[d.User] = true
	}
	return past, known, unknown
}

// IsEmpty reports whether nothing changes, and nothing would have been decided otherwise.
func (c PolicyChange) IsEmpty() bool {
	return c.Difference.IsEmpty() && len(c.Replay.Otherwise)+len(c.Names) == 0
}

// Lines say what changes, a line for each thing.
func (c PolicyChange) Lines() (lines []string) {
	for _, name := range c.Names {
		lines = append(lines, "✗ "+name)
	}
	return append(append(lines, c.Difference.Lines()...), c.Replay.Lines()...)
}
