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
		for _, u := range b.Get("/pod/v3/users?" + query).OK()["users"].([]any) {
			names = append(names, u.(map[string]any)["displayName"].(string))
		}
		return names
	}
	require.Equal(t, []string{"Alice Martin", "Bob Chen"}, usernames(fmt.Sprintf("uid=%d,%d,1", b.ID("alice"), b.ID("bob"))))
	require.Equal(t, []string{"Alice Martin"}, usernames("email=ALICE@acme.test,who@acme.test"))
	require.Equal(t, []string{"Dana Former"}, usernames("username=dana&local=True"))
	require.Equal(t, []string{"Eve Adams"}, usernames("email=eve@beta.test"))
	require.Equal(t, []string{"Test Group"}, usernames(fmt.Sprintf("uid=%d", b.Group("Test Group"))))
	for _, nobody := range []string{"email=who@acme.test", "email=eve@beta.test&local=true", "username=dana&local=true&active=true"} {
		got := b.Get("/pod/v3/users?" + nobody)
		require.Equal(t, http.StatusNoContent, got.Status)
		require.Empty(t, got.Raw)
	}
	for _, bad := range []string{"", "uid=1&email=a@b.c", "username=alice", "uid=" + strings.Repeat("1,", 100) + "1"} {
		b.Get("/pod/v3/users?" + bad).Refused(http.StatusBadRequest)
	}
	require.Contains(t, string(b.Get("/pod/v3/users?email=not-an-email").Raw), "invalid.format")
}

func TestDetailsOfOtherCompaniesPeopleAreHidden(t *testing.T) {
	b := loggedIn(t)
	eve := b.Get(fmt.Sprintf("/pod/v2/user?uid=%d", b.ID("eve"))).OK()
	require.NotContains(t, eve, "emailAddress")
	require.NotContains(t, eve, "username")
	require.Contains(t, b.Get("/pod/v2/user?email=alice@acme.test").OK(), "username")
}

func TestUsersAreSearched(t *testing.T) {
	b := loggedIn(t)
	search := func(query map[string]any) reply { return b.Post("/pod/v1/user/search?local=true", query) }
	require.InDelta(t, 1, search(map[string]any{"query": "chen"}).OK()["count"], 0)
	require.Empty(t, search(map[string]any{"query": "Test Group"}).OK()["users"], "lists are found when asked for")
	lists := search(map[string]any{"query": "Test Group", "filters": map[string]any{"accountTypes": []string{"SDL"}}}).OK()
	require.InDelta(t, b.Group("Test Group"), lists["users"].([]any)[0].(map[string]any)["id"], 0)
}

// groups is a bundle whose bot may use the profile manager.
func withGroups(t *testing.T) *bundle {
	t.Helper()
	b := loggedIn(t)
	b.Tokens["Authorization"], b.Tokens["X-Symphony-Host"] = "Bearer "+b.AccessToken(), ""
	return b
}

func TestGroupsAreListedPageByPage(t *testing.T) {
	b := withGroups(t)
	var names []string
	path := "/profile-manager/v1/groups/type/SDL?limit=2"
	for pages := 0; path != ""; pages++ {
		require.Less(t, pages, 5, "the pages end")
		page := b.Get(path).OK()
		for _, g := range page["data"].([]any) {
			names = append(names, g.(map[string]any)["name"].(string))
		}
		path = ""
		if after, ok := page["pagination"].(map[string]any)["cursors"].(map[string]any)["after"]; ok {
			path = fmt.Sprintf("/profile-manager/v1/groups/type/SDL?limit=2&after=%v", after)
		}
	}
	require.Equal(t, []string{"Test Group", "Equities Sales", "FX EMEA", "Research", "Compliance Desk"}, names)
	require.Equal(t, "404", b.Get("/profile-manager/v1/groups/type/OTHER").Object()["code"], "its codes are strings")
}

