package commands_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/commands"
	"roombot/symphony"
)

// accessOnly are so many requests for access, for somebody and of their own.
type accessOnly struct{ forThem, own int }

func (accessOnly) Open(context.Context, symphony.UserID) (forThem, own []commands.OpenApproval, err error) {
	return nil, nil, nil
}

func (a accessOnly) OpenAccess(context.Context, symphony.UserID) (forThem, own []commands.OpenAccess, err error) {
	at := time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC)
	open := commands.OpenAccess{N: 3, From: "Bob Chen", Since: at, Terms: commands.GrantTerms{Command: "groups", Bounds: []string{strings.Repeat("x", 2000)}}}
	for range a.forThem {
		forThem = append(forThem, open)
	}
	for range a.own {
		own = append(own, open)
	}
	return forThem, own, nil
}

func TestALongListOfRequestsForAccessIsCut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.env.Approvals = accessOnly{forThem: 23, own: 20}
	text := plain(w.answer("alice", "/approvals"))
	require.Equal(t, 20, strings.Count(text, "Bob Chen asks for access: /groups in their 1:1 chat: xxx"))
	require.Equal(t, 20, strings.Count(text, "Access: /groups in our 1:1 chat: xxx"))
	require.Equal(t, 1, strings.Count(text, "… and 3 more."))
	require.Less(t, len(text), 30_000)
}
