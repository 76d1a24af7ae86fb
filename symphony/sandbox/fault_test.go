package sandbox_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/symphony/sandbox/client"
)

func TestAFaultAnswersWithItsStatusAsOftenAsItSays(t *testing.T) {
	b := loggedIn(t)
	b.AddFault(client.Fault{Path: "/pod/v3/room/*", Method: "POST", Status: 429, RetryAfter: 7, Count: 2})
	for range 2 {
		got := b.CreateRoom(map[string]any{"name": "Desk"})
		require.Equal(t, http.StatusTooManyRequests, got.Status)
		require.Equal(t, "7", got.Header.Get("Retry-After"))
	}
	b.Room(map[string]any{"name": "Desk"})
	require.Empty(t, b.Get("/sandbox/v1/faults").List(), "it is used up")
}

func TestAFaultStrikesOnlyCallsWhoseBodyMatches(t *testing.T) {
	b := loggedIn(t)
	b.AddFault(client.Fault{Path: "createRoom", Match: "Fails", Status: 503})
	b.AddFault(client.Fault{Match: "Other", Message: "x"})
	require.Equal(t, http.StatusServiceUnavailable, b.CreateRoom(map[string]any{"name": "Fails"}).Status)
	b.Room(map[string]any{"name": "Other"})
	require.Equal(t, "x", b.CreateRoom(map[string]any{"name": "Other"}).Refused(400))
	b.Room(map[string]any{"name": "Third"})
	require.NotEqual(t, "x", b.CreateRoom(map[string]any{"name": "Third"}).Refused(400))
	hits := []float64{}
	for _, f := range b.Get("/sandbox/v1/faults").List() {
		hits = append(hits, f["hits"].(float64))
	}
	require.Equal(t, []float64{1, 1}, hits, "how often each has struck")
}

func TestAFaultAnswersWithTheServicesText(t *testing.T) {
	b := loggedIn(t)
	for status, text := range map[int]string{451: "Compliance issues found in room creation", 403: "lacks the required entitlement", 500: "Internal Server Error"} {
		b.AddFault(client.Fault{Path: "createRoom", Status: status, Count: 1})
		require.Contains(t, b.CreateRoom(map[string]any{"name": "Desk"}).Refused(status), text)
	}
}

func TestAFaultAnswersWithItsOwnText(t *testing.T) {
	b := loggedIn(t)
	b.AddFault(client.Fault{Path: "createRoom", Status: 503, Message: "x", Count: 1})
	require.Equal(t, "x", b.CreateRoom(map[string]any{"name": "Desk"}).Refused(503))
	b.AddFault(client.Fault{Path: "createRoom", Status: 403, Body: `{"error":{"reason":"no"}}`, Count: 1})
	got := b.CreateRoom(map[string]any{"name": "Desk"})
	require.Equal(t, 403, got.Status)
	require.Equal(t, `{"error":{"reason":"no"}}`, string(got.Raw))
	require.Equal(t, "application/json", got.Header.Get("Content-Type"))
	b.AddFault(client.Fault{Path: "createRoom", Status: 502, Body: "<html><body>Bad gateway</body></html>", Count: 1})
	got = b.CreateRoom(map[string]any{"name": "Desk"})
	require.Equal(t, "<html><body>Bad gateway</body></html>", string(got.Raw))
	require.Contains(t, got.Header.Get("Content-Type"), "text/html")
}

func TestTheTextOfARefusalIsChangedByAFault(t *testing.T) {
	b := loggedIn(t)
	b.AddFault(client.Fault{Path: "/pod/v3/room/*", Message: "x", Count: 2})
	b.Room(map[string]any{"name": "Desk"})
	require.Equal(t, "x", b.CreateRoom(map[string]any{"name": "Desk"}).Refused(400), "a success uses nothing up")
	b.AddFault(client.Fault{Path: "createRoom", Status: 451, Count: 1})
	require.Equal(t, "x", b.CreateRoom(map[string]any{"name": "Other"}).Refused(451), "of another fault")
	require.Contains(t, b.CreateRoom(map[string]any{"name": "Desk"}).Refused(400), "already exists", "it is used up")
	b.AddFault(client.Fault{Body: "[]", Count: 1})
	require.Equal(t, "[]", string(b.CreateRoom(map[string]any{"name": "Desk"}).Raw))
}

func TestAConnectionDropsBeforeOrAfterTheEffect(t *testing.T) {
	b := loggedIn(t)
	create := func(name string) error {
		_, err := b.Try(t.Context(), "POST", "/pod/v3/room/create", "application/json", strings.NewReader(`{"name":"`+name+`"}`))
		return err
	}
	b.AddFault(client.Fault{Path: "createRoom", Drop: "before", Count: 1})
	require.Error(t, create("one"))
	require.Empty(t, b.Rooms())
	b.AddFault(client.Fault{Path: "createRoom", Drop: "after", Count: 1})
	require.Error(t, create("two"))
	require.Len(t, b.Rooms(), 1)
}

func TestACallThatIsHeldBackTakesEffectAfterItsCallerHasGone(t *testing.T) {
	b := loggedIn(t)
	b.AddFault(client.Fault{Path: "createRoom", Delay: "1h", Drop: "after", Count: 1})
	ctx, leave := context.WithCancel(t.Context())
	gone := make(chan error)
	go func() {
		_, err := b.Try(ctx, "POST", "/pod/v3/room/create", "application/json", strings.NewReader(`{"name":"late"}`))
		gone <- err
	}()
	require.Eventually(t, func() bool { return len(b.Get("/sandbox/v1/faults").List()) == 0 }, patience, 5*time.Millisecond, "the call is held back")
	leave()
	require.ErrorIs(t, <-gone, context.Canceled)
	require.Empty(t, b.Rooms())
	require.NoError(t, b.Pod.Close(), "which ends every delay")
	require.Eventually(t, func() bool { return len(b.Rooms()) == 1 }, patience, 5*time.Millisecond)
}

