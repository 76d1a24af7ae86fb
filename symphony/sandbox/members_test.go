package sandbox_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/symphony/sandbox/client"
)

func TestMembersAreAddedPromotedDemotedAndRemoved(t *testing.T) {
	b := loggedIn(t)
	id, bob := b.room(map[string]any{"name": "Desk"}), b.id("bob")
	feed := b.feed()
	change := func(what string, who int64) reply {
		return b.post("/pod/v1/room/"+id+"/membership/"+what, map[string]int64{"id": who})
	}
	require.Equal(t, map[string]any{"format": "TEXT", "message": "Member added"}, change("add", bob).ok())
	require.Equal(t, "Member added", change("add", bob).ok()["message"], "adding twice changes nothing")
	require.Equal(t, "Member promoted to owner", change("promoteOwner", bob).ok()["message"])
	require.Equal(t, "Owner demoted", change("demoteOwner", bob).ok()["message"])
	require.Contains(t, change("demoteOwner", b.id("roombot")).requireRefusal(http.StatusBadRequest), "last owner")
	change("promoteOwner", b.id("carol")).requireRefusal(http.StatusBadRequest)
	require.Equal(t, "Member removed", change("remove", bob).ok()["message"])
	require.Equal(t, []string{"USERJOINEDROOM", "ROOMMEMBERPROMOTEDTOOWNER", "ROOMMEMBERDEMOTEDFROMOWNER", "USERLEFTROOM"},
		b.read(feed, "").types())
}

func TestMembersThatARuleRefuses(t *testing.T) {
	b := loggedIn(t)
	internal := b.room(map[string]any{"name": "internal"})
	external := b.room(map[string]any{"name": "external", "crossPod": true})
	sales := b.room(map[string]any{"name": "sales"})
	require.Equal(t, http.StatusOK, b.add(sales, b.id("alice")).status)

	b.add(internal, 12345).requireRefusal(http.StatusBadRequest)
	require.Contains(t, b.add(internal, b.id("dana")).requireRefusal(http.StatusBadRequest), "disabled")
	require.Contains(t, b.add(internal, b.id("eve")).requireRefusal(http.StatusForbidden), "internal")
	require.Equal(t, http.StatusOK, b.add(external, b.id("eve")).status)
	require.Contains(t, b.add(external, b.id("mallory")).requireRefusal(http.StatusForbidden), "not connected")
	require.Contains(t, b.add(sales, b.id("ravi")).requireRefusal(http.StatusForbidden), "barrier")
}

func TestAddingAGroupAddsItsPeopleThroughIt(t *testing.T) {
	b := loggedIn(t)
	id := b.room(map[string]any{"name": "Desk"})
	require.Equal(t, http.StatusOK, b.add(id, b.id("bob")).status)
	list := b.group("Test Group")
	require.Equal(t, http.StatusOK, b.add(id, list).status)

	members := b.get("/pod/v2/room/" + id + "/membership/list").list()
	require.Len(t, members, 4, "the bot, bob, alice and carol; not the list itself")
	room := b.roomNamed("Desk")
	require.Equal(t, []client.RoomGroup{{ID: list, AddedBy: b.id("roombot")}}, room.Groups)
	for _, username := range []string{"alice", "bob", "carol"} {
		m, ok := room.Member(username)
		require.True(t, ok)
		require.Equal(t, []string{"Test Group"}, m.Through)
	}
	info := b.get("/pod/v3/room/" + id + "/info").ok()
	require.Len(t, info["groups"], 1)

	b.post("/pod/v1/room/"+id+"/membership/remove", map[string]int64{"id": list}).ok()
	require.Equal(t, []client.Member{{Username: "roombot", Owner: true}, {Username: "bob"}}, b.membersOf("Desk"),
		"who was added by name stays")
}

// group gives the id under which rooms know a list.
func (b *bundle) group(name string) int64 {
	b.Helper()
	for _, g := range b.get("/sandbox/v1/people").ok()["groups"].([]any) {
		if g := g.(map[string]any); g["name"] == name {
			return int64(g["profileId"].(float64))
		}
	}
	require.Fail(b, "no group "+name)
	return 0
}

func TestAGroupBehindTheBarrierStaysOut(t *testing.T) {
	b := loggedIn(t)
	id := b.room(map[string]any{"name": "Desk"})
	require.Equal(t, http.StatusOK, b.add(id, b.group("Equities Sales")).status)
	require.Contains(t, b.add(id, b.group("Research")).requireRefusal(http.StatusForbidden), "barrier")
}

func TestMembersInviteOnlyWhereTheRoomAllowsIt(t *testing.T) {
	b := loggedIn(t)
	for name, may := range map[string]bool{"open": true, "closed": false} {
		id := b.room(map[string]any{"name": name, "membersCanInvite": may})
		require.Equal(t, http.StatusOK, b.add(id, b.id("bob")).status)
		b.post("/pod/v1/room/"+id+"/membership/promoteOwner", map[string]int64{"id": b.id("bob")}).ok()
		b.post("/pod/v1/room/"+id+"/membership/demoteOwner", map[string]int64{"id": b.id("roombot")}).ok()
		got := b.add(id, b.id("carol"))
		require.Equal(t, map[bool]int{true: http.StatusOK, false: http.StatusForbidden}[may], got.status, name)
	}
}

func TestThreeCompaniesNeedAMultilateralRoom(t *testing.T) {
	b := loggedIn(t)
	b.post("/pod/v1/connection/create", map[string]int64{"userId": b.id("mallory")}).ok()
	b.post("/sandbox/v1/connect", map[string]string{"as": "mallory", "with": "roombot", "action": "accept"}).ok()
	two := b.room(map[string]any{"name": "two", "crossPod": true})
	require.Equal(t, http.StatusOK, b.add(two, b.id("eve")).status)
	b.add(two, b.id("mallory")).requireRefusal(http.StatusForbidden)
	three := b.room(map[string]any{"name": "three", "crossPod": true, "multiLateralRoom": true})
	require.Equal(t, http.StatusOK, b.add(three, b.id("eve")).status)
	require.Equal(t, http.StatusOK, b.add(three, b.id("mallory")).status)
}

func TestTheOldestPersonBecomesOwnerWhenTheLastOneLeaves(t *testing.T) {
	b := loggedIn(t)
	id := b.room(map[string]any{"name": "Desk"})
	for _, username := range []string{"bob", "carol"} {
		require.Equal(t, http.StatusOK, b.add(id, b.id(username)).status)
	}
	b.post("/pod/v1/room/"+id+"/membership/remove", map[string]int64{"id": b.id("roombot")}).ok()
	require.Equal(t, []client.Member{{Username: "bob", Owner: true}, {Username: "carol"}}, b.membersOf("Desk"))
}
