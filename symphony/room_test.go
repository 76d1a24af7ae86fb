package symphony_test

import (
	"encoding/json"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/symphony"
)

func TestRooms(t *testing.T) {
	t.Parallel()
	t.Run("creating one sends every flag and reads the room", func(t *testing.T) {
		t.Parallel()
		p := newPod(t)
		p.answer(createRoom, 200, room)
		attributes := symphony.RoomAttributes{
			Name: "Q3 desk", Description: "FX planning", MembersCanInvite: true,
			Keywords: []symphony.Keyword{{Key: "desk", Value: "fx"}},
		}
		got, err := p.client().CreateRoom(t.Context(), attributes)
		require.NoError(t, err)
		require.Equal(t, symphony.Room{
			ID: "0u0r8TfV3u4QEtjCHR5NLX___nA60EfPdA", Attributes: attributes, Active: true,
			CreatedAt: time.UnixMilli(1717000190000).UTC(), CreatedBy: 7078106103815,
			Groups: []symphony.RoomGroup{{ID: 7078106104000, AddedBy: 7078106103815}},
		}, got)
		require.JSONEq(t, `{"name":"Q3 desk","description":"FX planning","keywords":[{"key":"desk","value":"fx"}],
			"membersCanInvite":true,"discoverable":false,"public":false,"readOnly":false,"copyProtected":false,
			"crossPod":false,"viewHistory":false,"multiLateralRoom":false}`, p.requestsTo("POST", "/pod/v3/room/create")[0].Body)
	})

	t.Run("both spellings of multiLateralRoom are read", func(t *testing.T) {
		t.Parallel()
		var a symphony.RoomAttributes
		require.NoError(t, json.Unmarshal([]byte(`{"multilateralRoom":true}`), &a))
		require.True(t, a.MultiLateral)
	})

	t.Run("an update sends only what changes", func(t *testing.T) {
		t.Parallel()
		p := newPod(t)
		p.answer("POST /pod/v3/room/{id}/update", 200, room)
		name, no := "Q4 desk", false
		_, err := p.client().UpdateRoom(t.Context(), "r", symphony.RoomUpdate{Name: &name, Discoverable: &no})
		require.NoError(t, err)
		require.JSONEq(t, `{"name":"Q4 desk","discoverable":false}`, p.requestsTo("POST", "/pod/v3/room/r/update")[0].Body)
	})

	t.Run("deactivate", func(t *testing.T) {
		t.Parallel()
		p := newPod(t)
		p.answer("POST /pod/v1/room/{id}/setActive", 200, `{"roomAttributes":{"name":1}}`)
		require.NoError(t, p.client().SetRoomActive(t.Context(), "r", false))
		require.Equal(t, "active=false", p.requestsTo("POST", "/pod/v1/room/r/setActive")[0].Query)
	})

	t.Run("an id cannot leave its place in the path", func(t *testing.T) {
		t.Parallel()
		p := newPod(t)
		c := p.client()
		for _, id := range []symphony.StreamID{"", ".", ".."} {
			_, err := c.Room(t.Context(), id)
			require.Error(t, err)
		}
		_, err := c.Room(t.Context(), "../../v3/room/create?x=")
		require.ErrorIs(t, err, symphony.ErrNotFound)
		for _, r := range p.requests {
			require.NotEqual(t, "/pod/v3/room/create", r.Path)
		}
	})
}

// serveRooms serves n rooms in pages of at most limit.
func serveRooms(n, limit int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		skip, _ := strconv.Atoi(r.URL.Query().Get("skip"))
		asked, _ := strconv.Atoi(r.URL.Query().Get("limit"))
		rooms := []map[string]any{}
		for i := skip; i < min(n, skip+min(asked, limit)); i++ {
			rooms = append(rooms, map[string]any{"roomSystemInfo": map[string]any{"id": strconv.Itoa(i), "active": true}})
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"count": n, "rooms": rooms})
	}
}

func TestSearchRooms(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ rooms, limit, calls int }{
		"none": {0, 100, 1}, "one page": {7, 100, 1}, "two pages": {150, 100, 2},
		"an exact page is followed by an empty one":        {100, 100, 2},
		"a server that cuts its pages shorter is followed": {120, 50, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPod(t)
			p.on("POST /pod/v3/room/search", serveRooms(tc.rooms, tc.limit))
			rooms := collect(t, p.client().SearchRooms(t.Context(), symphony.RoomQuery{Text: "desk"}))
			require.Len(t, rooms, tc.rooms)
			require.Len(t, p.requestsTo("POST", "/pod/v3/room/search"), tc.calls)
		})
	}

	t.Run("all restrictions are sent", func(t *testing.T) {
		t.Parallel()
		p := newPod(t)
		p.on("POST /pod/v3/room/search", serveRooms(0, 1))
		collect(t, p.client().SearchRooms(t.Context(), symphony.RoomQuery{
			Text: "4711", Labels: []string{"roombot-request"}, SearchFields: []string{"keywords_value"}, Creator: 7, OnlyActive: true,
			NonDiscoverable: true, PageSize: 10,
		}))
		got := p.requestsTo("POST", "/pod/v3/room/search")[0]
		require.Equal(t, "includeNonDiscoverable=true&limit=10&skip=0", got.Query)
		require.JSONEq(t, `{"query":"4711","labels":["roombot-request"],"searchFields":["keywords_value"],"active":true,"creator":{"id":7}}`, got.Body)
	})

	t.Run("an early stop asks for no more pages", func(t *testing.T) {
		t.Parallel()
		p := newPod(t)
		p.on("POST /pod/v3/room/search", serveRooms(500, 100))
		for _, err := range p.client().SearchRooms(t.Context(), symphony.RoomQuery{}) {
			require.NoError(t, err)
			break
		}
		require.Len(t, p.requestsTo("POST", "/pod/v3/room/search"), 1)
	})
}

func TestMembers(t *testing.T) {
	t.Parallel()
	p := newPod(t)
	for _, verb := range []string{"add", "remove", "promoteOwner", "demoteOwner"} {
		p.answer("POST /pod/v1/room/{id}/membership/"+verb, 200, `{"format":"TEXT","message":"done"}`)
	}
	p.answer("GET /pod/v2/room/{id}/membership/list", 200, `[{"id":7078106103815,"owner":true,"joinDate":1717000190000},
		{"id":7078106103902,"owner":false,"joinDate":1717000200000,"addedThroughGroups":[7078106104000]}]`)
	c := p.client()
	require.NoError(t, c.AddMember(t.Context(), "r", 7078106103902))
	require.NoError(t, c.RemoveMember(t.Context(), "r", 7078106103902))
	require.NoError(t, c.PromoteOwner(t.Context(), "r", 7078106103902))
	require.NoError(t, c.DemoteOwner(t.Context(), "r", 7078106103902))
	for _, verb := range []string{"add", "remove", "promoteOwner", "demoteOwner"} {
		require.JSONEq(t, `{"id":7078106103902}`, p.requestsTo("POST", "/pod/v1/room/r/membership/"+verb)[0].Body)
	}
	members, err := c.Members(t.Context(), "r")
	require.NoError(t, err)
	require.Equal(t, []symphony.Member{
		{User: 7078106103815, Owner: true, JoinedAt: time.UnixMilli(1717000190000).UTC()},
		{User: 7078106103902, JoinedAt: time.UnixMilli(1717000200000).UTC(), Through: []symphony.UserID{7078106104000}},
	}, members)
}
