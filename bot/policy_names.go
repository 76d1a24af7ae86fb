package bot

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"roombot/bot/policy"
	"roombot/commands"
	"roombot/commands/syntax"
	"roombot/symphony"
)

// The names of a policy are looked up when it is loaded, and stand for accounts and groups by id
// from then on. People and groups that are renamed or gone after that are told to the
// administrators, since a rule about them may not do what it says.

// namesLook is how often the names are looked at again.
const namesLook = time.Hour

// watchRules tells the administrators of names of the policy that are not right, and of replicas
// that decide by other versions, until ctx ends.
func (b *Bot) watchRules(ctx context.Context) {
	look, compare := time.NewTicker(namesLook), time.NewTicker(versionsLook)
	defer look.Stop()
	defer compare.Stop()
	versions := ""
	rules := b.rules.now()
	b.noteNames(ctx)
	b.tellNames(ctx, nameChanges{before: rules.ResolvedBy(), now: rules.ResolvedBy()}.describe(rules.Names()))
	for {
		select {
		case <-ctx.Done():
			return
		case <-look.C:
			b.lookAtNames(ctx)
		case <-compare.C:
			versions = b.lookAtVersions(ctx, versions)
		}
	}
}

func (b *Bot) lookAtNames(ctx context.Context) {
	changes, err := b.rules.lookAtNames(ctx)
	if err == nil {
		b.tellNames(ctx, changes)
	} else if ctx.Err() == nil {
		zerolog.Ctx(ctx).Warn().Err(err).Msg("names in the policy could not be looked at again")
	}
}

// noteNamesTold is the note of what administrators were told last of the names.
const noteNamesTold = "policy-names-told"

// tellNames tells the administrators which names are not right, and once that all are again. What
// was told last is not told again.
func (b *Bot) tellNames(ctx context.Context, changes []string) {
	if !b.isFirstToTell(ctx, noteNamesTold, strings.Join(changes, "\n")) {
		return
	}
	if len(changes) == 0 {
		zerolog.Ctx(ctx).Info().Msg("names in the policy are right again")
		b.sendToAdmins(ctx, "✓ All names in the policy are right again.")
		return
	}
	zerolog.Ctx(ctx).Warn().Int("entries", len(changes)).Msg("names in the policy are not right any more")
	text := "⚠ Names in the policy are wrong, or are not what they were when it was loaded. Please correct it: at its next change they may be faults."
	if more := len(changes) - maxNamesTold; more > 0 {
		changes = append(changes[:maxNamesTold:maxNamesTold], fmt.Sprintf("… and %d more: bot check lists all.", more))
	}
	b.sendToAdmins(ctx, text+"\n"+strings.Join(changes, "\n"))
}

// maxNamesTold is how many names are told in one message.
const maxNamesTold = maxTold - 2

// nameChanges is what names stood for when the policy was loaded, and what they stand for now.
type nameChanges struct {
	before, now policy.Directory
	users       map[int64]string  // present usernames of accounts whose name of before is not theirs
	groups      map[string]string // present names of groups, by their keys
}

// lookAtNames says which names of the policy are not right any more.
func (p *policyInForce) lookAtNames(ctx context.Context) ([]string, error) {
	rules := p.now()
	names, c := rules.Names(), nameChanges{before: rules.ResolvedBy(), users: map[int64]string{}, groups: map[string]string{}}
	var err error
	if c.before.Users != nil {
		err = p.findUsers(ctx, names.Users, &c)
	}
	if err == nil && len(names.Groups) > 0 {
		err = p.findGroups(ctx, names.Groups, &c)
	}
	if err != nil {
		return nil, err
	}
	return c.describe(names), nil
}

