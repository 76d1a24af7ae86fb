package main

import (
	"database/sql"
	"fmt"
	"net/http"
	"os"
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

func TestCheckReadsTheGroupsOfThePolicy(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	page := begin(t, "sandbox", "--no-bot", "--dir", dir, "--listen", "127.0.0.1:0").line("Page")
	pod := client.New(regexp.MustCompile(`http://\S+`).FindString(page))
	t.Cleanup(pod.Close)
	for range 2 {
		_, err := pod.CreateGroup(t.Context(), client.CreateGroupRequest{Name: "Twice", Members: []string{"bob"}})
		require.NoError(t, err)
	}
	path := filepath.Join(dir, "config.json")
	write := func(who, admins string) {
		text := fmt.Sprintf(`{%s "allow": [{"name": "some", "who": [%s], "commands": ["newroom"]}]}`, admins, who)
		require.NoError(t, os.WriteFile(filepath.Join(dir, "policy.yaml"), []byte(text), 0o600))
	}
	got, code := runCheck(t, path)
	require.Zero(t, code)
	require.NotContains(t, got, "policy groups", "it names none")
	require.Equal(t, levelOK, got["admins"].Level)

	write(`"internal"`, `"admins": ["group:Test Group"],`)
	got, code = runCheck(t, path)
	require.Zero(t, code)
	require.Equal(t, checkResult{Name: "policy groups", Level: levelOK, Detail: "the policy names 1"}, got["policy groups"])
	require.Equal(t, levelWarning, got["admins"].Level)
	require.Contains(t, got["admins"].Remedy, "name a person in roombot.policy.admins as well")

	write(`"group:Test Group", "group:Tset Group", "group:twice"`, ``)
	got, code = runCheck(t, path)
	require.Zero(t, code)
	require.Equal(t, levelWarning, got["policy groups"].Level)
	require.Contains(t, got["policy groups"].Remedy, `allow[0].who[1]: "group:Tset Group" is no group that the bot can see`)
	require.Contains(t, got["policy groups"].Remedy, `allow[0].who[2]: "group:twice" is the name of 2 groups`)
	require.NotContains(t, got["policy groups"].Remedy, `"group:Test Group"`)
	require.Contains(t, got["admins"].Remedy, "the policy names no administrators: nobody may use /pause")

	require.NoError(t, pod.Fail(t.Context(), client.Fault{Path: "listSDLGroups", Status: http.StatusForbidden}))
	require.NoError(t, pod.Fail(t.Context(), client.Fault{Path: "/profile-manager/*", Status: http.StatusForbidden}))
	require.NoError(t, pod.Fail(t.Context(), client.Fault{Path: "/v1/groups/*", Status: http.StatusForbidden}))
	got, code = runCheck(t, path)
	require.Equal(t, exitFailed, code)
	require.Contains(t, got["policy groups"].Remedy, "The policy needs the role Group Manager")
}

func TestCheckSaysWhatRenamedPeopleAndGroupsAreCalledNow(t *testing.T) {
	t.Parallel()
	w := newWatched(t)
	name := func(person, group string) {
		text := fmt.Sprintf(`allow: [{name: some, who: ["user:%s", "group:%s"], commands: [newroom]}]`, person, group)
		require.NoError(t, os.WriteFile(filepath.Join(w.dir, "policy.yaml"), []byte(text), 0o600))
	}
	name("bob", "Test Group")
	running := w.run()
	w.says("bob", firstCommand)
	require.Zero(t, running.stop())
	db, err := sql.Open("sqlite", filepath.Join(w.dir, "roombot.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	// What the pod calls bob and the Test Group was once called bobby and the Old Group.
	_, err = db.Exec(`UPDATE note SET value = replace(replace(value, '"bob"', '"bobby"'), '"test group"', '"old group"') WHERE name = 'policy-names'`)
	require.NoError(t, err)
	name("bobby", "Old Group")
	got, code := runCheck(t, w.config)
	require.Zero(t, code)
	require.Contains(t, got["accounts"].Remedy, "user:bobby is nobody in your company's directory")
	require.Contains(t, got["accounts"].Remedy, "user:bobby is called bob now")
	require.Contains(t, got["policy groups"].Remedy, `"group:Old Group" is no group that the bot can see`)
	require.Contains(t, got["policy groups"].Remedy, `group:old group is called "Test Group" now`)
}
