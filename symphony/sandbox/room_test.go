package sandbox_test

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/symphony/sandbox/client"
)

func TestARoomIsCreatedWithItsAttributes(t *testing.T) {
	b := loggedIn(t)
	feed := b.Feed()
	got := b.CreateRoom(map[string]any{
		"name": "Q2 Earnings", "description": "plans", "keywords": []map[string]string{{"key": "desk", "value": "fx"}},
		"membersCanInvite": true, "unknownField": 1,
	}).OK()
	attributes, system := got["roomAttributes"].(map[string]any), got["roomSystemInfo"].(map[string]any)
	require.Equal(t, "Q2 Earnings", attributes["name"])
	require.Equal(t, true, attributes["membersCanInvite"])
	require.Equal(t, false, attributes["public"])
	require.True(t, strings.HasSuffix(system["id"].(string), "dA"), "the id of a stream")
	require.NotContains(t, got, "groups")

	read := b.Read(feed, "")
	require.Equal(t, []string{"ROOMCREATED"}, read.Types())
	require.Contains(t, read.Events[0].Payload, "roomCreated")
	require.True(t, strings.HasSuffix(read.Events[0].MessageID, "bw"), "the id of a system message")
	require.Equal(t, b.ID("roombot"), read.Events[0].Initiator.User.UserID)

	require.Equal(t, []client.Member{{Username: "roombot", Owner: true}}, b.MembersOf("q2earnings"))
	require.Equal(t, []client.Keyword{{Key: "desk", Value: "fx"}}, b.RoomNamed("q2earnings").Keywords)
}

func TestRoomNamesAreUniqueWithoutCaseAndBlanks(t *testing.T) {
	b := loggedIn(t)
	b.Room(map[string]any{"name": "Room 1"})
	for _, name := range []string{"Room 1", "R O O M 1", "room1"} {
		require.Contains(t, b.CreateRoom(map[string]any{"name": name}).Refused(http.StatusBadRequest), "Please choose another name.")
	}
}

func TestRoomsThatTheServiceRefuses(t *testing.T) {
	b := loggedIn(t)
	for reason, attributes := range map[string]map[string]any{
		"a name of fifty characters":    {"name": strings.Repeat("é", 50)},
		"public without history":        {"name": "a", "public": true, "viewHistory": false},
		"public but hidden":             {"name": "a", "public": true, "discoverable": false},
		"public with closed doors":      {"name": "a", "public": true, "membersCanInvite": false},
		"external and public":           {"name": "a", "crossPod": true, "public": true, "viewHistory": true, "discoverable": true, "membersCanInvite": true},
		"external and discoverable":     {"name": "a", "crossPod": true, "discoverable": true},
		"external and read-only":        {"name": "a", "crossPod": true, "readOnly": true},
		"external with shared history":  {"name": "a", "crossPod": true, "viewHistory": true},
		"multilateral and not external": {"name": "a", "multiLateralRoom": true},
		"a keyword without a value":     {"name": "a", "keywords": []map[string]string{{"key": "k"}}},
		"a keyword with an exclamation": {"name": "a", "keywords": []map[string]string{{"key": "k!", "value": "v"}}},
	} {
		t.Run(reason, func(t *testing.T) { b.CreateRoom(attributes).Refused(http.StatusBadRequest) })
	}
	b.Room(map[string]any{"name": strings.Repeat("é", 49)})
	b.Room(map[string]any{"name": "open", "public": true, "viewHistory": true, "discoverable": true, "membersCanInvite": true})
	b.Room(map[string]any{"name": "omitted", "public": true})
	require.Len(t, b.Rooms(), 3)
}

func TestOnlyOwnersUpdateARoomAndCopyProtectionStays(t *testing.T) {
	b := loggedIn(t)
	id := b.Room(map[string]any{"name": "Desk"})
	update := func(changes map[string]any) reply { return b.Post("/pod/v3/room/"+id+"/update", changes) }
	got := update(map[string]any{"name": "Desk 2", "copyProtected": true}).OK()
	require.Equal(t, "Desk 2", got["roomAttributes"].(map[string]any)["name"])
	update(map[string]any{"copyProtected": false}).Refused(http.StatusBadRequest)
	update(map[string]any{"public": true}).Refused(http.StatusBadRequest)
	update(nil).Refused(http.StatusBadRequest)

	require.Equal(t, http.StatusOK, b.Add(id, b.ID("bob")).Status)
	b.Post("/pod/v1/room/"+id+"/membership/promoteOwner", map[string]int64{"id": b.ID("bob")}).OK()
	b.Post("/pod/v1/room/"+id+"/membership/demoteOwner", map[string]int64{"id": b.ID("roombot")}).OK()
	require.Contains(t, update(map[string]any{"name": "Desk 3"}).Refused(http.StatusForbidden), "entitlement")
}

