package commands_test

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"roombot/commands"
)

func TestNearestNames(t *testing.T) {
	t.Parallel()
	all := []string{"Test Group", "Equities Sales", "FX EMEA", "Research", "Tést Group", "Test Groups"}
	for text, want := range map[string][]string{
		"Test Grup":  {"Test Group", "Tést Group", "Test Groups"},
		"equities":   {"Equities Sales"},
		"fx  emea":   {"FX EMEA"},
		"reserch":    {"Research"},
		"compliance": {},
		"":           nil,
		" ":          nil,
	} {
		require.Equal(t, want, commands.NearestNames(text, all, 3), text)
	}
}

func TestDirectoryIsReadOnceForAll(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	bob := w.people["bob"].ID
	require.Nil(t, w.env.Groups.Names(bob), "nobody has read it")
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			found, err := w.env.Groups.Find(t.Context(), bob, "test  group")
			if assert.NoError(t, err) {
				assert.Len(t, found, 1)
			}
		})
	}
	all.Wait()
	require.Equal(t, 1, w.calls("/profile-manager/"))
	require.Equal(t, []string{"Compliance Desk", "Equities Sales", "FX EMEA", "Research", "Test Group"}, w.env.Groups.Names(bob))
}

func TestOldDirectoryIsReadAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	groups := commands.NewGroupDirectory(w.client, time.Nanosecond)
	for range 3 {
		_, err := groups.GroupsContaining(t.Context(), w.people["bob"].ID, "")
		require.NoError(t, err)
	}
	require.Equal(t, 3, w.calls("/profile-manager/"))
}

// A name that is mistyped again and again must not read the directory each time.
func TestUnknownNameDoesNotReadAFreshDirectory(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for range 5 {
		found, err := w.env.Groups.Find(t.Context(), w.people["bob"].ID, "Nothing")
		require.NoError(t, err)
		require.Empty(t, found)
	}
	require.Equal(t, 1, w.calls("/profile-manager/"))
}

func TestFailedReadKeepsTheDirectory(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.readGroups()
	w.stub(stub{path: "/profile-manager/", status: http.StatusServiceUnavailable})
	_, err := w.env.Groups.Refresh(t.Context())
	require.Error(t, err)
	found, err := w.env.Groups.Find(t.Context(), w.people["bob"].ID, "Research")
	require.NoError(t, err)
	require.Len(t, found, 1)
}
