package sandbox_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/symphony/sandbox"
	"roombot/symphony/sandbox/client"
	"roombot/symphony/sandbox/podtest"
)

func TestTheStateFileKeepsThePod(t *testing.T) {
	file := filepath.Join(t.TempDir(), "pod.json")
	keep := func(c *config) { c.StateFile = file }
	b := loggedIn(t, keep)
	id := b.Room(map[string]any{"name": "Desk"})
	said := b.Says("bob", "hi @alice")
	feed := b.Feed()
	b.Advance(time.Minute)
	require.NoError(t, b.Pod.Close())

	again := setupBeside(t, keep)
	require.Equal(t, id, again.RoomNamed("Desk").StreamID)
	require.Equal(t, said.Text, again.Inbox("bob")[0].Text)
	require.Contains(t, string(again.Get("/sandbox/v1/feeds").Raw), feed)
	again.Get("/pod/v2/sessioninfo").Refused(http.StatusUnauthorized)

	raw, err := os.ReadFile(file)
	require.NoError(t, err)
	for _, token := range b.Tokens {
		require.NotContains(t, string(raw), token)
	}
	require.NoError(t, again.Pod.Close(), "or it might write its file once more")
	for _, other := range []string{"{", "{}", "null"} {
		require.NoError(t, os.WriteFile(file, []byte(other), 0o600))
		_, err = sandbox.New(sandbox.Config{StateFile: file})
		require.ErrorContains(t, err, file, other)
	}
	_, err = sandbox.New(sandbox.Config{StateFile: filepath.Join(filepath.Dir(file), "missing", "pod.json")})
	require.ErrorContains(t, err, "keep the pod's state in ")
}

func TestARightThatTheStateFileDoesNotKnowIsGiven(t *testing.T) {
	file := filepath.Join(t.TempDir(), "pod.json")
	keep := func(c *config) { c.StateFile = file }
	b := loggedIn(t, keep)
	b.Post("/sandbox/v1/rights", map[string]bool{"updateMessages": false}).OK()
	require.NoError(t, b.Pod.Close())
	raw, err := os.ReadFile(file)
	require.NoError(t, err)
	older := regexp.MustCompile(`"allGroups":\s*true,`).ReplaceAllString(string(raw), "")
	require.NotEqual(t, string(raw), older)
	require.NoError(t, os.WriteFile(file, []byte(older), 0o600))
	rights := setupBeside(t, keep).Get("/sandbox/v1/rights").OK()
	require.Equal(t, true, rights["allGroups"])
	require.Equal(t, false, rights["updateMessages"])
}

func TestStateFileOfAnotherShapeIsExplained(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "pod.json")
	for content, want := range map[string]string{
		`[]`:                       "it must be an object, not a list",
		`{"version":"2"}`:          "version must be a whole number, not a string",
		`{"version":2,"people":5}`: "people must be a list, not a number",
		`{"version":4,"people":5}`: "it was saved by another version of the sandbox (4, not 2)",
		`{"version":99}`:           "it was saved by another version of the sandbox (99, not 2)",
		`{"version":2}`:            "it is no pod's: there is nobody in it",
		`{}`:                       "it is no pod's: it has no version",
	} {
		require.NoError(t, os.WriteFile(file, []byte(content), 0o600))
		_, err := sandbox.New(sandbox.Config{StateFile: file})
		require.EqualError(t, err, "read the pod's state in "+file+": "+want, content)
	}
}

// A pod with something of everything answers the same after a restart.
func TestEverythingIsTheSameAfterARestart(t *testing.T) {
	file := filepath.Join(t.TempDir(), "pod.json")
	keep := func(c *config) { c.StateFile, c.Visibility, c.FeedLife = file, time.Hour, 3*time.Hour }
	b := loggedIn(t, keep)
	feed := b.Feed()
	paths := b.makeEverything()
	b.Advance(2 * time.Minute)
	first, events := b.answers(paths), b.events(feed)
	b.Advance(time.Hour) // what was read comes again
	require.NoError(t, b.Pod.Close())
	requireEveryPartSaved(t, file)

	again := setupBeside(t, keep)
	again.Clock = again.Clock.Add(62 * time.Minute)
	again.SignIn()
	again.Tokens["Authorization"] = "Bearer " + again.AccessToken()
	require.Equal(t, first, again.answers(paths))
	require.Equal(t, events, again.events(feed))

	again.useEverything(paths)
	require.NoError(t, again.Pod.Close())
}

