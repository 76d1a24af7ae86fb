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
	b.fail(client.Fault{Path: "/pod/v3/room/*", Method: "POST", Status: 429, RetryAfter: 7, Count: 2})
	for range 2 {
		got := b.createRoom(map[string]any{"name": "Desk"})
		require.Equal(t, http.StatusTooManyRequests, got.status)
		require.Equal(t, "7", got.header.Get("Retry-After"))
	}
	b.room(map[string]any{"name": "Desk"})
	require.Empty(t, b.get("/sandbox/v1/faults").list(), "it is used up")
}

func TestAFaultAnswersWithTheServicesText(t *testing.T) {
	b := loggedIn(t)
	for status, text := range map[int]string{451: "Compliance issues found in room creation", 403: "lacks the required entitlement", 500: "Internal Server Error"} {
		b.fail(client.Fault{Path: "createRoom", Status: status, Count: 1})
		require.Contains(t, b.createRoom(map[string]any{"name": "Desk"}).requireRefusal(status), text)
	}
}

func TestAConnectionDropsBeforeOrAfterTheEffect(t *testing.T) {
	b := loggedIn(t)
	create := func(name string) error {
		_, err := b.try(t.Context(), "POST", "/pod/v3/room/create", "application/json", strings.NewReader(`{"name":"`+name+`"}`))
		return err
	}
	b.fail(client.Fault{Path: "createRoom", Drop: "before", Count: 1})
	require.Error(t, create("one"))
	require.Empty(t, b.rooms())
	b.fail(client.Fault{Path: "createRoom", Drop: "after", Count: 1})
	require.Error(t, create("two"))
	require.Len(t, b.rooms(), 1)
}

func TestACallThatIsHeldBackTakesEffectAfterItsCallerHasGone(t *testing.T) {
	b := loggedIn(t)
	b.fail(client.Fault{Path: "createRoom", Delay: "1h", Drop: "after", Count: 1})
	ctx, leave := context.WithCancel(t.Context())
	gone := make(chan error)
	go func() {
		_, err := b.try(ctx, "POST", "/pod/v3/room/create", "application/json", strings.NewReader(`{"name":"late"}`))
		gone <- err
	}()
	require.Eventually(t, func() bool { return len(b.get("/sandbox/v1/faults").list()) == 0 }, patience, 5*time.Millisecond, "the call is held back")
	leave()
	require.ErrorIs(t, <-gone, context.Canceled)
	require.Empty(t, b.rooms())
	require.NoError(t, b.pod.Close(), "which ends every delay")
	require.Eventually(t, func() bool { return len(b.rooms()) == 1 }, patience, 5*time.Millisecond)
}

func TestADelayHoldsACallBack(t *testing.T) {
	b := loggedIn(t)
	b.fail(client.Fault{Path: "sessionInfo", Delay: "30ms", Count: 1})
	started := time.Now()
	b.get("/pod/v2/sessioninfo").ok()
	require.GreaterOrEqual(t, time.Since(started), 30*time.Millisecond)
}

func TestAnExpiredSessionIsRenewedByALogin(t *testing.T) {
	b := loggedIn(t)
	b.fail(client.Fault{Kind: "session-expired", Count: 1})
	b.get("/pod/v2/sessioninfo").requireRefusal(http.StatusUnauthorized)
	b.get("/pod/v2/sessioninfo").requireRefusal(http.StatusUnauthorized)
	b.login()
	b.get("/pod/v2/sessioninfo").ok()
}

func TestAKilledFeedAnswers400AndIsGone(t *testing.T) {
	b := loggedIn(t)
	feed := b.feed()
	b.fail(client.Fault{Kind: "feed-killed", Count: 1})
	b.post("/agent/v5/datafeeds/"+feed+"/read", nil).requireRefusal(http.StatusBadRequest)
	require.Empty(t, b.get("/agent/v5/datafeeds").list())
	b.read(b.feed(), "")
}

