package podtest

import (
	"github.com/stretchr/testify/require"
)

// Room makes a room and gives its id.
func (b *Bundle) Room(attributes map[string]any) string {
	b.Helper()
	return b.CreateRoom(attributes).OK()["roomSystemInfo"].(map[string]any)["id"].(string)
}

// CreateRoom calls createRoom.
func (b *Bundle) CreateRoom(attributes map[string]any) Reply {
	b.Helper()
	return b.Post("/pod/v3/room/create", attributes)
}

// Add calls addMember.
func (b *Bundle) Add(room string, id int64) Reply {
	b.Helper()
	return b.Post("/pod/v1/room/"+room+"/membership/add", map[string]int64{"id": id})
}

// Group gives the id under which rooms know a list.
func (b *Bundle) Group(name string) int64 {
	b.Helper()
	for _, g := range b.Get("/sandbox/v1/people").OK()["groups"].([]any) {
		if g := g.(map[string]any); g["name"] == name {
			return int64(g["profileId"].(float64))
		}
	}
	require.Fail(b, "no group "+name)
	return 0
}

// AccessToken gets a token for the profile manager.
func (b *Bundle) AccessToken() string {
	b.Helper()
	got := b.Post("/login/idm/tokens?scope=profile-manager", nil).OK()
	require.Equal(b, "Bearer", got["token_type"])
	require.InDelta(b, 300, got["expires_in"], 0)
	return got["access_token"].(string)
}

// RoomForm is a message with a form.
const RoomForm = `<messageML><form id="create-room"><text-field name="roomName" required="true"/>
<person-selector name="members"/><checkbox name="history" value="yes">Share history</checkbox>
<button name="submit" type="action">Create</button></form></messageML>`