// makeEverything fills a pod, and gives the paths of what shows it.
func (b *bundle) makeEverything() []string {
	b.Helper()
	b.Tokens["Authorization"] = "Bearer " + b.AccessToken()
	room := b.Room(map[string]any{
		"name": "Desk", "description": "plans", "viewHistory": true, "keywords": []map[string]string{{"key": "team", "value": "fx"}},
	})
	b.Post("/profile-manager/v1/groups", map[string]any{
		"type": "SDL", "ownerType": "TENANT", "name": "Nil", "profile": nil, "visibilityRestriction": nil,
		"implicitConnection": map[string]any{"a": 1}, "members": []map[string]any{{"memberId": b.ID("kim")}},
	})
	require.Equal(b, http.StatusOK, b.Add(room, b.Group("Nil")).Status)
	require.Equal(b, http.StatusOK, b.Add(room, b.ID("bob")).Status)
	chat := b.Says("bob", "hello @alice")
	edited, err := chat.Edits(b.Context(), "hello")
	require.NoError(b, err)
	b.Post("/pod/v1/im/"+chat.StreamID+"/update", map[string]string{"pinnedMessageId": edited.ID}).OK()
	sent := b.Parts("/agent/v4/stream/"+chat.StreamID+"/message/create", map[string]string{"message": podtest.RoomForm}, map[string]string{"a.txt": "content"}).OK()
	form := sent["messageId"].(string)
	require.NoError(b, b.Submits("bob", client.Message{ID: form}, "create-room", "submit", map[string]any{"roomName": "Q3"}))
	gone := b.Message(room, "<messageML>gone</messageML>", "").OK()["messageId"].(string)
	b.Post("/pod/v1/admin/messagesuppression/"+gone+"/suppress", nil).OK()
	b.Post("/pod/v1/connection/create", map[string]int64{"userId": b.ID("mallory")}).OK()
	b.Post("/pod/v2/user/presence", map[string]string{"category": "BUSY"}).OK()
	b.Post("/pod/v1/user/manifest/own", map[string]string{"manifest": `{"commands":[{"name":"newroom","desc":"Open"}]}`}).OK()
	b.Post("/sandbox/v1/rights", map[string]bool{"externalIMs": false}).OK()
	b.Get("/sandbox/v1/chats/" + room + "?as=bob").OK()
	b.Post("/sandbox/v1/events", map[string]any{"type": "BRANDNEW", "timestamp": 7}).OK()
	file := sent["attachments"].([]any)[0].(map[string]any)["id"].(string)
	return []string{
		"/pod/v3/room/" + room + "/info", "/pod/v2/room/" + room + "/membership/list", "/pod/v2/streams/" + room + "/info",
		"/pod/v1/im/" + chat.StreamID + "/info", "/agent/v4/stream/" + chat.StreamID + "/message?since=0",
		"/agent/v1/stream/" + chat.StreamID + "/attachment?messageId=" + form + "&fileId=" + file, "/pod/v1/message/" + form + "/status",
		"/pod/v1/connection/list?status=ALL", "/pod/v1/user/manifest/own", "/v1/groups/sdl/list", "/profile-manager/v1/groups/type/SDL",
		"/sandbox/v1/people", "/sandbox/v1/chats?as=bob", "/sandbox/v1/messages", "/sandbox/v1/rights", "/sandbox/v1/manifest",
		fmt.Sprintf("/pod/v3/user/%d/presence", b.ID("roombot")), "/agent/v5/datafeeds",
	}
}

// answers are what paths answer.
func (b *bundle) answers(paths []string) map[string]string {
	b.Helper()
	answers := map[string]string{}
	for _, path := range paths {
		got := b.Get(path)
		require.Equal(b, http.StatusOK, got.Status, "%s: %s", path, got.Raw)
		answers[path] = string(got.Raw)
	}
	return answers
}

// events are what a read of a datafeed gives.
func (b *bundle) events(feed string) []any {
	b.Helper()
	events := b.Post("/agent/v5/datafeeds/"+feed+"/read", map[string]any{"updatePresence": false}).OK()["events"].([]any)
	require.Greater(b, len(events), 10)
	return events
}

// requireEveryPartSaved holds a state file to have something of every part of the state.
func requireEveryPartSaved(t *testing.T, file string) {
	t.Helper()
	raw, err := os.ReadFile(file)
	require.NoError(t, err)
	var state map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(raw, &state))
	require.Greater(t, len(state), 10)
	for part, value := range state {
		require.NotContains(t, []string{"null", "[]", "{}", "0", `""`}, string(value), part)
	}
}

// useEverything changes each part of a pod that was read from its file.
func (b *bundle) useEverything(paths []string) {
	b.Helper()
	room, chat := strings.Split(paths[0], "/")[4], b.Says("bob", "again").StreamID
	b.Post("/pod/v3/room/"+room+"/update", map[string]any{"description": "more"}).OK()
	require.Equal(b, http.StatusOK, b.Add(room, b.ID("carol")).Status)
	for _, g := range b.Get("/profile-manager/v1/groups/type/SDL").OK()["data"].([]any) {
		path := "/profile-manager/v1/groups/" + g.(map[string]any)["id"].(string)
		b.Post(path+"/avatar", map[string]string{"image": "R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="}).OK()
		b.Get(path).OK()
	}
	form := b.Inbox("bob")[slices.IndexFunc(b.Inbox("bob"), func(m client.Message) bool { return len(m.Forms) > 0 })]
	require.True(b, form.Forms[0].Submitted)
	require.NoError(b, b.Submits("bob", form, "create-room", "submit", map[string]any{"roomName": "Q4"}))
	b.Post("/sandbox/v1/connect", map[string]string{"as": "mallory", "with": "roombot", "action": "accept"}).OK()
	b.Post("/pod/v2/user/presence", map[string]string{"category": "AWAY"}).OK()
	b.Post("/pod/v1/user/manifest/own", map[string]string{"manifest": `{"commands":[]}`}).OK()
	b.Post("/sandbox/v1/rights", map[string]bool{"externalIMs": true}).OK()
	b.Get("/sandbox/v1/chats/" + chat + "?as=bob").OK()
	b.Feed()
	b.Reset()
}