func TestAGroupIsCreatedReadAndUpdatedWithItsTag(t *testing.T) {
	b := withGroups(t)
	body := map[string]any{
		"type": "SDL", "ownerType": "TENANT", "ownerId": 103, "name": "Desk", "profile": map[string]any{"displayName": "Desk", "jobRole": nil},
		"members": []map[string]any{{"memberTenant": 103, "memberId": b.ID("bob")}},
	}
	got := b.Post("/profile-manager/v1/groups", body)
	require.Equal(t, http.StatusCreated, got.Status, string(got.Raw))
	made := got.Object()
	path := "/profile-manager/v1/groups/" + made["id"].(string)
	require.Regexp(t, `^\d+$`, made["profile"].(map[string]any)["id"])
	require.NotContains(t, made["profile"], "jobRole")
	require.Equal(t, made["eTag"], got.Header.Get("Etag"))

	update := func(tag string) reply {
		b.Tokens["If-Match"] = tag
		defer delete(b.Tokens, "If-Match")
		body["name"] = "Desk 2"
		return b.Call("PUT", path, body)
	}
	update("stale").Refused(http.StatusPreconditionFailed)
	require.Equal(t, "Desk 2", update(made["eTag"].(string)).OK()["name"])
	update(made["eTag"].(string)).Refused(http.StatusPreconditionFailed)

	member := map[string]any{"member": map[string]any{"memberTenant": 103, "memberId": b.ID("ravi")}}
	b.Post(path+"/member", member).Refused(452)
	member["member"] = map[string]any{"memberTenant": 103, "memberId": b.ID("carol")}
	require.Len(t, b.Post(path+"/member", member).OK()["members"], 2)
	b.Post(path+"/avatar", map[string]string{"image": "bm90IGFuIGltYWdl"}).Refused(http.StatusBadRequest)
	require.Len(t, b.Get(path).OK()["members"], 2)
	b.Get("/profile-manager/v1/groups/none").Refused(http.StatusNotFound)
	b.Post("/profile-manager/v1/groups/none/member", member).Refused(http.StatusBadRequest)
}

func TestNewMembersOfAGroupJoinItsRooms(t *testing.T) {
	b := withGroups(t)
	id := b.Room(map[string]any{"name": "Desk"})
	require.Equal(t, http.StatusOK, b.Add(id, b.Group("FX EMEA")).Status)
	page := b.Get("/profile-manager/v1/groups/type/SDL").OK()["data"].([]any)[2].(map[string]any)
	b.Post("/profile-manager/v1/groups/"+page["id"].(string)+"/member",
		map[string]any{"member": map[string]any{"memberTenant": 103, "memberId": b.ID("bob")}}).OK()
	_, ok := b.RoomNamed("Desk").Member("bob")
	require.True(t, ok)
}

func TestWithoutTheGroupRoleTheProfileManagerRefuses(t *testing.T) {
	b := withGroups(t)
	b.Post("/sandbox/v1/rights", map[string]bool{"groupManager": false}).OK()
	b.Get("/profile-manager/v1/groups/type/SDL").Refused(http.StatusForbidden)
}

func TestTheNewerGroupsAPINeedsOnlyTheSession(t *testing.T) {
	b := loggedIn(t)
	first := b.Get("/v1/groups/sdl/list?limit=3").List()
	require.Len(t, first, 3)
	rest := b.Get(fmt.Sprintf("/v1/groups/sdl/list?lastGroupId=%.0f", first[2]["groupId"])).List()
	require.Len(t, rest, 2)
	require.Equal(t, first[0]["name"], b.Get(fmt.Sprintf("/v1/groups/sdl/%.0f", first[0]["groupId"])).OK()["name"])
}

func TestTheNewerGroupsAPITellsRestrictedTenants(t *testing.T) {
	b := withGroups(t)
	b.Post("/profile-manager/v1/groups", map[string]any{
		"type": "SDL", "ownerType": "TENANT", "ownerId": 103, "name": "Few", "profile": map[string]any{"displayName": "Few"},
		"visibilityRestriction": map[string]any{"restrictedTenantsList": []int{190}},
	})
	restricted := map[any]any{}
	for _, g := range b.Get("/v1/groups/sdl/list").List() {
		if tenants, there := g["restrictedTenants"]; there {
			restricted[g["name"]] = tenants
		}
	}
	require.Equal(t, map[any]any{"Few": []any{190.0}}, restricted)
}

