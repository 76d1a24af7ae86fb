package sandbox_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/symphony/sandbox"
	"roombot/symphony/sandbox/client"
)

func TestTheStateFileKeepsThePod(t *testing.T) {
	file := filepath.Join(t.TempDir(), "pod.json")
	keep := func(c *config) { c.StateFile = file }
	b := loggedIn(t, keep)
	id := b.room(map[string]any{"name": "Desk"})
	said := b.says("bob", "hi @alice")
	feed := b.feed()
	b.advance(time.Minute)
	require.NoError(t, b.pod.Close())

	again := setupBeside(t, keep)
	require.Equal(t, id, again.roomNamed("Desk").StreamID)
	require.Equal(t, said.Text, again.inbox("bob")[0].Text)
	require.Contains(t, string(again.get("/sandbox/v1/feeds").raw), feed)
	again.get("/pod/v2/sessioninfo").requireRefusal(http.StatusUnauthorized)

	raw, err := os.ReadFile(file)
	require.NoError(t, err)
	for _, token := range b.tokens {
		require.NotContains(t, string(raw), token)
	}
	require.NoError(t, again.pod.Close(), "or it might write its file once more")
	for _, other := range []string{"{", "{}", "null"} {
		require.NoError(t, os.WriteFile(file, []byte(other), 0o600))
		_, err = sandbox.New(sandbox.Config{StateFile: file})
		require.ErrorContains(t, err, file, other)
	}
	_, err = sandbox.New(sandbox.Config{StateFile: filepath.Join(filepath.Dir(file), "missing", "pod.json")})
	require.ErrorContains(t, err, "keep the pod's state in ")
}

// A pod with something of everything answers the same after a restart.
func TestEverythingIsTheSameAfterARestart(t *testing.T) {
	file := filepath.Join(t.TempDir(), "pod.json")
	keep := func(c *config) { c.StateFile, c.Visibility, c.FeedLife = file, time.Hour, 3*time.Hour }
	b := loggedIn(t, keep)
	feed := b.feed()
	paths := b.makeEverything()
	b.advance(2 * time.Minute)
	first, events := b.answers(paths), b.events(feed)
	b.advance(time.Hour) // what was read comes again
	require.NoError(t, b.pod.Close())
	requireEveryPartSaved(t, file)

	again := setupBeside(t, keep)
	again.clock = again.clock.Add(62 * time.Minute)
	again.login()
	again.tokens["Authorization"] = "Bearer " + again.accessToken()
	require.Equal(t, first, again.answers(paths))
	require.Equal(t, events, again.events(feed))

	again.useEverything(paths)
	require.NoError(t, again.pod.Close())
}

