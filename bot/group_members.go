package bot

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"roombot/commands"
	"roombot/commands/syntax"
	"roombot/symphony"
)

// groupMembers keeps who is in the distribution lists that the policy names, read ahead, so that no
// request waits for it.
type groupMembers struct {
	client *symphony.Client

	mu    sync.Mutex             // guards lists
	lists map[string]policyGroup // those of earlier policies included: their decisions may be under way
}

// policyGroup is a distribution list that the policy names.
type policyGroup struct {
	group   symphony.Group
	source  commands.GroupSource
	members map[symphony.UserID]bool // nil where Symphony does not show them
	read    time.Time                // zero while the members were not read
}

// Members are used for a minute at most, and read again before that.
const (
	membersAge     = time.Minute
	membersRefresh = membersAge * 3 / 4
)

func newGroupMembers(client *symphony.Client) *groupMembers {
	return &groupMembers{client: client, lists: map[string]policyGroup{}}
}

// note keeps the lists that have one of the names, and returns their keys by name. Members that the
// list of groups tells are not used: it may be some minutes old where Symphony keeps it.
func (m *groupMembers) note(list commands.GroupList, names []string) map[string][]string {
	m.mu.Lock()
	defer m.mu.Unlock()
	keys := map[string][]string{}
	for _, g := range list.Groups {
		name := syntax.FoldGroupName(g.Name)
		if !slices.Contains(names, name) {
			continue
		}
		key := groupKey(list.Source, g)
		keys[name] = append(keys[name], key)
		if _, known := m.lists[key]; !known {
			m.lists[key] = policyGroup{group: g, source: list.Source}
		}
	}
	return keys
}

// of says of each list whether somebody is in it. A list whose members Symphony does not show is
// left out. An error says that the directory does not answer now.
func (m *groupMembers) of(ctx context.Context, who symphony.UserID, keys []string) (map[string]bool, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	is := make(map[string]bool, len(keys))
	for _, key := range keys {
		g, err := m.get(ctx, key)
		if err != nil {
			return nil, err
		}
		if g.members != nil {
			is[key] = g.members[who]
		}
	}
	return is, nil
}

// get is a list with its members as they were a minute ago at most.
func (m *groupMembers) get(ctx context.Context, key string) (policyGroup, error) {
	m.mu.Lock()
	g := m.lists[key]
	m.mu.Unlock()
	if time.Since(g.read) < membersAge {
		return g, nil
	}
	return m.readAgain(ctx, key)
}

func (m *groupMembers) readAgain(ctx context.Context, key string) (policyGroup, error) {
	m.mu.Lock()
	g := m.lists[key]
	m.mu.Unlock()
	asked := time.Now()
	unread := g.group
	unread.Members = nil
	read, err := g.source.ReadMembers(ctx, m.client, unread)
	if err != nil {
		return policyGroup{}, fmt.Errorf("read who is in the group %s: %w", key, err)
	}
	g.read, g.members = asked, nil
	if read.Members != nil {
		g.members = make(map[symphony.UserID]bool, len(read.Members))
	}
	for _, member := range read.Members {
		g.members[member.User] = !member.Disabled
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.lists[key] = g
	return g, nil
}

// refresh reads the members ahead until ctx ends, and calls report after each time.
func (m *groupMembers) refresh(ctx context.Context, report func()) {
	again := time.NewTicker(membersRefresh)
	defer again.Stop()
	for {
		for _, key := range m.keys() {
			if _, err := m.readAgain(ctx, key); err != nil && ctx.Err() == nil {
				zerolog.Ctx(ctx).Warn().Err(err).Msg("who is in a group of the policy could not be read; requests that turn on it wait")
			}
		}
		report()
		select {
		case <-ctx.Done():
			return
		case <-again.C:
		}
	}
}

// nameOf is the folded name of a list, empty where it is not known.
func (m *groupMembers) nameOf(key string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return syntax.FoldGroupName(m.lists[key].group.Name)
}

// keysOf gives the keys of the lists that have a name. Several may have it.
func (m *groupMembers) keysOf(name string) (keys []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for key, list := range m.lists {
		if syntax.FoldGroupName(list.group.Name) == name {
			keys = append(keys, key)
		}
	}
	return keys
}

func (m *groupMembers) keys() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	keys := make([]string, 0, len(m.lists))
	for key := range m.lists {
		keys = append(keys, key)
	}
	return keys
}
