package commands

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/agnivade/levenshtein"

	"roombot/commands/syntax"
	"roombot/symphony"
)

// GroupDirectory is the pod's distribution lists, read as a whole and kept for a while: Symphony
// has no search by name. Who asks sees only the groups that they may see; all others do not exist
// for them, so that no answer and no call that it takes tells of one.
type GroupDirectory struct {
	client  *symphony.Client
	maxAge  time.Duration
	reading chan struct{} // held by the one who reads from the pod

	mu       sync.Mutex // guards what follows
	list     GroupList
	byName   map[string][]symphony.Group // by syntax.FoldGroupName
	accounts map[symphony.UserID]bool    // of all groups
	readAt   time.Time
}

// NewGroupDirectory keeps what it reads for the given time; a group that is not found makes it read
// again sooner.
func NewGroupDirectory(client *symphony.Client, keep time.Duration) *GroupDirectory {
	return &GroupDirectory{client: client, maxAge: keep, reading: make(chan struct{}, 1)}
}

// Refresh reads the directory now, and returns where it was read.
func (d *GroupDirectory) Refresh(ctx context.Context) (GroupSource, error) {
	_, err := d.readWithin(ctx, 0)
	return d.source(), err
}

// source is where the groups were read last.
func (d *GroupDirectory) source() GroupSource {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.list.Source
}

// Find returns the groups whose names read as this one. There may be several.
func (d *GroupDirectory) Find(ctx context.Context, viewer symphony.UserID, name string) ([]symphony.Group, error) {
	const settle = 5 * time.Second // a mistyped name repeated must not read the directory each time
	for _, ago := range []time.Duration{d.maxAge, settle} {
		if _, err := d.readWithin(ctx, ago); err != nil {
			return nil, err
		}
		if found := d.visibleNamed(viewer, name); len(found) > 0 {
			return found, nil
		}
	}
	return nil, nil
}

// visibleNamed returns the groups of a name that a person may see, as they were read last.
func (d *GroupDirectory) visibleNamed(viewer symphony.UserID, name string) []symphony.Group {
	d.mu.Lock()
	defer d.mu.Unlock()
	return visibleGroups(d.byName[syntax.FoldGroupName(name)], viewer)
}

// GroupsContaining returns the groups whose names contain the text without case, sorted by name. An
// empty text returns all.
func (d *GroupDirectory) GroupsContaining(ctx context.Context, viewer symphony.UserID, text string) ([]symphony.Group, error) {
	groups, err := d.visibleTo(ctx, viewer, d.maxAge)
	if err != nil {
		return nil, err
	}
	text = syntax.FoldGroupName(text)
	var found []symphony.Group
	for _, g := range groups {
		if strings.Contains(syntax.FoldGroupName(g.Name), text) {
			found = append(found, g)
		}
	}
	return found, nil
}

// FindSimilar returns the groups with the names nearest to the given one, best first, at most
// three. Of several of one name it returns a restricted one, if there is one.
func (d *GroupDirectory) FindSimilar(ctx context.Context, viewer symphony.UserID, name string) []symphony.Group {
	groups, err := d.visibleTo(ctx, viewer, d.maxAge)
	if err != nil {
		return nil
	}
	var similar []symphony.Group
	for _, near := range nearestNames(name, groupNames(groups), 3) {
		first := slices.IndexFunc(groups, func(g symphony.Group) bool { return g.Name == near })
		restricted := slices.IndexFunc(groups, func(g symphony.Group) bool { return g.Name == near && g.IsRestricted() })
		similar = append(similar, groups[max(first, restricted)])
	}
	return similar
}

// Names are the names of the groups that a person may see, as they were read last, nil if they
// never were. It asks nobody.
func (d *GroupDirectory) Names(viewer symphony.UserID) []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.readAt.IsZero() {
		return nil
	}
	return groupNames(visibleGroups(d.list.Groups, viewer))
}

// IsGroup reports whether an account is that of a group, as they were read last. It asks nobody.
func (d *GroupDirectory) IsGroup(account symphony.UserID) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.accounts[account]
}

// WithMembers is a group of the directory with its members, which the list may leave out. They stay
// nil where Symphony does not say who is in the group.
func (d *GroupDirectory) WithMembers(ctx context.Context, g symphony.Group) (symphony.Group, error) {
	if g.Members != nil {
		return g, nil
	}
	return d.source().ReadMembers(ctx, d.client, g)
}