// makeEverything fills a pod, and gives the paths of what shows it.
func (b *bundle) makeEverything() []string {
	b.Helper()
	b.tokens["Authorization"] = "Bearer " + b.accessToken()
	room := b.room(map[string]any{
		"name": "Desk", "description": "plans", "viewHistory": true, "keywords": []map[string]string{{"key": "team", "value": "fx"}},
	})
	b.post("/profile-manager/v1/groups", map[string]any{
		"type": "SDL", "ownerType": "TENANT", "name": "Nil", "profile": nil, "visibilityRestriction": nil,
		"implicitConnection": map[string]any{"a": 1}, "members": []map[string]any{{"memberId": b.id("kim")}},
	})
	require.Equal(b, http.StatusOK, b.add(room, b.group("Nil")).status)
	require.Equal(b, http.StatusOK, b.add(room, b.id("bob")).status)
	chat := b.says("bob", "hello @alice")
	edited, err := chat.Edits(b.Context(), "hello")
	require.NoError(b, err)
	b.post("/pod/v1/im/"+chat.StreamID+"/update", map[string]string{"pinnedMessageId": edited.ID}).ok()
	sent := b.parts("/agent/v4/stream/"+chat.StreamID+"/message/create", map[string]string{"message": roomForm}, map[string]string{"a.txt": "content"}).ok()
	form := sent["messageId"].(string)
	require.NoError(b, b.submits("bob", client.Message{ID: form}, "create-room", "submit", map[string]any{"roomName": "Q3"}))
	gone := b.message(room, "<messageML>gone</messageML>", "").ok()["messageId"].(string)
	b.post("/pod/v1/admin/messagesuppression/"+gone+"/suppress", nil).ok()
	b.post("/pod/v1/connection/create", map[string]int64{"userId": b.id("mallory")}).ok()
	b.post("/pod/v2/user/presence", map[string]string{"category": "BUSY"}).ok()
	b.post("/pod/v1/user/manifest/own", map[string]string{"manifest": `{"commands":[{"name":"newroom","desc":"Open"}]}`}).ok()
	b.post("/sandbox/v1/rights", map[string]bool{"externalIMs": false}).ok()
	b.get("/sandbox/v1/chats/" + room + "?as=bob").ok()
	b.post("/sandbox/v1/events", map[string]any{"type": "BRANDNEW", "timestamp": 7}).ok()
	file := sent["attachments"].([]any)[0].(map[string]any)["id"].(string)
	return []string{
		"/pod/v3/room/" + room + "/info", "/pod/v2/room/" + room + "/membership/list", "/pod/v2/streams/" + room + "/info",
		"/pod/v1/im/" + chat.StreamID + "/info", "/agent/v4/stream/" + chat.StreamID + "/message?since=0",
		"/agent/v1/stream/" + chat.StreamID + "/attachment?messageId=" + form + "&fileId=" + file, "/pod/v1/message/" + form + "/status",
		"/pod/v1/connection/list?status=ALL", "/pod/v1/user/manifest/own", "/v1/groups/sdl/list", "/profile-manager/v1/groups/type/SDL",
		"/sandbox/v1/people", "/sandbox/v1/chats?as=bob", "/sandbox/v1/messages", "/sandbox/v1/rights", "/sandbox/v1/manifest",
		fmt.Sprintf("/pod/v3/user/%d/presence", b.id("roombot")), "/agent/v5/datafeeds",
	}
}

// answers are what paths answer.
func (b *bundle) answers(paths []string) map[string]string {
	b.Helper()
	answers := map[string]string{}
	for _, path := range paths {
		got := b.get(path)
		require.Equal(b, http.StatusOK, got.status, "%s: %s", path, got.raw)
		answers[path] = string(got.raw)
	}
	return answers
}

// events are what a read of a datafeed gives.
func (b *bundle) events(feed string) []any {
	b.Helper()
	events := b.post("/agent/v5/datafeeds/"+feed+"/read", map[string]any{"updatePresence": false}).ok()["events"].([]any)
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
	room, chat := strings.Split(paths[0], "/")[4], b.says("bob", "again").StreamID
	b.post("/pod/v3/room/"+room+"/update", map[string]any{"description": "more"}).ok()
	require.Equal(b, http.StatusOK, b.add(room, b.id("carol")).status)
	for _, g := range b.get("/profile-manager/v1/groups/type/SDL").ok()["data"].([]any) {
		path := "/profile-manager/v1/groups/" + g.(map[string]any)["id"].(string)
		b.post(path+"/avatar", map[string]string{"image": "R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="}).ok()
		b.get(path).ok()
	}
	form := b.inbox("bob")[slices.IndexFunc(b.inbox("bob"), func(m client.Message) bool { return len(m.Forms) > 0 })]
	require.True(b, form.Forms[0].Submitted)
	require.NoError(b, b.submits("bob", form, "create-room", "submit", map[string]any{"roomName": "Q4"}))
	b.post("/sandbox/v1/connect", map[string]string{"as": "mallory", "with": "roombot", "action": "accept"}).ok()
	b.post("/pod/v2/user/presence", map[string]string{"category": "AWAY"}).ok()
	b.post("/pod/v1/user/manifest/own", map[string]string{"manifest": `{"commands":[]}`}).ok()
	b.post("/sandbox/v1/rights", map[string]bool{"externalIMs": true}).ok()
	b.get("/sandbox/v1/chats/" + chat + "?as=bob").ok()
	b.feed()
	b.reset()
}
