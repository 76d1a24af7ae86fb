package symphony_test

import (
	"context"
	"crypto/tls"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/symphony"
)

// errorOf is a call's error.
func errorOf[T any](_ T, err error) error { return err }

// readFeedOnce reads a feed until it has read once.
func readFeedOnce(ctx context.Context, c *symphony.Client) error {
	ctx, end := context.WithCancel(ctx)
	defer end()
	f := c.Feed(symphony.FeedConfig{})
	return f.Run(ctx, func(context.Context, []symphony.Event) error { end(); return nil })
}

// callsByOperation has a call for every operation of the table. Operations that the feed repeats,
// and not the client, are called by a feed.
func callsByOperation(c *symphony.Client) map[string]func(context.Context) error {
	text := symphony.Outgoing{MessageML: "<messageML>hi</messageML>"}
	return map[string]func(context.Context) error{
		"POST /login/pubkey/authenticate":         c.Login,
		"POST /relay/pubkey/authenticate":         c.Login,
		"POST /sessionauth/v1/authenticate":       c.Login,
		"POST /keyauth/v1/authenticate":           c.Login,
		"POST /sessionauth/v1/logout":             c.Logout,
		"POST /keyauth/v1/logout":                 c.Logout,
		"POST /login/idm/tokens":                  func(x context.Context) error { return errorOf(c.Group(x, "g")) },
		"GET /pod/v2/sessioninfo":                 func(x context.Context) error { return errorOf(c.Me(x)) },
		"GET /agent/v5/datafeeds":                 func(x context.Context) error { return readFeedOnce(x, c) },
		"POST /agent/v5/datafeeds":                func(x context.Context) error { return errorOf(c.CreateDatafeed(x, "")) },
		"POST /agent/v5/datafeeds/{id}/read":      func(x context.Context) error { return readFeedOnce(x, c) },
		"DELETE /agent/v5/datafeeds/{id}":         func(x context.Context) error { return c.DeleteDatafeed(x, "f") },
		"POST /agent/v4/stream/{}/message/create": func(x context.Context) error { return errorOf(c.SendMessage(x, "s", text)) },
		"POST /agent/v4/stream/{}/message/{}/update": func(x context.Context) error {
			return errorOf(c.UpdateMessage(x, "s", "m", text))
		},
		"GET /agent/v1/message/{}":                     func(x context.Context) error { return errorOf(c.Message(x, "m")) },
		"GET /agent/v4/stream/{}/message":              func(x context.Context) error { return errorOf(count(c.MessagesSince(x, "s", time.Now()))) },
		"POST /agent/v1/message/search":                func(x context.Context) error { return errorOf(count(c.SearchMessages(x, symphony.MessageQuery{}))) },
		"POST /pod/v3/room/create":                     func(x context.Context) error { return errorOf(c.CreateRoom(x, symphony.RoomAttributes{})) },
		"GET /pod/v3/room/{}/info":                     func(x context.Context) error { return errorOf(c.Room(x, "r")) },
		"POST /pod/v3/room/{}/update":                  func(x context.Context) error { return errorOf(c.UpdateRoom(x, "r", symphony.RoomUpdate{})) },
		"POST /pod/v3/room/search":                     func(x context.Context) error { return errorOf(count(c.SearchRooms(x, symphony.RoomQuery{}))) },
		"POST /pod/v1/room/{}/setActive":               func(x context.Context) error { return c.SetRoomActive(x, "r", true) },
		"POST /pod/v1/room/{}/membership/add":          func(x context.Context) error { return c.AddMember(x, "r", 7) },
		"POST /pod/v1/room/{}/membership/remove":       func(x context.Context) error { return c.RemoveMember(x, "r", 7) },
		"POST /pod/v1/room/{}/membership/promoteOwner": func(x context.Context) error { return c.PromoteOwner(x, "r", 7) },
		"POST /pod/v1/room/{}/membership/demoteOwner":  func(x context.Context) error { return c.DemoteOwner(x, "r", 7) },
		"GET /pod/v2/room/{}/membership/list":          func(x context.Context) error { return errorOf(c.Members(x, "r")) },
		"GET /pod/v3/users":                            func(x context.Context) error { return errorOf(c.UsersByID(x, 7)) },
		"POST /pod/v1/user/search":                     func(x context.Context) error { return errorOf(count(c.SearchUsers(x, symphony.UserQuery{Text: "a"}))) },
		"POST /pod/v1/im/create":                       func(x context.Context) error { return errorOf(c.CreateIM(x, 7)) },
		"GET /pod/v2/streams/{}/info":                  func(x context.Context) error { return errorOf(c.Stream(x, "s")) },
		"GET /profile-manager/v1/groups/type/{}":       func(x context.Context) error { return errorOf(count(c.Groups(x, "SDL"))) },
		"GET /profile-manager/v1/groups/{}":            func(x context.Context) error { return errorOf(c.Group(x, "g")) },
		"GET /v1/groups/sdl/list":                      func(x context.Context) error { return errorOf(count(c.DistributionLists(x))) },
		"GET /v1/groups/sdl/{}":                        func(x context.Context) error { return errorOf(c.DistributionList(x, 7)) },
		"GET /pod/v3/user/{}/presence":                 func(x context.Context) error { return errorOf(c.Presence(x, 7)) },
		"GET /pod/v2/user/presence":                    func(x context.Context) error { return errorOf(c.OwnPresence(x)) },
		"POST /pod/v2/user/presence":                   func(x context.Context) error { return errorOf(c.SetPresence(x, "AVAILABLE")) },
		"GET /pod/v1/connection/user/{}/info":          func(x context.Context) error { return errorOf(c.Connection(x, 7)) },
		"POST /pod/v1/connection/create":               func(x context.Context) error { return errorOf(c.Connect(x, 7)) },
		"GET /agent/v3/health":                         func(x context.Context) error { return errorOf(c.Health(x)) },
		"GET /agent/v3/health/extended":                func(x context.Context) error { return errorOf(c.HealthExtended(x)) },
		"GET /agent/v1/info":                           func(x context.Context) error { return errorOf(c.AgentInfo(x)) },
		"POST /pod/v1/user/manifest/own":               func(x context.Context) error { return c.SetManifest(x, "{}") },
	}
}

