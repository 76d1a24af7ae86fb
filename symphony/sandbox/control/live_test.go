package control_test

import (
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"

	"roombot/symphony/sandbox/client"
)

// watch opens a live connection.
func (b *bundle) watch(as string) *websocket.Conn {
	b.Helper()
	conn, response, err := websocket.DefaultDialer.DialContext(b.Context(), "ws"+strings.TrimPrefix(b.Server.URL, "http")+"/sandbox/v1/live?as="+as, nil)
	require.NoError(b, err)
	require.NoError(b, response.Body.Close())
	b.Cleanup(func() { _ = conn.Close() })
	return conn
}

// next gives the next frame of a kind.
func (b *bundle) next(conn *websocket.Conn, kind string) map[string]any {
	b.Helper()
	require.NoError(b, conn.SetReadDeadline(time.Now().Add(patience)))
	for {
		var frame map[string]any
		require.NoError(b, conn.ReadJSON(&frame))
		if frame["kind"] == kind {
			return frame
		}
	}
}

func TestAPageSeesEverythingLive(t *testing.T) {
	b := loggedIn(t)
	conn := b.watch("bob")
	b.SaysIn("alice", "bob", "hello")
	require.Equal(t, "hello", b.next(conn, "message")["message"].(map[string]any)["text"])
	require.Equal(t, "Alice Martin", b.next(conn, "chat")["chat"].(map[string]any)["name"])
	b.Get("/pod/v2/sessioninfo").OK()
	require.Equal(t, "sessionInfo", b.next(conn, "wire")["call"].(map[string]any)["operation"])
	b.AddFault(client.Fault{Path: "/never", Status: 500})
	require.Len(t, b.next(conn, "faults")["faults"], 1)
	b.Feed()
	require.Len(t, b.next(conn, "feeds")["feeds"], 1)
	b.Post("/pod/v1/user/manifest/own", map[string]string{"manifest": `{"commands":[]}`}).OK()
	b.next(conn, "manifest")
	b.Reset()
	b.next(conn, "reset")
}

func TestAPageSeesEachFaultStrike(t *testing.T) {
	b := loggedIn(t)
	feed := b.Feed()
	for _, kind := range []string{"duplicate-events", "reorder-events", "search-lag", "feed-killed"} {
		b.AddFault(client.Fault{Kind: kind, Count: 1})
	}
	conn := b.watch("bob")
	left := func() int { return len(b.next(conn, "faults")["faults"].([]any)) }
	b.Says("bob", "twice")
	require.Equal(t, 3, left())
	b.Room(map[string]any{"name": "Desk"})
	require.Equal(t, 2, left())
	b.Post("/agent/v5/datafeeds/"+feed+"/read", nil).Refused(http.StatusBadRequest)
	require.Equal(t, 1, left())
	feed = b.Feed()
	b.Says("bob", "one")
	b.Says("bob", "two")
	require.Len(t, b.Read(feed, "").Events, 2)
	require.Equal(t, 0, left())
}

func TestAPageDoesNotSeeOtherPeoplesChats(t *testing.T) {
	b := setup(t)
	conn := b.watch("carol")
	b.SaysIn("alice", "bob", "secret")
	b.SaysIn("alice", "carol", "hello")
	require.Equal(t, "hello", b.next(conn, "message")["message"].(map[string]any)["text"])
}

func TestAPageOfAnotherSiteGetsNoLiveConnection(t *testing.T) {
	b := setup(t)
	_, response, err := websocket.DefaultDialer.DialContext(t.Context(), "ws"+strings.TrimPrefix(b.Server.URL, "http")+"/sandbox/v1/live", http.Header{"Origin": {"http://evil.test"}})
	require.ErrorIs(t, err, websocket.ErrBadHandshake)
	require.Equal(t, http.StatusForbidden, response.StatusCode)
	require.NoError(t, response.Body.Close())
}

func TestALiveConnectionThatIsNotReadIsClosed(t *testing.T) {
	b := setup(t)
	conn := b.watch("bob")
	for range 1000 {
		b.SaysIn("alice", "bob", strings.Repeat("hello ", 2000))
	}
	require.NoError(t, conn.SetReadDeadline(time.Now().Add(patience)))
	var err error
	for err == nil {
		_, _, err = conn.ReadMessage()
	}
	require.NotErrorIs(t, err, os.ErrDeadlineExceeded)
}
