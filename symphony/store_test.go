package symphony_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/symphony"
)

// storeAndLoad is v after it was kept as JSON.
func storeAndLoad[T any](t *testing.T, v T) T {
	t.Helper()
	kept, err := json.Marshal(v)
	require.NoError(t, err)
	var again T
	require.NoError(t, json.Unmarshal(kept, &again))
	return again
}

func TestValuesOfTheClientCanBeStored(t *testing.T) {
	t.Parallel()
	at := time.UnixMilli(1717000190000).UTC()
	room := symphony.Room{
		ID: "r", Attributes: symphony.RoomAttributes{Name: "Q3 desk", MultiLateral: true}, CreatedAt: at, CreatedBy: 7, Active: true,
		Groups: []symphony.RoomGroup{{ID: 8, AddedBy: 7}},
	}
	require.Equal(t, room, storeAndLoad(t, room))
	member := symphony.Member{User: 7, Owner: true, JoinedAt: at, Through: []symphony.UserID{8}}
	require.Equal(t, member, storeAndLoad(t, member))
	group := symphony.Group{ID: "g", Name: "FX", ProfileID: 8, Members: []symphony.GroupMember{{User: 7, Tenant: 103}}, UpdatedAt: at}
	require.Equal(t, group, storeAndLoad(t, group))
	message := symphony.Message{ID: "m", From: symphony.Participant{ID: 7}, Stream: symphony.Conversation{ID: "s"}, Time: at}
	require.Equal(t, message, storeAndLoad(t, message))
	user := symphony.User{ID: 7, DisplayName: "Ana Ruiz"}
	require.Equal(t, user, storeAndLoad(t, user))
	stream := symphony.Stream{ID: "s", Type: symphony.IM, Members: []symphony.UserID{7}}
	require.Equal(t, stream, storeAndLoad(t, stream))
	connection := symphony.Connection{User: 7, Status: symphony.Accepted, UpdatedAt: at}
	require.Equal(t, connection, storeAndLoad(t, connection))
}

func TestJSONOfAnOutgoingMessage(t *testing.T) {
	t.Parallel()
	full := symphony.Outgoing{
		MessageML: "<messageML>hi</messageML>", Data: `{"a":{}}`, Silent: true,
		Attachments: []symphony.Attachment{{Name: "a.csv", ContentType: "text/csv", Content: []byte("1,2")}},
	}
	for shape, m := range map[string]symphony.Outgoing{
		`{"messageML":"\u003cmessageML\u003ehi\u003c/messageML\u003e","data":"{\"a\":{}}",` +
			`"attachments":[{"name":"a.csv","contentType":"text/csv","content":"MSwy"}],"silent":true}`: full,
		`{"messageML":"x"}`: {MessageML: "x"},
		`{}`:                {},
	} {
		kept, err := json.Marshal(m)
		require.NoError(t, err)
		require.Equal(t, shape, string(kept), "the shape is stored: a change needs a new field")
		require.Equal(t, m, storeAndLoad(t, m))
	}

	t.Run("JSON without tags is read", func(t *testing.T) {
		t.Parallel()
		var m symphony.Outgoing
		require.NoError(t, json.Unmarshal([]byte(`{"MessageML":"<messageML>hi</messageML>","Data":"{\"a\":{}}",`+
			`"Attachments":[{"Name":"a.csv","ContentType":"text/csv","Content":"MSwy"}],"Silent":true}`), &m))
		require.Equal(t, full, m)
	})
}
