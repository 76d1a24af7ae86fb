package sandbox_test

import (
	"fmt"

	"github.com/stretchr/testify/require"
)

// tour calls every operation at least once, well, and the refusals on its way.
func (b *bundle) tour() {
	b.Helper()
	bob, mallory := b.id("bob"), b.id("mallory")
	b.post("/login/pubkey/authenticate", map[string]string{"token": b.loginToken(nil)}).ok()
	b.post("/login/pubkey/authenticate", map[string]string{"token": "x"})
	b.get("/login/idm/keys").ok()
	b.get("/pod/v2/sessioninfo").ok()
	b.get("/pod/v1/podcert").ok()
	b.get("/pod/v1/languages").ok()
	b.get("/pod/v2/system/protocols")
	b.get("/pod/v1/files/allowedTypes")
	b.get("/pod/v3/users?email=bob@acme.test,x").ok()
	b.get("/pod/v3/users?email=nobody@acme.test")
	b.get("/pod/v3/users")
	b.get("/pod/v2/user?email=bob@acme.test").ok()
	b.post("/pod/v1/user/search", map[string]string{"query": "a"}).ok()
	b.post("/pod/v1/user/manifest/own", map[string]string{"manifest": `{"commands":[]}`}).ok()
	b.get("/pod/v1/user/manifest/own").ok()
	b.tourRooms(bob)
	b.tourStreams(bob)
	for _, call := range []string{"create", "accept", "reject"} {
		b.post("/pod/v1/connection/"+call, map[string]int64{"userId": bob})
		b.post("/pod/v1/connection/"+call, map[string]int64{"userId": mallory})
		b.post("/sandbox/v1/connect", map[string]string{"as": "eve", "with": "roombot", "action": "accept"})
	}
	b.post("/sandbox/v1/connect", map[string]string{"as": "mallory", "with": "roombot", "action": "reject"}).ok()
	b.post("/pod/v1/connection/reject", map[string]int64{"userId": mallory}).ok()
	b.get("/pod/v1/connection/list?status=ALL")
	b.get(fmt.Sprintf("/pod/v1/connection/user/%d/info", b.id("eve"))).ok()
	b.post(fmt.Sprintf("/pod/v1/connection/user/%d/remove", b.id("eve")), nil).ok()
	for _, version := range []string{"v2", "v3"} {
		b.post("/pod/"+version+"/user/presence", map[string]any{"category": "BUSY"}).ok()
	}
	b.get("/pod/v2/user/presence").ok()
	b.get(fmt.Sprintf("/pod/v3/user/%d/presence", bob)).ok()
	b.get("/pod/v2/users/presence")
	b.post("/pod/v1/user/presence/register", []int64{bob}).ok()
	b.tourGroups(bob)
	b.tourRefusals()
}

// tourRefusals calls operations about what there is not.
func (b *bundle) tourRefusals() {
	b.Helper()
	const none, user = "/none", int64(1)
	for _, path := range []string{
		"/pod/v3/room/none/info", "/pod/v2/room/none/membership/list", "/pod/v1/im/none/info", "/pod/v2/streams/none/info",
		"/pod/v1/streams/none/attachments", "/pod/v1/message/none/status", "/pod/v1/connection/user/1/info", "/pod/v3/user/1/presence",
		"/pod/v2/user", "/pod/v2/users/presence?limit=0", "/agent/v4/stream/none/message?since=0", "/agent/v1/message/search",
		"/agent/v1/message/none", "/agent/v1/stream/none/attachment?fileId=x&messageId=y", "/v1/groups/sdl/1", "/v1/groups/sdl/list?limit=0",
		"/profile-manager/v1/groups/none", "/profile-manager/v1/groups/type/none", "/profile-manager/v1/groups/type/SDL?after=x",
	} {
		b.get(path)
	}
	for _, path := range []string{
		"/pod/v3/room/none/update", "/pod/v1/room/none/setActive", "/pod/v1/room/none/membership/add", "/pod/v1/room/none/membership/remove",
		"/pod/v1/room/none/membership/promoteOwner", "/pod/v1/room/none/membership/demoteOwner", "/pod/v1/im/none/update", "/pod/v3/room/search",
		"/pod/v1/admin/messagesuppression/none/suppress", "/pod/v1/connection/create", "/pod/v1/connection/accept", "/pod/v1/connection/reject",
		"/pod/v1/connection/user/1/remove", "/pod/v2/user/presence", "/pod/v3/user/presence", "/pod/v1/user/manifest/own",
		"/agent/v4/stream/none/message/create", "/agent/v4/stream/none/message/none/update", "/agent/v4/message/blast",
		"/profile-manager/v1/groups", "/profile-manager/v1/groups/none/member", "/profile-manager/v1/groups/none/avatar",
		"/login/pubkey/authenticate", "/relay/pubkey/authenticate", "/pod/v1/user/presence/register",
	} {
		b.post(path, map[string]any{"userId": user, "id": user})
	}
	b.post("/pod/v1/im/create", []int64{user})
	b.call("PUT", "/profile-manager/v1/groups"+none, map[string]any{"name": "x"})
}