func TestAGroupThatTheCallerMayNotSeeIsNotThere(t *testing.T) {
	b := withGroups(t)
	body := map[string]any{
		"type": "SDL", "ownerType": "TENANT", "ownerId": 103, "name": "Few", "profile": map[string]any{"displayName": "Few"},
		"visibilityRestriction": map[string]any{"restrictedUsersList": []int64{b.ID("carol")}},
	}
	made := b.Post("/profile-manager/v1/groups", body).Object()
	few := b.Group("Few")
	member := map[string]any{"member": map[string]any{"memberTenant": 103, "memberId": b.ID("kim")}}
	seen := func(status int) {
		t.Helper()
		require.Equal(t, status == http.StatusOK, strings.Contains(string(b.Get("/profile-manager/v1/groups/type/SDL").Raw), `"Few"`))
		require.Equal(t, status == http.StatusOK, strings.Contains(string(b.Get("/v1/groups/sdl/list").Raw), `"Few"`))
		require.Equal(t, status == http.StatusOK, b.Get(fmt.Sprintf("/v1/groups/sdl/%d", few)).Status == http.StatusOK)
		require.Equal(t, status == http.StatusOK, b.Get(fmt.Sprintf("/pod/v3/users?uid=%d", few)).Status == http.StatusOK)
		require.Equal(t, status == http.StatusOK, b.Post("/profile-manager/v1/groups/"+made["id"].(string)+"/member", member).Status == http.StatusOK)
		require.Equal(t, status, b.Get("/profile-manager/v1/groups/"+made["id"].(string)).Status)
	}
	b.Post("/sandbox/v1/rights", map[string]bool{"allGroups": false}).OK()
	seen(http.StatusNotFound)
	b.Post("/sandbox/v1/rights", map[string]bool{"allGroups": true}).OK()
	seen(http.StatusOK)
	body["name"], body["visibilityRestriction"] = "Odd", map[string]any{"restrictedUsersList": "carol"}
	b.Post("/profile-manager/v1/groups", body).Refused(http.StatusBadRequest)
}

func TestConnectionsAreAskedForAndAccepted(t *testing.T) {
	b := loggedIn(t)
	feed, mallory := b.Feed(), b.ID("mallory")
	info := fmt.Sprintf("/pod/v1/connection/user/%d/info", mallory)
	b.Get(info).Refused(http.StatusNotFound)
	require.Equal(t, "ACCEPTED", b.Get(fmt.Sprintf("/pod/v1/connection/user/%d/info", b.ID("bob"))).OK()["status"])
	b.Post("/pod/v1/im/create", []int64{mallory}).Refused(http.StatusForbidden)

	require.Equal(t, "PENDING_OUTGOING", b.Post("/pod/v1/connection/create", map[string]int64{"userId": mallory}).OK()["status"])
	require.Len(t, b.Get("/pod/v1/connection/list").List(), 1)
	b.Post("/sandbox/v1/connect", map[string]string{"as": "mallory", "with": "roombot", "action": "accept"}).OK()
	require.Equal(t, "ACCEPTED", b.Get(info).OK()["status"])
	require.Equal(t, []string{"CONNECTIONREQUESTED", "CONNECTIONACCEPTED"}, b.Read(feed, "").Types())
	b.Post("/pod/v1/im/create", []int64{mallory}).OK()
	require.Len(t, b.Get("/pod/v1/connection/list?status=ALL").List(), 2)
	b.Post(fmt.Sprintf("/pod/v1/connection/user/%d/remove", mallory), nil).OK()
	b.Post("/pod/v1/connection/create", map[string]int64{"userId": 1}).Refused(http.StatusNotFound)
}

