package sandbox_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/symphony/sandbox"
)

func TestUsersAreLookedUp(t *testing.T) {
	b := loggedIn(t)
	usernames := func(query string) []string {
		var names []string
		for _, u := range b.get("/pod/v3/users?" + query).ok()["users"].([]any) {
			names = append(names, u.(map[string]any)["displayName"].(string))
		}
		return names
	}
	require.Equal(t, []string{"Alice Martin", "Bob Chen"}, usernames(fmt.Sprintf("uid=%d,%d,1", b.id("alice"), b.id("bob"))))
	require.Equal(t, []string{"Alice Martin"}, usernames("email=ALICE@acme.test,who@acme.test"))
	require.Equal(t, []string{"Dana Former"}, usernames("username=dana&local=True"))
	require.Equal(t, []string{"Eve Adams"}, usernames("email=eve@beta.test"))
	require.Equal(t, []string{"Test Group"}, usernames(fmt.Sprintf("uid=%d", b.group("Test Group"))))
	for _, nobody := range []string{"email=who@acme.test", "email=eve@beta.test&local=true", "username=dana&local=true&active=true"} {
		got := b.get("/pod/v3/users?" + nobody)
		require.Equal(t, http.StatusNoContent, got.status)
		require.Empty(t, got.raw)
	}
	for _, bad := range []string{"", "uid=1&email=a@b.c", "username=alice", "uid=" + strings.Repeat("1,", 100) + "1"} {
		b.get("/pod/v3/users?" + bad).requireRefusal(http.StatusBadRequest)
	}
	require.Contains(t, string(b.get("/pod/v3/users?email=not-an-email").raw), "invalid.format")
}

func TestDetailsOfOtherCompaniesPeopleAreHidden(t *testing.T) {
	b := loggedIn(t)
	eve := b.get(fmt.Sprintf("/pod/v2/user?uid=%d", b.id("eve"))).ok()
	require.NotContains(t, eve, "emailAddress")
	require.NotContains(t, eve, "username")
	require.Contains(t, b.get("/pod/v2/user?email=alice@acme.test").ok(), "username")
}

func TestUsersAreSearched(t *testing.T) {
	b := loggedIn(t)
	search := func(query map[string]any) reply { return b.post("/pod/v1/user/search?local=true", query) }
	require.InDelta(t, 1, search(map[string]any{"query": "chen"}).ok()["count"], 0)
	require.Empty(t, search(map[string]any{"query": "Test Group"}).ok()["users"], "lists are found when asked for")
	lists := search(map[string]any{"query": "Test Group", "filters": map[string]any{"accountTypes": []string{"SDL"}}}).ok()
	require.InDelta(t, b.group("Test Group"), lists["users"].([]any)[0].(map[string]any)["id"], 0)
}

// groups is a bundle whose bot may use the profile manager.
func withGroups(t *testing.T) *bundle {
	t.Helper()
	b := loggedIn(t)
	b.tokens["Authorization"], b.tokens["X-Symphony-Host"] = "Bearer "+b.accessToken(), ""
	return b
}

func TestGroupsAreListedPageByPage(t *testing.T) {
	b := withGroups(t)
	var names []string
	path := "/profile-manager/v1/groups/type/SDL?limit=2"
	for pages := 0; path != ""; pages++ {
		require.Less(t, pages, 5, "the pages end")
		page := b.get(path).ok()
		for _, g := range page["data"].([]any) {
			names = append(names, g.(map[string]any)["name"].(string))
		}
		path = ""
		if after, ok := page["pagination"].(map[string]any)["cursors"].(map[string]any)["after"]; ok {
			path = fmt.Sprintf("/profile-manager/v1/groups/type/SDL?limit=2&after=%v", after)
		}
	}
	require.Equal(t, []string{"Test Group", "Equities Sales", "FX EMEA", "Research", "Compliance Desk"}, names)
	require.Equal(t, "404", b.get("/profile-manager/v1/groups/type/OTHER").object()["code"], "its codes are strings")
}

