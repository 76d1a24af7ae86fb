package sandbox_test

import (
	"time"

	"github.com/stretchr/testify/require"

	"roombot/symphony/sandbox/client"
)

// What the people of the pod do and see.

func (b *bundle) says(who, text string) client.Said {
	b.Helper()
	return b.saysIn(who, "", text)
}

func (b *bundle) saysIn(who, to, text string) client.Said {
	b.Helper()
	said, err := b.control.SaysIn(b.Context(), who, to, text)
	require.NoError(b, err)
	return said
}

func (b *bundle) submits(who string, m client.Message, form, button string, values map[string]any) error {
	b.Helper()
	_, err := b.control.Submits(b.Context(), who, m, form, button, values)
	return err
}

func (b *bundle) inbox(who string) []client.Message {
	b.Helper()
	messages, err := b.control.Inbox(b.Context(), who)
	require.NoError(b, err)
	return messages
}

func (b *bundle) id(username string) int64 {
	b.Helper()
	pod, err := b.control.People(b.Context())
	require.NoError(b, err)
	for _, p := range pod.People {
		if p.Username == username {
			return p.ID
		}
	}
	require.Fail(b, "there is nobody called "+username)
	return 0
}

func (b *bundle) rooms() []client.Room {
	b.Helper()
	rooms, err := b.control.Rooms(b.Context())
	require.NoError(b, err)
	return rooms
}

func (b *bundle) roomNamed(name string) client.Room {
	b.Helper()
	room, err := b.control.RoomNamed(b.Context(), name)
	require.NoError(b, err)
	return room
}

// membersOf are a room's members without the time they joined.
func (b *bundle) membersOf(name string) []client.Member {
	b.Helper()
	members := b.roomNamed(name).Members
	for i := range members {
		members[i].Joined = 0
	}
	return members
}

func (b *bundle) fail(f client.Fault) {
	b.Helper()
	require.NoError(b, b.control.Fail(b.Context(), f))
}

func (b *bundle) advance(by time.Duration) {
	b.Helper()
	_, err := b.control.Advance(b.Context(), by)
	require.NoError(b, err)
}

func (b *bundle) reset() {
	b.Helper()
	require.NoError(b, b.control.Reset(b.Context()))
}
