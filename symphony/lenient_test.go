package symphony_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/symphony"
)

// TestFlagsAndNumbersAsText has values as some recorded answers quote them.
func TestFlagsAndNumbersAsText(t *testing.T) {
	t.Parallel()
	at := time.UnixMilli(1717000190000).UTC()

	t.Run("room", func(t *testing.T) {
		t.Parallel()
		p := newPod(t)
		p.answer("GET /pod/v3/room/{id}/info", 200, `{"roomAttributes":{"name":"Q3 desk","membersCanInvite":"true","discoverable":"TRUE",
			"public":"false","readOnly":"true","copyProtected":"true","crossPod":"true","viewHistory":"true","multiLateralRoom":"true",
			"pinnedMessageId":"p+/="},"roomSystemInfo":{"id":"r","creationDate":"1717000190000","createdByUserId":"7","active":"true"},
			"groups":[{"id":"8","addedBy":"7"}]}`)
		got, err := p.client().Room(t.Context(), "r")
		require.NoError(t, err)
		require.Equal(t, symphony.Room{
			ID: "r", CreatedAt: at, CreatedBy: 7, Active: true, Groups: []symphony.RoomGroup{{ID: 8, AddedBy: 7}},
			Attributes: symphony.RoomAttributes{
				Name: "Q3 desk", MembersCanInvite: true, Discoverable: true, ReadOnly: true, CopyProtected: true, CrossPod: true,
				ViewHistory: true, MultiLateral: true, PinnedMessage: "p-_",
			},
		}, got)
	})

	t.Run("member, connection and agent", func(t *testing.T) {
		t.Parallel()
		p := newPod(t)
		p.answer("GET /pod/v2/room/{id}/membership/list", 200, `[{"id":"7","owner":"true","joinDate":"1717000190000"}]`)
		p.answer("GET /pod/v1/connection/user/{userId}/info", 200, `{"userId":"7","status":"ACCEPTED","requestCounter":"3"}`)
		p.answer("GET /agent/v1/info", 200, `{"onPrem":"true","version":"Agent-2.57.2"}`)
		c := p.client()
		members, err := c.Members(t.Context(), "r")
		require.NoError(t, err)
		require.Equal(t, []symphony.Member{{User: 7, Owner: true, JoinedAt: at}}, members)
		connection, err := c.Connection(t.Context(), 7)
		require.NoError(t, err)
		require.Equal(t, symphony.Connection{User: 7, Status: symphony.Accepted, Requests: 3}, connection)
		agent, err := c.AgentInfo(t.Context())
		require.NoError(t, err)
		require.Equal(t, symphony.AgentInfo{OnPrem: true, Version: "Agent-2.57.2"}, agent)
	})

	t.Run("message", func(t *testing.T) {
		t.Parallel()
		p := newPod(t)
		p.answer("GET /agent/v1/message/{id}", 200, `{"messageId":"m","timestamp":"1717000190000","silent":"true","externalRecipients":"true",
			"user":{"userId":"7"},"stream":{"streamId":"s","external":"true","crossPod":"true","recipientTenantIds":["103",190]},
			"attachments":[{"id":"a","name":"b.csv","size":"66"}]}`)
		got, err := p.client().Message(t.Context(), "m")
		require.NoError(t, err)
		require.Equal(t, symphony.Message{
			ID: "m", Time: at, Silent: true, ExternalRecipients: true, From: symphony.Participant{ID: 7},
			Stream:      symphony.Conversation{ID: "s", External: true, CrossPod: true, Tenants: []int64{103, 190}},
			Attachments: []symphony.File{{ID: "a", Name: "b.csv", Size: 66}},
		}, got)
	})

	t.Run("events", func(t *testing.T) {
		t.Parallel()
		updated := symphony.ParseEvent([]byte(`{"type":"ROOMUPDATED","timestamp":"1717000190000","payload":{"roomUpdated":{
			"stream":{"streamId":"s","external":"false"},"newRoomProperties":{"name":"Q3","public":"true","canViewHistory":"true"}}}}`))
		require.Equal(t, symphony.RoomUpdated{
			EventHead: symphony.EventHead{Time: at}, Stream: symphony.Conversation{ID: "s"},
			Room: symphony.RoomProperties{Name: "Q3", Public: true, ViewHistory: true},
		}, updated)
		system := symphony.ParseEvent([]byte(`{"type":"GENERICSYSTEMEVENT","payload":{"genericSystemEvent":{"eventTimestamp":"5"}}}`))
		require.Equal(t, symphony.SystemEvent{At: 5}, system)
	})

	t.Run("what is neither is refused", func(t *testing.T) {
		t.Parallel()
		for _, flag := range []string{`"crossPod"`, `1`, `{}`} {
			var a symphony.RoomAttributes
			require.ErrorContains(t, json.Unmarshal([]byte(`{"crossPod":`+flag+`}`), &a), "neither true nor false")
		}
	})

	t.Run("errors quote nothing of the answer, since they are logged", func(t *testing.T) {
		t.Parallel()
		p := newPod(t)
		p.answer("GET /pod/v3/users", 200, `{"users":[{"id":"Falcon"},{"id":1,"displayName":["Falcon"]}],"errors":[{"error":"Project Falcon is unknown"}]}`)
		p.answer("POST /pod/v3/room/search", 200, `{"count":"Project Falcon","rooms":[]}`)
		var log logbook
		_, err := p.client().UsersByID(log.context(t.Context()), 1)
		require.NoError(t, err)
		require.Contains(t, log.text.String(), "entries of an answer could not be read")
		require.NotContains(t, log.text.String(), "Falcon")
		for _, err := range p.client().SearchRooms(t.Context(), symphony.RoomQuery{Text: "x"}) {
			require.ErrorContains(t, err, "not a whole number")
			require.NotContains(t, err.Error(), "Falcon")
		}
	})

	t.Run("the life of an access token may be unreadable", func(t *testing.T) {
		t.Parallel()
		for _, life := range []string{`"300"`, `"expires_in"`, `null`} {
			p := newPod(t)
			p.answer("POST /login/idm/tokens", 200, `{"access_token":"a","expires_in":`+life+`}`)
			p.answer(groupsOfType, 200, `{"data":[]}`)
			require.Empty(t, collect(t, p.client().Groups(t.Context(), "SDL")))
		}
	})
}