func TestAGroupIsCreatedReadAndUpdatedWithItsTag(t *testing.T) {
	b := withGroups(t)
	body := map[string]any{
		"type": "SDL", "ownerType": "TENANT", "ownerId": 103, "name": "Desk", "profile": map[string]any{"displayName": "Desk", "jobRole": nil},
		"members": []map[string]any{{"memberTenant": 103, "memberId": b.id("bob")}},
	}
	got := b.post("/profile-manager/v1/groups", body)
	require.Equal(t, http.StatusCreated, got.status, string(got.raw))
	made := got.object()
	path := "/profile-manager/v1/groups/" + made["id"].(string)
	require.Regexp(t, `^\d+$`, made["profile"].(map[string]any)["id"])
	require.NotContains(t, made["profile"], "jobRole")
	require.Equal(t, made["eTag"], got.header.Get("Etag"))

	update := func(tag string) reply {
		b.tokens["If-Match"] = tag
		defer delete(b.tokens, "If-Match")
		body["name"] = "Desk 2"
		return b.call("PUT", path, body)
	}
	update("stale").requireRefusal(http.StatusPreconditionFailed)
	require.Equal(t, "Desk 2", update(made["eTag"].(string)).ok()["name"])
	update(made["eTag"].(string)).requireRefusal(http.StatusPreconditionFailed)

	member := map[string]any{"member": map[string]any{"memberTenant": 103, "memberId": b.id("ravi")}}
	b.post(path+"/member", member).requireRefusal(452)
	member["member"] = map[string]any{"memberTenant": 103, "memberId": b.id("carol")}
	require.Len(t, b.post(path+"/member", member).ok()["members"], 2)
	b.post(path+"/avatar", map[string]string{"image": "bm90IGFuIGltYWdl"}).requireRefusal(http.StatusBadRequest)
	require.Len(t, b.get(path).ok()["members"], 2)
	b.get("/profile-manager/v1/groups/none").requireRefusal(http.StatusNotFound)
	b.post("/profile-manager/v1/groups/none/member", member).requireRefusal(http.StatusBadRequest)
}

func TestNewMembersOfAGroupJoinItsRooms(t *testing.T) {
	b := withGroups(t)
	id := b.room(map[string]any{"name": "Desk"})
	require.Equal(t, http.StatusOK, b.add(id, b.group("FX EMEA")).status)
	page := b.get("/profile-manager/v1/groups/type/SDL").ok()["data"].([]any)[2].(map[string]any)
	b.post("/profile-manager/v1/groups/"+page["id"].(string)+"/member",
		map[string]any{"member": map[string]any{"memberTenant": 103, "memberId": b.id("bob")}}).ok()
	_, ok := b.roomNamed("Desk").Member("bob")
	require.True(t, ok)
}

func TestWithoutTheGroupRoleTheProfileManagerRefuses(t *testing.T) {
	b := withGroups(t)
	b.post("/sandbox/v1/rights", map[string]bool{"groupManager": false}).ok()
	b.get("/profile-manager/v1/groups/type/SDL").requireRefusal(http.StatusForbidden)
}

func TestTheNewerGroupsAPINeedsOnlyTheSession(t *testing.T) {
	b := loggedIn(t)
	first := b.get("/v1/groups/sdl/list?limit=3").list()
	require.Len(t, first, 3)
	rest := b.get(fmt.Sprintf("/v1/groups/sdl/list?lastGroupId=%.0f", first[2]["groupId"])).list()
	require.Len(t, rest, 2)
	require.Equal(t, first[0]["name"], b.get(fmt.Sprintf("/v1/groups/sdl/%.0f", first[0]["groupId"])).ok()["name"])
}

func TestConnectionsAreAskedForAndAccepted(t *testing.T) {
	b := loggedIn(t)
	feed, mallory := b.feed(), b.id("mallory")
	info := fmt.Sprintf("/pod/v1/connection/user/%d/info", mallory)
	b.get(info).requireRefusal(http.StatusNotFound)
	require.Equal(t, "ACCEPTED", b.get(fmt.Sprintf("/pod/v1/connection/user/%d/info", b.id("bob"))).ok()["status"])
	b.post("/pod/v1/im/create", []int64{mallory}).requireRefusal(http.StatusForbidden)

	require.Equal(t, "PENDING_OUTGOING", b.post("/pod/v1/connection/create", map[string]int64{"userId": mallory}).ok()["status"])
	require.Len(t, b.get("/pod/v1/connection/list").list(), 1)
	b.post("/sandbox/v1/connect", map[string]string{"as": "mallory", "with": "roombot", "action": "accept"}).ok()
	require.Equal(t, "ACCEPTED", b.get(info).ok()["status"])
	require.Equal(t, []string{"CONNECTIONREQUESTED", "CONNECTIONACCEPTED"}, b.read(feed, "").types())
	b.post("/pod/v1/im/create", []int64{mallory}).ok()
	require.Len(t, b.get("/pod/v1/connection/list?status=ALL").list(), 2)
	b.post(fmt.Sprintf("/pod/v1/connection/user/%d/remove", mallory), nil).ok()
	b.post("/pod/v1/connection/create", map[string]int64{"userId": 1}).requireRefusal(http.StatusNotFound)
}

