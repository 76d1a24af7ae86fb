package podtest

import (
	"time"

	"github.com/stretchr/testify/require"

	"roombot/symphony/sandbox/client"
)

// Says has somebody write to the bot.
func (b *Bundle) Says(who, text string) client.Said {
	b.Helper()
	return b.SaysIn(who, "", text)
}

// SaysIn has somebody write in a chat, or to somebody.
func (b *Bundle) SaysIn(who, to, text string) client.Said {
	b.Helper()
	said, err := b.People.SaysIn(b.Context(), who, to, text)
	require.NoError(b, err)
	return said
}

// Submits has somebody press a button of a form.
func (b *Bundle) Submits(who string, m client.Message, form, button string, values map[string]any) error {
	b.Helper()
	_, err := b.People.Submits(b.Context(), who, m, form, button, values)
	return err
}

// Inbox is all that somebody can read.
func (b *Bundle) Inbox(who string) []client.Message {
	b.Helper()
	messages, err := b.People.Inbox(b.Context(), who)
	require.NoError(b, err)
	return messages
}

// ID is somebody's user id.
func (b *Bundle) ID(username string) int64 {
	b.Helper()
	pod, err := b.People.People(b.Context())
	require.NoError(b, err)
	for _, p := range pod.People {
		if p.Username == username {
			return p.ID
		}
	}
	require.Fail(b, "there is nobody called "+username)
	return 0
}

// Rooms are the rooms of the pod.
func (b *Bundle) Rooms() []client.Room {
	b.Helper()
	rooms, err := b.People.Rooms(b.Context())
	require.NoError(b, err)
	return rooms
}

// RoomNamed is the room of a name.
func (b *Bundle) RoomNamed(name string) client.Room {
	b.Helper()
	room, err := b.People.RoomNamed(b.Context(), name)
	require.NoError(b, err)
	return room
}

// MembersOf are a room's members without the time they joined.
func (b *Bundle) MembersOf(name string) []client.Member {
	b.Helper()
	members := b.RoomNamed(name).Members
	for i := range members {
		members[i].Joined = 0
	}
	return members
}

// AddFault makes trouble.
func (b *Bundle) AddFault(f client.Fault) {
	b.Helper()
	require.NoError(b, b.People.Fail(b.Context(), f))
}

// Advance moves the pod's clock.
func (b *Bundle) Advance(by time.Duration) {
	b.Helper()
	_, err := b.People.Advance(b.Context(), by)
	require.NoError(b, err)
}

// Reset makes the pod as new.
func (b *Bundle) Reset() {
	b.Helper()
	require.NoError(b, b.People.Reset(b.Context()))
}
