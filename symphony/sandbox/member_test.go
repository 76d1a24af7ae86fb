package sandbox_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/symphony/sandbox/client"
)

func TestMembersAreAddedPromotedDemotedAndRemoved(t *testing.T) {
	b := loggedIn(t)
	id, bob := b.Room(map[string]any{"name": "Desk"}), b.ID("bob")
	feed := b.Feed()
	change := func(what string, who int64) reply {
		return b.Post("/pod/v1/room/"+id+"/membership/"+what, map[string]int64{"id": who})
	}
	require.Equal(t, map[string]any{"format": "TEXT", "message": "Member added"}, change("add", bob).OK())
	require.Contains(t, change("add", bob).OK()["message"], "Member already part of the room", "adding twice changes nothing")
	require.Equal(t, "Member promoted to owner", change("promoteOwner", bob).OK()["message"])
	require.Equal(t, "Owner demoted", change("demoteOwner", bob).OK()["message"])
	require.Contains(t, change("demoteOwner", b.ID("roombot")).Refused(http.StatusBadRequest), "last owner")
	change("promoteOwner", b.ID("carol")).Refused(http.StatusBadRequest)
	require.Equal(t, "Member removed", change("remove", bob).OK()["message"])
	require.Equal(t, []string{"USERJOINEDROOM", "ROOMMEMBERPROMOTEDTOOWNER", "ROOMMEMBERDEMOTEDFROMOWNER", "USERLEFTROOM"},
		b.Read(feed, "").Types())
}

func TestMembersThatARuleRefuses(t *testing.T) {
	b := loggedIn(t)
	internal := b.Room(map[string]any{"name": "internal"})
	external := b.Room(map[string]any{"name": "external", "crossPod": true})
	sales := b.Room(map[string]any{"name": "sales"})
	require.Equal(t, http.StatusOK, b.Add(sales, b.ID("alice")).Status)

	b.Add(internal, 12345).Refused(http.StatusBadRequest)
	require.Contains(t, b.Add(internal, b.ID("dana")).Refused(http.StatusBadRequest), "disabled")
	require.Contains(t, b.Add(internal, b.ID("eve")).Refused(http.StatusForbidden), "internal")
	require.Equal(t, http.StatusOK, b.Add(external, b.ID("eve")).Status)
	require.Contains(t, b.Add(external, b.ID("mallory")).Refused(http.StatusForbidden), "not connected")
	require.Contains(t, b.Add(sales, b.ID("ravi")).Refused(http.StatusForbidden), "barrier")
}

func TestAddingAGroupAddsItsPeopleThroughIt(t *testing.T) {
	b := loggedIn(t)
	id := b.Room(map[string]any{"name": "Desk"})
	require.Equal(t, http.StatusOK, b.Add(id, b.ID("bob")).Status)
	list := b.Group("Test Group")
	require.Equal(t, http.StatusOK, b.Add(id, list).Status)

	members := b.Get("/pod/v2/room/" + id + "/membership/list").List()
	require.Len(t, members, 4, "the bot, bob, alice and carol; not the list itself")
	room := b.RoomNamed("Desk")
	require.Equal(t, []client.RoomGroup{{ID: list, AddedBy: b.ID("roombot")}}, room.Groups)
	for _, username := range []string{"alice", "bob", "carol"} {
		m, ok := room.Member(username)
		require.True(t, ok)
		require.Equal(t, []string{"Test Group"}, m.Through)
	}
	info := b.Get("/pod/v3/room/" + id + "/info").OK()
	require.Len(t, info["groups"], 1)

	b.Post("/pod/v1/room/"+id+"/membership/remove", map[string]int64{"id": list}).OK()
	require.Equal(t, []client.Member{{Username: "roombot", Owner: true}, {Username: "bob"}}, b.MembersOf("Desk"),
		"who was added by name stays")
}

func TestAGroupBehindTheBarrierStaysOut(t *testing.T) {
	b := loggedIn(t)
	id := b.Room(map[string]any{"name": "Desk"})
	require.Equal(t, http.StatusOK, b.Add(id, b.Group("Equities Sales")).Status)
	require.Contains(t, b.Add(id, b.Group("Research")).Refused(http.StatusForbidden), "barrier")
}

func TestMembersInviteOnlyWhereTheRoomAllowsIt(t *testing.T) {
	b := loggedIn(t)
	for name, may := range map[string]bool{"open": true, "closed": false} {
		id := b.Room(map[string]any{"name": name, "membersCanInvite": may})
		require.Equal(t, http.StatusOK, b.Add(id, b.ID("bob")).Status)
		b.Post("/pod/v1/room/"+id+"/membership/promoteOwner", map[string]int64{"id": b.ID("bob")}).OK()
		b.Post("/pod/v1/room/"+id+"/membership/demoteOwner", map[string]int64{"id": b.ID("roombot")}).OK()
		got := b.Add(id, b.ID("carol"))
		require.Equal(t, map[bool]int{true: http.StatusOK, false: http.StatusForbidden}[may], got.Status, name)
	}
}

func TestThreeCompaniesNeedAMultilateralRoom(t *testing.T) {
	b := loggedIn(t)
	b.Post("/pod/v1/connection/create", map[string]int64{"userId": b.ID("mallory")}).OK()
	b.Post("/sandbox/v1/connect", map[string]string{"as": "mallory", "with": "roombot", "action": "accept"}).OK()
	two := b.Room(map[string]any{"name": "two", "crossPod": true})
	require.Equal(t, http.StatusOK, b.Add(two, b.ID("eve")).Status)
	b.Add(two, b.ID("mallory")).Refused(http.StatusForbidden)
	three := b.Room(map[string]any{"name": "three", "crossPod": true, "multiLateralRoom": true})
	require.Equal(t, http.StatusOK, b.Add(three, b.ID("eve")).Status)
	require.Equal(t, http.StatusOK, b.Add(three, b.ID("mallory")).Status)
}

func TestTheOldestPersonBecomesOwnerWhenTheLastOneLeaves(t *testing.T) {
	b := loggedIn(t)
	id := b.Room(map[string]any{"name": "Desk"})
	for _, username := range []string{"bob", "carol"} {
		require.Equal(t, http.StatusOK, b.Add(id, b.ID(username)).Status)
	}
	b.Post("/pod/v1/room/"+id+"/membership/remove", map[string]int64{"id": b.ID("roombot")}).OK()
	require.Equal(t, []client.Member{{Username: "bob", Owner: true}, {Username: "carol"}}, b.MembersOf("Desk"))
}
