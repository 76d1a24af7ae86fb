package sandbox_test

import (
	"fmt"

	"github.com/stretchr/testify/require"

	"roombot/symphony/sandbox/podtest"
)

// tour calls every operation at least once, well, and the refusals on its way.
func (b *bundle) tour() {
	b.Helper()
	bob, mallory := b.ID("bob"), b.ID("mallory")
	b.Post("/login/pubkey/authenticate", map[string]string{"token": b.LoginToken(nil)}).OK()
	b.Post("/login/pubkey/authenticate", map[string]string{"token": "x"})
	b.Get("/login/idm/keys").OK()
	b.Get("/pod/v2/sessioninfo").OK()
	b.Get("/pod/v1/podcert").OK()
	b.Get("/pod/v1/languages").OK()
	b.Get("/pod/v2/system/protocols")
	b.Get("/pod/v1/files/allowedTypes")
	b.Get("/pod/v3/users?email=bob@acme.test,x").OK()
	b.Get("/pod/v3/users?email=nobody@acme.test")
	b.Get("/pod/v3/users")
	b.Get("/pod/v2/user?email=bob@acme.test").OK()
	b.Post("/pod/v1/user/search", map[string]string{"query": "a"}).OK()
	b.Post("/pod/v1/user/manifest/own", map[string]string{"manifest": `{"commands":[]}`}).OK()
	b.Get("/pod/v1/user/manifest/own").OK()
	b.tourRooms(bob)
	b.tourStreams(bob)
	for _, call := range []string{"create", "accept", "reject"} {
		b.Post("/pod/v1/connection/"+call, map[string]int64{"userId": bob})
		b.Post("/pod/v1/connection/"+call, map[string]int64{"userId": mallory})
		b.Post("/sandbox/v1/connect", map[string]string{"as": "eve", "with": "roombot", "action": "accept"})
	}
	b.Post("/sandbox/v1/connect", map[string]string{"as": "mallory", "with": "roombot", "action": "reject"}).OK()
	b.Post("/pod/v1/connection/reject", map[string]int64{"userId": mallory}).OK()
	b.Get("/pod/v1/connection/list?status=ALL")
	b.Get(fmt.Sprintf("/pod/v1/connection/user/%d/info", b.ID("eve"))).OK()
	b.Post(fmt.Sprintf("/pod/v1/connection/user/%d/remove", b.ID("eve")), nil).OK()
	for _, version := range []string{"v2", "v3"} {
		b.Post("/pod/"+version+"/user/presence", map[string]any{"category": "BUSY"}).OK()
	}
	b.Get("/pod/v2/user/presence").OK()
	b.Get(fmt.Sprintf("/pod/v3/user/%d/presence", bob)).OK()
	b.Get("/pod/v2/users/presence")
	b.Post("/pod/v1/user/presence/register", []int64{bob}).OK()
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
		b.Get(path)
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
		b.Post(path, map[string]any{"userId": user, "id": user})
	}
	b.Post("/pod/v1/im/create", []int64{user})
	b.Call("PUT", "/profile-manager/v1/groups"+none, map[string]any{"name": "x"})
}

func (b *bundle) tourRooms(bob int64) {
	b.Helper()
	feed := b.Feed()
	id := b.Room(map[string]any{"name": "Desk", "description": "#fx", "keywords": []map[string]string{{"key": "k", "value": "v"}}, "viewHistory": true})
	b.CreateRoom(map[string]any{"name": "Desk"})
	b.Get("/pod/v3/room/" + id + "/info").OK()
	b.Post("/pod/v3/room/"+id+"/update", map[string]string{"description": "new"}).OK()
	b.Post("/pod/v3/room/search", map[string]any{"query": "desk", "labels": []string{"k"}}).OK()
	b.Add(id, bob)
	b.Add(id, b.Group("Test Group"))
	b.Add(id, b.ID("eve"))
	for _, change := range []string{"promoteOwner", "demoteOwner", "remove"} {
		b.Post("/pod/v1/room/"+id+"/membership/"+change, map[string]int64{"id": bob}).OK()
	}
	b.Get("/pod/v2/room/" + id + "/membership/list")
	b.Get("/pod/v2/streams/" + id + "/info").OK()
	b.Post("/pod/v1/room/"+id+"/setActive?active=false", nil).OK()
	b.Post("/pod/v1/room/"+id+"/setActive?active=true", nil).OK()
	b.Read(feed, "")
	b.Get("/agent/v5/datafeeds")
	b.Call("DELETE", "/agent/v5/datafeeds/"+feed, nil)
	b.Post("/agent/v5/datafeeds/"+feed+"/read", nil)
}