func TestADelayHoldsACallBack(t *testing.T) {
	b := loggedIn(t)
	b.AddFault(client.Fault{Path: "sessionInfo", Delay: "30ms", Count: 1})
	started := time.Now()
	b.Get("/pod/v2/sessioninfo").OK()
	require.GreaterOrEqual(t, time.Since(started), 30*time.Millisecond)
}

func TestAnExpiredSessionIsRenewedByALogin(t *testing.T) {
	b := loggedIn(t)
	b.AddFault(client.Fault{Kind: "session-expired", Count: 1})
	b.Get("/pod/v2/sessioninfo").Refused(http.StatusUnauthorized)
	b.Get("/pod/v2/sessioninfo").Refused(http.StatusUnauthorized)
	b.SignIn()
	b.Get("/pod/v2/sessioninfo").OK()
}

func TestAKilledFeedAnswers400AndIsGone(t *testing.T) {
	b := loggedIn(t)
	feed := b.Feed()
	b.AddFault(client.Fault{Kind: "feed-killed", Count: 1})
	b.Post("/agent/v5/datafeeds/"+feed+"/read", nil).Refused(http.StatusBadRequest)
	require.Empty(t, b.Get("/agent/v5/datafeeds").List())
	b.Read(b.Feed(), "")
}

func TestEventsComeTwiceOrOutOfOrder(t *testing.T) {
	b := loggedIn(t)
	feed := b.Feed()
	b.Says("bob", "one")
	b.AddFault(client.Fault{Kind: "duplicate-events", Count: 1})
	b.SaysIn("bob", "alice", "of no interest to a bot")
	b.Says("bob", "two")
	first := b.Read(feed, "")
	require.Equal(t, []string{"INSTANTMESSAGECREATED", "MESSAGESENT", "MESSAGESENT", "MESSAGESENT"}, first.Types())
	require.Equal(t, first.Events[2].ID, first.Events[3].ID)

	b.Read(feed, first.AckID)
	for range 6 {
		b.Says("bob", "hi")
	}
	b.AddFault(client.Fault{Kind: "reorder-events", Count: 1})
	require.Len(t, b.Read(feed, "").Events, 6, "each once, in some order")
}

func TestTheSameSeedGivesTheSameRun(t *testing.T) {
	one, two := loggedIn(t, withSeed), setupBeside(t, withSeed)
	require.Equal(t, one.unluckyRun(), two.unluckyRun())
}

func withSeed(c *config) { c.Seed = 42 }

func (b *bundle) unluckyRun() []int {
	b.Helper()
	b.AddFault(client.Fault{Path: "v3Health", Status: 503, Probability: 0.5})
	var statuses []int
	for range 20 {
		statuses = append(statuses, b.Get("/agent/v3/health").Status)
	}
	require.Contains(b, statuses, 200)
	require.Contains(b, statuses, 503)
	return statuses
}

func TestAnEmptySearchAnswersAListAndA204ByAFault(t *testing.T) {
	b := loggedIn(t)
	chat := b.Says("bob", "hi").StreamID
	for operation, search := range map[string]func() reply{
		"searchMessages": func() reply { return b.Post("/agent/v1/message/search", map[string]any{"author": 1}) },
		"listMessages":   func() reply { return b.Get("/agent/v4/stream/" + chat + "/message?since=99999999999999") },
		"searchUsers":    func() reply { return b.Post("/pod/v1/user/search", map[string]string{"query": "nobody"}) },
	} {
		plain := search()
		require.Equal(t, http.StatusOK, plain.Status, operation)
		require.Contains(t, string(plain.Raw), "[]", operation)
		b.AddFault(client.Fault{Path: operation, Empty: http.StatusNoContent, Count: 1})
		struck := search()
		require.Equal(t, http.StatusNoContent, struck.Status, operation)
		require.Empty(t, struck.Raw, operation)
	}
	b.AddFault(client.Fault{Path: "listMessages", Empty: http.StatusNoContent})
	require.Len(t, b.Get("/agent/v4/stream/"+chat+"/message?since=0").List(), 1, "what finds something is as ever")
}

func TestFaultsThatMakeNoSenseAreRefused(t *testing.T) {
	b := setup(t)
	for _, f := range []map[string]any{
		{}, {"kind": "war"}, {"status": 200}, {"delay": "soon"}, {"delay": "-5s"}, {"drop": "never"}, {"status": 500, "probability": 2}, {"status": 500, "count": -1}, {"empty": 200},
		{"status": 500, "propability": 0.1}, {"status": 500, "message": "x", "body": "y"}, {"kind": "feed-killed", "message": "x"},
	} {
		b.Post("/sandbox/v1/faults", f).Refused(http.StatusBadRequest)
	}
	require.Contains(b, b.Post("/sandbox/v1/faults", map[string]any{"path": "createRooms", "status": 500}).Refused(http.StatusBadRequest), `no operation "createRooms"`)
	require.Contains(b, b.Post("/sandbox/v1/faults", map[string]any{"retryAfter": "2", "status": 500}).Refused(http.StatusBadRequest), "retryAfter must be a whole number, not a string")
	list := b.Post("/sandbox/v1/faults", map[string]any{"path": "/pod/*", "status": 500}).List()
	require.Len(t, list, 1)
	require.Empty(t, b.Call("DELETE", "/sandbox/v1/faults/"+list[0]["id"].(string), nil).List())
}