// findUsers finds out who has the names now, and how those are called who have lost theirs.
func (p *policyInForce) findUsers(ctx context.Context, names []string, c *nameChanges) (err error) {
	if c.now.Users, err = p.lookUpUsers(ctx, names); err != nil {
		return fmt.Errorf("look up the users of the policy: %w", err)
	}
	var moved []symphony.UserID
	for name, id := range c.before.Users {
		if c.now.Users[name] != id {
			moved = append(moved, symphony.UserID(id))
		}
	}
	for part := range slices.Chunk(moved, namesAtOnce) {
		found, err := p.client.LookupUsers(ctx, symphony.UserLookup{IDs: part, Local: true})
		if err != nil {
			return fmt.Errorf("look up the users of the policy: %w", err)
		}
		for _, user := range found {
			c.users[int64(user.ID)] = user.Username
		}
	}
	return nil
}

// findGroups finds out which groups have the names now, and which names all groups have.
func (p *policyInForce) findGroups(ctx context.Context, names []string, c *nameChanges) error {
	list, err := commands.ReadGroups(ctx, p.client)
	switch {
	case symphony.VerdictOf(err) == symphony.Refused && len(c.before.Groups) == 0: // as when the policy was loaded
		return nil
	case err != nil:
		return fmt.Errorf("read the groups of the policy: %w", err)
	case !c.hasGroupsOf(list.Source):
		return fmt.Errorf("groups are read from the %s now, and cannot be compared", list.Source)
	}
	c.now.Groups = map[string][]string{}
	for _, g := range list.Groups {
		key, name := groupKey(list.Source, g), syntax.FoldGroupName(g.Name)
		c.groups[key] = g.Name
		if slices.Contains(names, name) {
			c.now.Groups[name] = append(c.now.Groups[name], key)
		}
	}
	return nil
}

// hasGroupsOf reports whether the groups of before may be compared with those of a source: the same
// group has another key in each of the two.
func (c *nameChanges) hasGroupsOf(source commands.GroupSource) bool {
	for _, keys := range c.before.Groups {
		for _, key := range keys {
			if isAccountKey(key) != (source == commands.UsersAPI) {
				return false
			}
		}
	}
	return true
}

// describe says which of the names are not right, a line each.
func (c nameChanges) describe(names policy.Names) (lines []string) {
	for _, name := range names.Users {
		if c.before.Users == nil {
			break // they are compared at each request
		}
		if what := c.describeUser(name); what != "" {
			lines = append(lines, "user:"+name+" "+what)
		}
	}
	for _, name := range names.Groups {
		if what := c.describeGroup(name); what != "" {
			lines = append(lines, "group:"+name+" "+what)
		}
	}
	return lines
}

func (c nameChanges) describeUser(name string) string {
	before, now := c.before.Users[name], c.now.Users[name]
	switch {
	case before == 0 && now == 0:
		return "is nobody in your company's directory, and matches nobody."
	case before == 0:
		return "was nobody when the policy was loaded, and matches nobody until it is changed."
	case before == now:
		return ""
	}
	what := "is gone from your company's directory."
	if called := c.users[before]; called != "" {
		what = "is called " + called + " now."
	}
	if now != 0 {
		what += " Somebody else has the name, and gains nothing by it."
	}
	return what
}

func (c nameChanges) describeGroup(name string) string {
	before, now := c.before.Groups[name], c.now.Groups[name]
	if len(before) != 1 {
		return describeUnmatchedGroup(len(before), len(now))
	}
	called, exists := c.groups[before[0]]
	switch {
	case slices.Equal(before, now):
		return ""
	case len(now) > 1 && slices.Contains(now, before[0]):
		return fmt.Sprintf("is the name of %d groups now.", len(now))
	case exists:
		return "is called " + cmp.Or(called, "nothing") + " now."
	}
	return "is gone."
}

// describeUnmatchedGroup says that a name was that of no group, or of several.
func describeUnmatchedGroup(before, now int) string {
	switch {
	case now == 1:
		return "was not the name of one group when the policy was loaded, and matches nobody until it is changed."
	case before > 1:
		return fmt.Sprintf("is the name of %d groups, and matches nobody.", before)
	}
	return "is no group that the bot can see, and matches nobody."
}