// MembersOf are the active members of the group that joins rooms by an account, as they were so
// long ago at most. It is not known of a group that is gone, or of which Symphony does not say it.
func (d *GroupDirectory) MembersOf(ctx context.Context, account symphony.UserID, ago time.Duration) (members []symphony.UserID, known bool, err error) {
	groups, err := d.readWithin(ctx, min(ago, d.maxAge))
	if err != nil {
		return nil, false, err
	}
	at := slices.IndexFunc(groups, func(g symphony.Group) bool { return g.ProfileID == account })
	if at < 0 {
		return nil, false, nil
	}
	g, err := d.WithMembers(ctx, groups[at])
	for _, m := range activeMembers(g) {
		members = append(members, m.User)
	}
	return members, g.Members != nil, err
}

// visibleTo returns the groups that a person may see, read at most so long ago.
func (d *GroupDirectory) visibleTo(ctx context.Context, viewer symphony.UserID, ago time.Duration) ([]symphony.Group, error) {
	groups, err := d.readWithin(ctx, ago)
	return visibleGroups(groups, viewer), err
}

func visibleGroups(groups []symphony.Group, viewer symphony.UserID) []symphony.Group {
	return slices.DeleteFunc(slices.Clone(groups), func(g symphony.Group) bool { return !g.IsVisibleTo(viewer) })
}

func groupNames(groups []symphony.Group) []string {
	names := make([]string, len(groups))
	for i, g := range groups {
		names[i] = g.Name
	}
	return names
}

// readWithin returns all groups, read at most so long ago.
func (d *GroupDirectory) readWithin(ctx context.Context, ago time.Duration) ([]symphony.Group, error) {
	if groups, ok := d.fromCache(ago); ok {
		return groups, nil
	}
	asked := time.Now()
	select {
	case d.reading <- struct{}{}:
		defer func() { <-d.reading }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if groups, ok := d.fromCache(max(ago, time.Since(asked))); ok { // somebody has read it meanwhile
		return groups, nil
	}
	return d.fetch(ctx)
}

func (d *GroupDirectory) fromCache(ago time.Duration) ([]symphony.Group, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.list.Groups, !d.readAt.IsZero() && time.Since(d.readAt) < ago
}

func (d *GroupDirectory) fetch(ctx context.Context) ([]symphony.Group, error) {
	begun := time.Now()
	list, err := ReadGroups(ctx, d.client)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(list.Groups, func(a, b symphony.Group) int {
		return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
	})
	byName, accounts := map[string][]symphony.Group{}, map[symphony.UserID]bool{}
	for _, g := range list.Groups {
		name := syntax.FoldGroupName(g.Name)
		byName[name] = append(byName[name], g)
		accounts[g.ProfileID] = true
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.list, d.byName, d.accounts, d.readAt = list, byName, accounts, begun
	return list.Groups, nil
}

// nearestNames returns the candidates most similar to the text, and leaves out those that are not
// similar.
func nearestNames(text string, candidates []string, most int) []string {
	type ranked struct {
		name string
		rank int
	}
	text = syntax.FoldGroupName(text)
	if text == "" {
		return nil
	}
	var similar []ranked
	for _, name := range candidates {
		lower := syntax.FoldGroupName(name)
		rank := levenshtein.ComputeDistance(text, lower)
		if lower != "" && (strings.Contains(lower, text) || strings.Contains(text, lower)) {
			rank = 0
		}
		if rank <= 1+utf8.RuneCountInString(text)/3 {
			similar = append(similar, ranked{name, rank})
		}
	}
	slices.SortStableFunc(similar, func(a, b ranked) int { return a.rank - b.rank })
	names := make([]string, 0, most)
	for _, c := range similar[:min(most, len(similar))] {
		names = append(names, c.name)
	}
	return names
}

func squeezeBlanks(s string) string { return strings.Join(strings.Fields(s), " ") }

// isRestricted reports whether a group of this name that the viewer sees is hidden from others, as
// they were read last. It asks nobody.
func (d *GroupDirectory) isRestricted(viewer symphony.UserID, name string) bool {
	return slices.ContainsFunc(d.visibleNamed(viewer, name), symphony.Group.IsRestricted)
}
