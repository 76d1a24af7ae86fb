package world_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/symphony/sandbox/world"
)

// pod is a world whose clock the test moves.
type pod struct {
	*testing.T
	*world.World
	changes []world.Change
}

// Changed keeps the changes that the world tells of.
func (p *pod) Changed(change world.Change) { p.changes = append(p.changes, change) }

func newPod(t *testing.T) *pod {
	t.Helper()
	t.Parallel()
	p, start := &pod{T: t}, time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC)
	p.World = world.New(world.Config{Now: func() time.Time { return start }, Observer: p})
	return p
}

// requirePerson finds somebody by username.
func (p *pod) requirePerson(username string) *world.Person {
	p.Helper()
	who := p.PersonNamed(username)
	require.NotNil(p, who, username)
	return who
}

// group is the profile of a group by its name.
func (p *pod) group(name string) int64 {
	p.Helper()
	for _, g := range p.Groups() {
		if g.Name == name {
			return g.Profile
		}
	}
	require.Fail(p, "there is no group "+name)
	return 0
}

// room makes a room of the bot's.
func (p *pod) room(name string, change world.RoomChange) *world.Stream {
	p.Helper()
	change.Name = &name
	st, err := p.CreateRoom(p.Bot(), change)
	require.NoError(p, err)
	return st
}

// add adds somebody by username to a room of the bot's.
func (p *pod) add(st *world.Stream, usernames ...string) {
	p.Helper()
	for _, username := range usernames {
		require.NoError(p, p.AddMember(p.Bot(), st, p.requirePerson(username).ID))
	}
}

// requireRefusal holds an error to a kind and a part of its text; no text wants no error.
func requireRefusal(t *testing.T, err error, kind world.RefusalKind, text string) {
	t.Helper()
	if text == "" {
		require.NoError(t, err)
		return
	}
	var refused *world.Error
	require.ErrorAs(t, err, &refused)
	require.Equal(t, kind, refused.Kind, refused.Text)
	require.Contains(t, refused.Text, text)
}