func (b *bundle) tourRooms(bob int64) {
	b.Helper()
	feed := b.feed()
	id := b.room(map[string]any{"name": "Desk", "description": "#fx", "keywords": []map[string]string{{"key": "k", "value": "v"}}, "viewHistory": true})
	b.createRoom(map[string]any{"name": "Desk"})
	b.get("/pod/v3/room/" + id + "/info").ok()
	b.post("/pod/v3/room/"+id+"/update", map[string]string{"description": "new"}).ok()
	b.post("/pod/v3/room/search", map[string]any{"query": "desk", "labels": []string{"k"}}).ok()
	b.add(id, bob)
	b.add(id, b.group("Test Group"))
	b.add(id, b.id("eve"))
	for _, change := range []string{"promoteOwner", "demoteOwner", "remove"} {
		b.post("/pod/v1/room/"+id+"/membership/"+change, map[string]int64{"id": bob}).ok()
	}
	b.get("/pod/v2/room/" + id + "/membership/list")
	b.get("/pod/v2/streams/" + id + "/info").ok()
	b.post("/pod/v1/room/"+id+"/setActive?active=false", nil).ok()
	b.post("/pod/v1/room/"+id+"/setActive?active=true", nil).ok()
	b.read(feed, "")
	b.get("/agent/v5/datafeeds")
	b.call("DELETE", "/agent/v5/datafeeds/"+feed, nil)
	b.post("/agent/v5/datafeeds/"+feed+"/read", nil)
}

func (b *bundle) tourStreams(bob int64) {
	b.Helper()
	feed := b.feed()
	im := b.post("/pod/v1/im/create", []int64{bob}).ok()["id"].(string)
	b.get("/pod/v1/im/" + im + "/info").ok()
	b.post("/pod/v1/im/"+im+"/update", map[string]string{}).ok()
	b.post("/pod/v1/streams/list", map[string]any{})
	b.get("/pod/v2/streams/" + im + "/info").ok()
	create := "/agent/v4/stream/" + im + "/message/create"
	sent := b.parts(create, map[string]string{"message": roomForm}, map[string]string{"a.txt": "x"}).ok()
	mid := sent["messageId"].(string)
	b.message(im, "<nothing/>", "")
	file := sent["attachments"].([]any)[0].(map[string]any)["id"].(string)
	b.get("/agent/v1/stream/" + im + "/attachment?fileId=" + file + "&messageId=" + mid)
	b.get("/pod/v1/streams/" + im + "/attachments")
	b.get("/agent/v1/message/" + mid).ok()
	b.get("/pod/v1/message/" + mid + "/status").ok()
	b.get("/agent/v4/stream/" + im + "/message?since=0")
	b.post("/agent/v1/message/search", map[string]any{"streamId": im})
	b.get("/agent/v1/message/search?query=streamId:" + im)
	b.parts("/agent/v4/stream/"+im+"/message/"+mid+"/update", map[string]string{"message": "<messageML>new</messageML>"}, nil).ok()
	b.parts("/agent/v4/message/blast", map[string]string{"message": "<messageML>new</messageML>", "sids": im + ",x"}, nil).ok()
	b.says("bob", "hi @alice")
	form := b.inbox("bob")[0]
	require.NoError(b, b.submits("bob", form, "create-room", "submit", map[string]any{"roomName": "x"}))
	b.post("/pod/v1/admin/messagesuppression/"+mid+"/suppress", nil).ok()
	b.read(feed, "")
	b.post("/agent/v1/util/echo", map[string]string{"message": "x"}).ok()
	for _, path := range []string{"/agent/v3/health", "/agent/v3/health/extended", "/agent/v1/info"} {
		b.get(path).ok()
	}
}

func (b *bundle) tourGroups(bob int64) {
	b.Helper()
	b.get("/v1/groups/sdl/list")
	b.get(fmt.Sprintf("/v1/groups/sdl/%d", b.group("Research"))).ok()
	b.get("/profile-manager/v1/types")
	b.tokens["Authorization"] = "Bearer " + b.accessToken()
	body := map[string]any{"type": "SDL", "ownerType": "TENANT", "ownerId": 103, "name": "Desk", "profile": map[string]any{"displayName": "Desk"}}
	made := b.post("/profile-manager/v1/groups", body).object()
	path := "/profile-manager/v1/groups/" + made["id"].(string)
	b.post(path+"/member", map[string]any{"member": map[string]any{"memberTenant": 103, "memberId": bob}}).ok()
	b.post(path+"/avatar", map[string]string{"image": "R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="}).ok()
	b.tokens["If-Match"] = b.get(path).ok()["eTag"].(string)
	b.call("PUT", path, body).ok()
	b.call("PUT", path, body)
	b.get("/profile-manager/v1/groups/type/SDL?limit=2").ok()
	b.get("/profile-manager/v1/types").ok()
	b.get("/profile-manager/v1/types/SDL").ok()
	b.get("/profile-manager/v1/types/none")
}
