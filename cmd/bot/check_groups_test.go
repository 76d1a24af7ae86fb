package main

import (
	"net/http"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/symphony/sandbox/client"
)

func TestCheckSaysWhereGroupsAreRead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	page := begin(t, "sandbox", "--no-bot", "--dir", dir, "--listen", "127.0.0.1:0").line("Page")
	pod := client.New(regexp.MustCompile(`http://\S+`).FindString(page))
	t.Cleanup(pod.Close)
	_, err := pod.CreateGroup(t.Context(), client.CreateGroupRequest{Name: "Few", RestrictedTenants: []int64{103}})
	require.NoError(t, err)
	config := filepath.Join(dir, "config.json")
	got, code := runCheck(t, config)
	require.Zero(t, code)
	require.Equal(t, levelOK, got["groups"].Level)
	require.Equal(t, "6 distribution lists, from the profile manager", got["groups"].Detail)

	rights, err := pod.Rights(t.Context())
	require.NoError(t, err)
	rights.GroupManager = false
	require.NoError(t, pod.SetRights(t.Context(), rights))
	got, code = runCheck(t, config)
	require.Zero(t, code)
	require.Equal(t, levelWarning, got["groups"].Level)
	require.Equal(t, "6 distribution lists, from the users API, 1 restricted to companies and shown to nobody", got["groups"].Detail)
	require.Contains(t, got["groups"].Remedy, "does not say which users a group is restricted to")

	require.NoError(t, pod.Fail(t.Context(), client.Fault{Path: "listSDLGroups", Status: http.StatusNotFound}))
	got, code = runCheck(t, config)
	require.Zero(t, code)
	require.Contains(t, got["groups"].Remedy, "group: needs the role Group Manager")
}