func TestEventsComeTwiceOrOutOfOrder(t *testing.T) {
	b := loggedIn(t)
	feed := b.feed()
	b.says("bob", "one")
	b.fail(client.Fault{Kind: "duplicate-events", Count: 1})
	b.saysIn("bob", "alice", "of no interest to a bot")
	b.says("bob", "two")
	first := b.read(feed, "")
	require.Equal(t, []string{"INSTANTMESSAGECREATED", "MESSAGESENT", "MESSAGESENT", "MESSAGESENT"}, first.types())
	require.Equal(t, first.Events[2].ID, first.Events[3].ID)

	b.read(feed, first.AckID)
	for range 6 {
		b.says("bob", "hi")
	}
	b.fail(client.Fault{Kind: "reorder-events", Count: 1})
	require.Len(t, b.read(feed, "").Events, 6, "each once, in some order")
}

func TestTheSameSeedGivesTheSameRun(t *testing.T) {
	one, two := loggedIn(t, setSeed), setupBeside(t, setSeed)
	require.Equal(t, one.unluckyRun(), two.unluckyRun())
}

func setSeed(c *config) { c.Seed = 42 }

func (b *bundle) unluckyRun() []int {
	b.Helper()
	b.fail(client.Fault{Path: "v3Health", Status: 503, Probability: 0.5})
	var statuses []int
	for range 20 {
		statuses = append(statuses, b.get("/agent/v3/health").status)
	}
	require.Contains(b, statuses, 200)
	require.Contains(b, statuses, 503)
	return statuses
}

func TestAnEmptySearchAnswersAListAndA204ByAFault(t *testing.T) {
	b := loggedIn(t)
	chat := b.says("bob", "hi").StreamID
	for operation, search := range map[string]func() reply{
		"searchMessages": func() reply { return b.post("/agent/v1/message/search", map[string]any{"author": 1}) },
		"listMessages":   func() reply { return b.get("/agent/v4/stream/" + chat + "/message?since=99999999999999") },
		"searchUsers":    func() reply { return b.post("/pod/v1/user/search", map[string]string{"query": "nobody"}) },
	} {
		plain := search()
		require.Equal(t, http.StatusOK, plain.status, operation)
		require.Contains(t, string(plain.raw), "[]", operation)
		b.fail(client.Fault{Path: operation, Empty: http.StatusNoContent, Count: 1})
		struck := search()
		require.Equal(t, http.StatusNoContent, struck.status, operation)
		require.Empty(t, struck.raw, operation)
	}
	b.fail(client.Fault{Path: "listMessages", Empty: http.StatusNoContent})
	require.Len(t, b.get("/agent/v4/stream/"+chat+"/message?since=0").list(), 1, "what finds something is as ever")
}

func TestFaultsThatMakeNoSenseAreRefused(t *testing.T) {
	b := setup(t)
	for _, f := range []map[string]any{
		{}, {"kind": "war"}, {"status": 200}, {"delay": "soon"}, {"delay": "-5s"}, {"drop": "never"}, {"status": 500, "probability": 2}, {"status": 500, "count": -1}, {"empty": 200},
		{"status": 500, "propability": 0.1},
	} {
		b.post("/sandbox/v1/faults", f).requireRefusal(http.StatusBadRequest)
	}
	require.Contains(b, b.post("/sandbox/v1/faults", map[string]any{"path": "createRooms", "status": 500}).requireRefusal(http.StatusBadRequest), `no operation "createRooms"`)
	require.Contains(b, b.post("/sandbox/v1/faults", map[string]any{"retryAfter": "2", "status": 500}).requireRefusal(http.StatusBadRequest), "retryAfter must be a whole number, not a string")
	list := b.post("/sandbox/v1/faults", map[string]any{"path": "/pod/*", "status": 500}).list()
	require.Len(t, list, 1)
	require.Empty(t, b.call("DELETE", "/sandbox/v1/faults/"+list[0]["id"].(string), nil).list())
}