// goodAnswers are answers that have a shape of their own; {} and [] suit all others.
var goodAnswers = map[string]string{
	"GET /agent/v5/datafeeds":            "[" + feed(feedA) + "]",
	"POST /agent/v5/datafeeds/{id}/read": `{"ackId":"x","events":[{"type":"NEW","id":"e"}]}`,
	"GET /agent/v1/message/{}":           `{"messageId":"m"}`,
	"GET /agent/v4/stream/{}/message":    `[]`, "POST /agent/v1/message/search": `[]`,
	"GET /pod/v2/room/{}/membership/list": `[]`, "GET /v1/groups/sdl/list": `[]`,
	"POST /pod/v1/im/create": `{"id":"s"}`, "POST /agent/v4/stream/{}/message/{}/update": `{"messageId":"m"}`,
	"POST /login/idm/tokens": `{"access_token":"a","expires_in":300}`,
}

// routeAndKey is an operation as a pod's route, and as the keys above have it.
func routeAndKey(op symphony.Operation) (route, key string) {
	key = anyPlaceholder.ReplaceAllString(op.String(), "{}")
	if strings.Contains(key, "datafeeds/{}") {
		key = strings.Replace(key, "{}", "{id}", 1)
	}
	return op.String(), key
}

// breakOffChunked breaks off in the middle of an answer that does not say how long it is.
func breakOffChunked(w http.ResponseWriter, r *http.Request) {
	_, _ = w.Write([]byte(`{"a":`))
	_ = http.NewResponseController(w).Flush()
	dropConnection(w, r)
}

// failedOnce is the result of one operation on a pod that fails the first time.
type failedOnce struct {
	asked   atomic.Int32
	seconds float64
	err     error
}

func callFailingOnce(t *testing.T, op symphony.Operation, fails http.HandlerFunc) *failedOnce {
	t.Helper()
	p, n, tr := newPod(t), newNetwork(), &failedOnce{}
	for _, o := range symphony.Operations() {
		route, key := routeAndKey(o)
		body := goodAnswers[key]
		switch {
		case strings.HasSuffix(key, "/authenticate"):
			body = `{"token":"t"}`
		case body == "":
			body = `{}`
		}
		p.on(route, func(w http.ResponseWriter, r *http.Request) {
			if o == op && tr.asked.Add(1) == 1 {
				fails(w, r)
				return
			}
			reply(w, 200, body)
		})
	}
	c := n.client(t, p, func(c *symphony.Config) {
		if strings.Contains(op.Path, "auth/v1") {
			c.Certificate = &tls.Certificate{}
		}
	})
	if !strings.HasSuffix(op.Path, "/authenticate") {
		require.NoError(t, c.Login(t.Context()))
	}
	_, key := routeAndKey(op)
	ask := callsByOperation(c)[key]
	require.NotNil(t, ask, "%s is asked for by no call", op)
	begin := time.Now()
	tr.err = ask(t.Context())
	tr.seconds = time.Since(begin).Seconds()
	return tr
}

func TestEveryOperationIsRepeatedAsItsClassSays(t *testing.T) {
	t.Parallel()
	kinds := map[string]http.HandlerFunc{
		"a reset after the request was written": dropConnection, "a timeout": neverAnswer, "a 500": answerWith(500, `{"code":500}`),
		"a proxy's 502": answerWith(502, `<html>`), "a truncated answer": breakOff, "an answer that breaks off": breakOffChunked,
		"half a document": answerWith(200, `{"id":`),
	}
	for _, op := range symphony.Operations() {
		t.Run(op.String(), func(t *testing.T) {
			t.Parallel()
			for kind, fails := range kinds {
				inBubble(t, func(t *testing.T) {
					tr := callFailingOnce(t, op, fails)
					if op.Class == symphony.UnsafeWrite {
						require.ErrorIs(t, tr.err, symphony.ErrOutcomeUnknown, kind)
						require.EqualValues(t, 1, tr.asked.Load(), kind)
						return
					}
					require.NoError(t, tr.err, kind)
					require.EqualValues(t, 2, tr.asked.Load(), kind)
					require.Less(t, tr.seconds, 62.0, kind)
				})
			}
		})
	}
}
