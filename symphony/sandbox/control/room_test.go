package control_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPeopleMakeAndChangeRooms(t *testing.T) {
	b := loggedIn(t)
	made := b.Post("/sandbox/v1/rooms", map[string]any{
		"as": "carol", "name": "Rates", "members": []string{"kim"}, "keywords": []map[string]string{{"key": "team", "value": "fx"}},
	}).OK()
	require.Equal(t, float64(b.ID("carol")), made["createdBy"])
	room := "/sandbox/v1/rooms/" + made["streamId"].(string)
	changed := b.Post(room, map[string]any{"as": "carol", "name": "FX rates", "keywords": []map[string]string{{"key": "desk", "value": "2"}}}).OK()
	require.Equal(t, "FX rates", changed["name"])
	require.Equal(t, []any{map[string]any{"key": "desk", "value": "2"}}, changed["keywords"])

	require.Contains(t, b.Post(room, map[string]any{"as": "kim", "name": "Kim's"}).Refused(403), "entitlement", "no owner")
	b.Post(room, map[string]any{"as": "carol"}).Refused(400)
	b.Post("/sandbox/v1/rooms/none", map[string]any{"as": "carol", "name": "X"}).Refused(400)
	b.Post("/sandbox/v1/rooms", map[string]any{"as": "carol", "name": "fx RATES"}).Refused(400)
	b.Post("/sandbox/v1/rooms", map[string]any{"as": "nobody", "name": "X"}).Refused(404)
	b.Post("/sandbox/v1/rooms", map[string]any{"as": "carol", "name": "X", "members": []string{"nobody"}}).Refused(404)
	require.Contains(t, b.Post("/sandbox/v1/rooms", map[string]any{"as": "carol", "name": "X", "members": []string{"eve"}}).Refused(403),
		"The room was made, but not everybody was added")
	b.Post("/sandbox/v1/rooms", map[string]any{"as": "carol", "name": "X", "members": []string{"dana"}}).Refused(400)
}