func (b *bundle) tourStreams(bob int64) {
	b.Helper()
	feed := b.Feed()
	im := b.Post("/pod/v1/im/create", []int64{bob}).OK()["id"].(string)
	b.Get("/pod/v1/im/" + im + "/info").OK()
	b.Post("/pod/v1/im/"+im+"/update", map[string]string{}).OK()
	b.Post("/pod/v1/streams/list", map[string]any{})
	b.Get("/pod/v2/streams/" + im + "/info").OK()
	create := "/agent/v4/stream/" + im + "/message/create"
	sent := b.Parts(create, map[string]string{"message": podtest.RoomForm}, map[string]string{"a.txt": "x"}).OK()
	mid := sent["messageId"].(string)
	b.Message(im, "<nothing/>", "")
	file := sent["attachments"].([]any)[0].(map[string]any)["id"].(string)
	b.Get("/agent/v1/stream/" + im + "/attachment?fileId=" + file + "&messageId=" + mid)
	b.Get("/pod/v1/streams/" + im + "/attachments")
	b.Get("/agent/v1/message/" + mid).OK()
	b.Get("/pod/v1/message/" + mid + "/status").OK()
	b.Get("/agent/v4/stream/" + im + "/message?since=0")
	b.Post("/agent/v1/message/search", map[string]any{"streamId": im})
	b.Get("/agent/v1/message/search?query=streamId:" + im)
	b.Parts("/agent/v4/stream/"+im+"/message/"+mid+"/update", map[string]string{"message": "<messageML>new</messageML>"}, nil).OK()
	b.Parts("/agent/v4/message/blast", map[string]string{"message": "<messageML>new</messageML>", "sids": im + ",x"}, nil).OK()
	b.Says("bob", "hi @alice")
	form := b.Inbox("bob")[0]
	require.NoError(b, b.Submits("bob", form, "create-room", "submit", map[string]any{"roomName": "x"}))
	b.Post("/pod/v1/admin/messagesuppression/"+mid+"/suppress", nil).OK()
	b.Read(feed, "")
	b.Post("/agent/v1/util/echo", map[string]string{"message": "x"}).OK()
	for _, path := range []string{"/agent/v3/health", "/agent/v3/health/extended", "/agent/v1/info"} {
		b.Get(path).OK()
	}
}

func (b *bundle) tourGroups(bob int64) {
	b.Helper()
	b.Get("/v1/groups/sdl/list")
	b.Get(fmt.Sprintf("/v1/groups/sdl/%d", b.Group("Research"))).OK()
	b.Get("/profile-manager/v1/types")
	b.Tokens["Authorization"] = "Bearer " + b.AccessToken()
	body := map[string]any{"type": "SDL", "ownerType": "TENANT", "ownerId": 103, "name": "Desk", "profile": map[string]any{"displayName": "Desk"}}
	made := b.Post("/profile-manager/v1/groups", body).Object()
	path := "/profile-manager/v1/groups/" + made["id"].(string)
	b.Post(path+"/member", map[string]any{"member": map[string]any{"memberTenant": 103, "memberId": bob}}).OK()
	b.Post(path+"/avatar", map[string]string{"image": "R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="}).OK()
	b.Tokens["If-Match"] = b.Get(path).OK()["eTag"].(string)
	b.Call("PUT", path, body).OK()
	b.Call("PUT", path, body)
	b.Get("/profile-manager/v1/groups/type/SDL?limit=2").OK()
	b.Get("/profile-manager/v1/types").OK()
	b.Get("/profile-manager/v1/types/SDL").OK()
	b.Get("/profile-manager/v1/types/none")
}