func TestAChatOfTwoExistsOnce(t *testing.T) {
	b := loggedIn(t)
	bob := b.id("bob")
	first := b.post("/pod/v1/im/create", []int64{bob}).ok()["id"]
	require.Equal(t, first, b.post("/pod/v1/im/create", []int64{bob, bob, b.id("roombot")}).ok()["id"])
	require.Equal(t, first, b.says("bob", "hi").StreamID)
	b.post("/pod/v1/im/create", []int64{b.id("dana")}).requireRefusal(http.StatusBadRequest)
	b.post("/pod/v1/im/create", []int64{bob, b.id("alice")}).requireRefusal(http.StatusBadRequest)
	b.post("/sandbox/v1/say", map[string]string{"as": "ravi", "to": "alice", "text": "psst"}).requireRefusal(http.StatusForbidden)

	b.room(map[string]any{"name": "Desk"})
	require.Len(t, b.post("/pod/v1/streams/list", map[string]any{}).list(), 2)
	rooms := b.post("/pod/v1/streams/list", map[string]any{"streamTypes": []map[string]string{{"type": "ROOM"}}}).list()
	require.Equal(t, "Desk", rooms[0]["roomAttributes"].(map[string]any)["name"])
	require.Equal(t, http.StatusNoContent, b.post("/pod/v1/streams/list?skip=9", map[string]any{}).status)
	require.Equal(t, "INTERNAL", b.get(fmt.Sprintf("/pod/v2/streams/%s/info", first)).ok()["origin"])
}

func TestPresenceManifestAndTheRest(t *testing.T) {
	b := loggedIn(t)
	b.post("/pod/v2/user/presence", map[string]string{"category": "BUSY"}).ok()
	require.Equal(t, "BUSY", b.get("/pod/v2/user/presence").ok()["category"])
	b.post("/pod/v2/user/presence", map[string]string{"category": "HUNGRY"}).requireRefusal(http.StatusBadRequest)
	b.get(fmt.Sprintf("/pod/v3/user/%d/presence", b.id("bob"))).ok()

	b.post("/pod/v1/user/manifest/own", map[string]string{"manifest": `{"commands":[{"name":"newroom","desc":"Open a room"}]}`}).ok()
	require.Len(t, b.get("/sandbox/v1/manifest").ok()["commands"], 1)
	b.post("/pod/v1/user/manifest/own", map[string]string{"manifest": `{"commands":[{"name":"newroom"}]}`}).requireRefusal(http.StatusBadRequest)
	b.post("/pod/v1/user/manifest/own", map[string]string{"manifest": strings.Repeat(" ", 6145)}).requireRefusal(http.StatusBadRequest)

	require.Equal(t, "x", b.post("/agent/v1/util/echo", map[string]string{"message": "x"}).ok()["message"])
	for _, open := range []string{"/agent/v3/health", "/agent/v3/health/extended", "/agent/v1/info"} {
		b.tokens = map[string]string{}
		b.get(open).ok()
	}
	require.Regexp(t, `^Agent-\d+\.\d+\.`, b.get("/agent/v1/info").ok()["version"])
}

func TestRetiredOperationsSayWhatToCallInstead(t *testing.T) {
	b := setup(t)
	require.Equal(t, "POST /agent/v4/datafeed/create has been retired; call POST /agent/v5/datafeeds instead",
		b.post("/agent/v4/datafeed/create", nil).requireRefusal(http.StatusGone))
	current := map[string]bool{}
	for _, o := range sandbox.Operations() {
		current[o.Method+" "+o.Path] = o.ReplacedBy == ""
	}
	retired := 0
	for _, o := range sandbox.Operations() {
		if o.ReplacedBy == "" {
			continue
		}
		retired++
		require.True(t, current[o.ReplacedBy], "%s leads to %s, which there is not", o.Name, o.ReplacedBy)
		require.Contains(t, b.call(o.Method, strings.NewReplacer("{", "", "}", "").Replace(o.Path), nil).requireRefusal(http.StatusGone), o.ReplacedBy)
	}
	require.Greater(t, retired, 40)
}

func TestAnUnimplementedOperationAnswers404WithItsName(t *testing.T) {
	b := setup(t)
	require.Contains(t, b.post("/pod/v1/admin/room/x/membership/add", nil).requireRefusal(http.StatusNotFound), "POST /pod/v1/admin/room/{id}/membership/add")
	b.get("/pod/v1/nonsense").requireRefusal(http.StatusNotFound)
	require.Contains(t, b.get("/pod/v3/room/create").requireRefusal(http.StatusMethodNotAllowed), "POST")
	require.Equal(t, "404", b.get("/profile-manager/nonsense").object()["code"])
}