func TestAChatOfTwoExistsOnce(t *testing.T) {
	b := loggedIn(t)
	bob := b.ID("bob")
	first := b.Post("/pod/v1/im/create", []int64{bob}).OK()["id"]
	require.Equal(t, first, b.Post("/pod/v1/im/create", []int64{bob, bob, b.ID("roombot")}).OK()["id"])
	require.Equal(t, first, b.Says("bob", "hi").StreamID)
	b.Post("/pod/v1/im/create", []int64{b.ID("dana")}).Refused(http.StatusBadRequest)
	b.Post("/pod/v1/im/create", []int64{bob, b.ID("alice")}).Refused(http.StatusBadRequest)
	b.Post("/sandbox/v1/say", map[string]string{"as": "ravi", "to": "alice", "text": "psst"}).Refused(http.StatusForbidden)

	b.Room(map[string]any{"name": "Desk"})
	require.Len(t, b.Post("/pod/v1/streams/list", map[string]any{}).List(), 2)
	rooms := b.Post("/pod/v1/streams/list", map[string]any{"streamTypes": []map[string]string{{"type": "ROOM"}}}).List()
	require.Equal(t, "Desk", rooms[0]["roomAttributes"].(map[string]any)["name"])
	require.Equal(t, http.StatusNoContent, b.Post("/pod/v1/streams/list?skip=9", map[string]any{}).Status)
	require.Equal(t, "INTERNAL", b.Get(fmt.Sprintf("/pod/v2/streams/%s/info", first)).OK()["origin"])
}

func TestPresenceManifestAndTheRest(t *testing.T) {
	b := loggedIn(t)
	b.Post("/pod/v2/user/presence", map[string]string{"category": "BUSY"}).OK()
	require.Equal(t, "BUSY", b.Get("/pod/v2/user/presence").OK()["category"])
	b.Post("/pod/v2/user/presence", map[string]string{"category": "HUNGRY"}).Refused(http.StatusBadRequest)
	b.Get(fmt.Sprintf("/pod/v3/user/%d/presence", b.ID("bob"))).OK()

	b.Post("/pod/v1/user/manifest/own", map[string]string{"manifest": `{"commands":[{"name":"newroom","desc":"Open a room"}]}`}).OK()
	require.Len(t, b.Get("/sandbox/v1/manifest").OK()["commands"], 1)
	b.Post("/pod/v1/user/manifest/own", map[string]string{"manifest": `{"commands":[{"name":"newroom"}]}`}).Refused(http.StatusBadRequest)
	b.Post("/pod/v1/user/manifest/own", map[string]string{"manifest": strings.Repeat(" ", 6145)}).Refused(http.StatusBadRequest)

	require.Equal(t, "x", b.Post("/agent/v1/util/echo", map[string]string{"message": "x"}).OK()["message"])
	for _, open := range []string{"/agent/v3/health", "/agent/v3/health/extended", "/agent/v1/info"} {
		b.Tokens = map[string]string{}
		b.Get(open).OK()
	}
	require.Regexp(t, `^Agent-\d+\.\d+\.`, b.Get("/agent/v1/info").OK()["version"])
}

func TestRetiredOperationsSayWhatToCallInstead(t *testing.T) {
	b := setup(t)
	require.Equal(t, "POST /agent/v4/datafeed/create has been retired; call POST /agent/v5/datafeeds instead",
		b.Post("/agent/v4/datafeed/create", nil).Refused(http.StatusGone))
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
		require.Contains(t, b.Call(o.Method, strings.NewReplacer("{", "", "}", "").Replace(o.Path), nil).Refused(http.StatusGone), o.ReplacedBy)
	}
	require.Greater(t, retired, 40)
}

func TestAnUnimplementedOperationAnswers404WithItsName(t *testing.T) {
	b := setup(t)
	require.Contains(t, b.Post("/pod/v1/admin/room/x/membership/add", nil).Refused(http.StatusNotFound), "POST /pod/v1/admin/room/{id}/membership/add")
	b.Get("/pod/v1/nonsense").Refused(http.StatusNotFound)
	require.Contains(t, b.Get("/pod/v3/room/create").Refused(http.StatusMethodNotAllowed), "POST")
	require.Equal(t, "404", b.Get("/profile-manager/nonsense").Object()["code"])
}
