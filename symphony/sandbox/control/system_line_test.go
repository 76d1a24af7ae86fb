package control_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// lines are the system lines that somebody reads in a room, oldest first, each as "kind who whom
// name".
func (b *bundle) lines(who, room string) []string {
	b.Helper()
	names := map[float64]string{0: ""}
	for _, username := range []string{"carol", "kim", "alice"} {
		names[float64(b.ID(username))] = username
	}
	read := []string{}
	for _, one := range b.Get("/sandbox/v1/chats/" + room + "?as=" + who).OK()["lines"].([]any) {
		line := one.(map[string]any)
		user, _ := line["user"].(float64)
		name, _ := line["name"].(string)
		read = append(read, strings.TrimSpace(strings.Join([]string{line["kind"].(string), names[line["by"].(float64)], names[user], name}, " ")))
	}
	return read
}

func TestARoomShowsWhoMadeItWhoCameAndWhoLeft(t *testing.T) {
	b := loggedIn(t)
	made := b.Post("/sandbox/v1/rooms", map[string]any{"as": "carol", "name": "Rates", "members": []string{"kim", "alice"}}).OK()
	room := made["streamId"].(string)
	b.Post("/sandbox/v1/rooms/"+room, map[string]any{"as": "carol", "name": "FX rates"}).OK()
	b.Post("/sandbox/v1/rooms/"+room, map[string]any{"as": "carol", "keywords": []map[string]string{{"key": "team", "value": "fx"}}}).OK()
	b.Post("/sandbox/v1/leave", map[string]any{"as": "alice", "streamId": room}).OK()

	require.Equal(t, []string{
		"roomCreated carol  Rates",
		"userJoinedRoom carol kim",
		"userJoinedRoom carol alice",
		"roomUpdated carol  FX rates",
		"roomUpdated carol",
		"userLeftRoom alice alice",
	}, b.lines("carol", room))
}

func TestWhoComesLaterReadsWhatTheRoomShowedBeforeOnlyWhereHistoryIsShared(t *testing.T) {
	b := loggedIn(t)
	for shared, want := range map[bool][]string{
		true:  {"roomCreated", "userJoinedRoom", "roomMemberPromotedToOwner"},
		false: {"userJoinedRoom", "roomMemberPromotedToOwner"},
	} {
		made := b.Post("/pod/v3/room/create", map[string]any{"name": fmt.Sprintf("Shared %v", shared), "description": "d", "viewHistory": shared}).OK()
		room := made["roomSystemInfo"].(map[string]any)["id"].(string)
		b.Post("/sandbox/v1/clock", map[string]any{"advance": "1m"}).OK()
		b.Post("/pod/v1/room/"+room+"/membership/add", map[string]any{"id": b.ID("alice")}).OK()
		b.Post("/pod/v1/room/"+room+"/membership/promoteOwner", map[string]any{"id": b.ID("alice")}).OK()
		kinds := []string{}
		for _, line := range b.lines("alice", room) {
			kinds = append(kinds, strings.Fields(line)[0])
		}
		require.Equal(t, want, kinds, "history shared: %v", shared)
	}
}