func TestIDsAreAcceptedInEveryAlphabet(t *testing.T) {
	b := loggedIn(t)
	id := b.Room(map[string]any{"name": "Desk"})
	raw, err := base64.RawURLEncoding.DecodeString(id)
	require.NoError(t, err)
	standard := base64.StdEncoding.EncodeToString(raw)
	for _, form := range []string{id, id + "==", url.PathEscape(standard), url.PathEscape(strings.TrimRight(standard, "="))} {
		got := b.Get("/pod/v3/room/" + form + "/info/").OK()
		require.Equal(t, id, got["roomSystemInfo"].(map[string]any)["id"])
	}
	b.Get("/pod/v3/room/nonsense/info").Refused(http.StatusBadRequest)
}

func (b *bundle) search(query map[string]any) (names []string, result map[string]any) {
	b.Helper()
	result = b.Post("/pod/v3/room/search", query).OK()
	names = []string{}
	for _, room := range result["rooms"].([]any) {
		names = append(names, room.(map[string]any)["roomAttributes"].(map[string]any)["name"].(string))
	}
	return names, result
}

func TestSearchFindsByNameAndByKeyword(t *testing.T) {
	b := loggedIn(t)
	id := b.Room(map[string]any{"name": "Alpha", "keywords": []map[string]string{{"key": "roombot-request", "value": "r-17"}}})
	b.Room(map[string]any{"name": "Beta"})

	names, result := b.search(map[string]any{"query": "alpha"})
	require.Equal(t, []string{"Alpha"}, names)
	found := result["rooms"].([]any)[0].(map[string]any)["roomSystemInfo"].(map[string]any)["id"].(string)
	raw, err := base64.StdEncoding.DecodeString(found)
	require.NoError(t, err, "search answers in the standard alphabet")
	require.Equal(t, id, base64.RawURLEncoding.EncodeToString(raw))

	for _, query := range []map[string]any{
		{"query": "r-17", "labels": []string{"roombot-request"}},
		{"query": "r-17", "searchFields": []string{"keywords_value"}},
		{"query": "r-17", "labels": []string{"roombot-request"}, "searchFields": []string{"keywords_value"}},
	} {
		names, _ = b.search(query)
		require.Equal(t, []string{"Alpha"}, names)
	}
	names, _ = b.search(map[string]any{"query": "r-17"})
	require.Empty(t, names, "values are found through their labels")
	b.Post("/pod/v3/room/search", map[string]any{}).Refused(http.StatusBadRequest)
}

func TestAFaultDelaysTheRoomSearch(t *testing.T) {
	b := loggedIn(t)
	b.AddFault(client.Fault{Kind: "search-lag", Delay: "1h"})
	b.Room(map[string]any{"name": "Alpha"})
	names, _ := b.search(map[string]any{"query": "Alpha"})
	require.Empty(t, names)
	b.Advance(time.Hour)
	names, _ = b.search(map[string]any{"query": "Alpha"})
	require.Equal(t, []string{"Alpha"}, names)
}

func TestADeactivatedRoomIsLocked(t *testing.T) {
	b := loggedIn(t)
	id := b.Room(map[string]any{"name": "Desk"})
	feed := b.Feed()
	got := b.Post("/pod/v1/room/"+id+"/setActive?active=false", nil).OK()
	require.Equal(t, false, got["roomSystemInfo"].(map[string]any)["active"])
	require.Contains(t, got, "immutableRoomAttributes")
	b.Add(id, b.ID("bob")).Refused(http.StatusBadRequest)
	b.Message(id, "<messageML>hi</messageML>", "").Refused(http.StatusForbidden)
	b.Post("/pod/v3/room/"+id+"/update", map[string]any{"name": "x"}).Refused(http.StatusBadRequest)
	b.Post("/pod/v1/room/"+id+"/setActive?active=true", nil).OK()
	require.Equal(t, http.StatusOK, b.Add(id, b.ID("bob")).Status)
	require.Equal(t, []string{"ROOMDEACTIVATED", "ROOMREACTIVATED", "USERJOINEDROOM"}, b.Read(feed, "").Types())
}

func TestRightsCanBeTakenAway(t *testing.T) {
	b := loggedIn(t)
	b.Post("/sandbox/v1/rights", map[string]bool{"createPublicRoom": false, "externalRooms": false}).OK()
	b.CreateRoom(map[string]any{"name": "a", "public": true, "viewHistory": true, "discoverable": true, "membersCanInvite": true}).Refused(http.StatusForbidden)
	b.CreateRoom(map[string]any{"name": "b", "crossPod": true}).Refused(http.StatusForbidden)
	b.Room(map[string]any{"name": "c"})
}
