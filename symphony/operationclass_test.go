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

// only is a call's error.
func only[T any](_ T, err error) error { return err }

// feedTurn reads a feed until it has read once.
func feedTurn(ctx context.Context, c *symphony.Client) error {
	ctx, end := context.WithCancel(ctx)
	defer end()
	f := c.Feed(symphony.FeedConfig{})
	return f.Run(ctx, func(context.Context, []symphony.Event) error { end(); return nil })
}

// asks has a call for every operation of the table. What the feed repeats in place of the client is
// asked for by a feed.
func asks(c *symphony.Client) map[string]func(context.Context) error {
	text := symphony.Outgoing{MessageML: "<messageML>hi</messageML>"}
	return map[string]func(context.Context) error{
		"POST /login/pubkey/authenticate":         c.Login,
		"POST /relay/pubkey/authenticate":         c.Login,
		"POST /sessionauth/v1/authenticate":       c.Login,
		"POST /keyauth/v1/authenticate":           c.Login,
		"POST /login/idm/tokens":                  func(x context.Context) error { return only(c.Group(x, "g")) },
		"GET /pod/v2/sessioninfo":                 func(x context.Context) error { return only(c.Me(x)) },
		"GET /agent/v5/datafeeds":                 func(x context.Context) error { return feedTurn(x, c) },
		"POST /agent/v5/datafeeds":                func(x context.Context) error { return only(c.CreateDatafeed(x, "")) },
		"POST /agent/v5/datafeeds/{id}/read":      func(x context.Context) error { return feedTurn(x, c) },
		"DELETE /agent/v5/datafeeds/{id}":         func(x context.Context) error { return c.DeleteDatafeed(x, "f") },
		"POST /agent/v4/stream/{}/message/create": func(x context.Context) error { return only(c.SendMessage(x, "s", text)) },
		"POST /agent/v4/stream/{}/message/{}/update": func(x context.Context) error {
			return only(c.UpdateMessage(x, "s", "m", text))
		},
		"GET /agent/v1/message/{}":                     func(x context.Context) error { return only(c.Message(x, "m")) },
		"GET /agent/v4/stream/{}/message":              func(x context.Context) error { return only(count(c.MessagesSince(x, "s", time.Now()))) },
		"POST /agent/v1/message/search":                func(x context.Context) error { return only(count(c.SearchMessages(x, symphony.MessageQuery{}))) },
		"POST /pod/v3/room/create":                     func(x context.Context) error { return only(c.CreateRoom(x, symphony.RoomAttributes{})) },
		"GET /pod/v3/room/{}/info":                     func(x context.Context) error { return only(c.Room(x, "r")) },
		"POST /pod/v3/room/{}/update":                  func(x context.Context) error { return only(c.UpdateRoom(x, "r", symphony.RoomUpdate{})) },
		"POST /pod/v3/room/search":                     func(x context.Context) error { return only(count(c.SearchRooms(x, symphony.RoomQuery{}))) },
		"POST /pod/v1/room/{}/setActive":               func(x context.Context) error { return c.SetRoomActive(x, "r", true) },
		"POST /pod/v1/room/{}/membership/add":          func(x context.Context) error { return c.AddMember(x, "r", 7) },
		"POST /pod/v1/room/{}/membership/remove":       func(x context.Context) error { return c.RemoveMember(x, "r", 7) },
		"POST /pod/v1/room/{}/membership/promoteOwner": func(x context.Context) error { return c.PromoteOwner(x, "r", 7) },
		"POST /pod/v1/room/{}/membership/demoteOwner":  func(x context.Context) error { return c.DemoteOwner(x, "r", 7) },
		"GET /pod/v2/room/{}/membership/list":          func(x context.Context) error { return only(c.Members(x, "r")) },
		"GET /pod/v3/users":                            func(x context.Context) error { return only(c.UsersByID(x, 7)) },
		"POST /pod/v1/user/search":                     func(x context.Context) error { return only(count(c.SearchUsers(x, symphony.UserQuery{Text: "a"}))) },
		"POST /pod/v1/im/create":                       func(x context.Context) error { return only(c.CreateIM(x, 7)) },
		"GET /pod/v2/streams/{}/info":                  func(x context.Context) error { return only(c.Stream(x, "s")) },
		"GET /profile-manager/v1/groups/type/{}":       func(x context.Context) error { return only(count(c.Groups(x, "SDL"))) },
		"GET /profile-manager/v1/groups/{}":            func(x context.Context) error { return only(c.Group(x, "g")) },
		"GET /v1/groups/sdl/list":                      func(x context.Context) error { return only(count(c.DistributionLists(x))) },
		"GET /v1/groups/sdl/{}":                        func(x context.Context) error { return only(c.DistributionList(x, 7)) },
		"GET /pod/v3/user/{}/presence":                 func(x context.Context) error { return only(c.Presence(x, 7)) },
		"GET /pod/v2/user/presence":                    func(x context.Context) error { return only(c.OwnPresence(x)) },
		"POST /pod/v2/user/presence":                   func(x context.Context) error { return only(c.SetPresence(x, "AVAILABLE")) },
		"GET /pod/v1/connection/user/{}/info":          func(x context.Context) error { return only(c.Connection(x, 7)) },
		"POST /pod/v1/connection/create":               func(x context.Context) error { return only(c.Connect(x, 7)) },
		"GET /agent/v3/health":                         func(x context.Context) error { return only(c.Health(x)) },
		"GET /agent/v3/health/extended":                func(x context.Context) error { return only(c.HealthExtended(x)) },
		"GET /agent/v1/info":                           func(x context.Context) error { return only(c.AgentInfo(x)) },
		"POST /pod/v1/user/manifest/own":               func(x context.Context) error { return c.SetManifest(x, "{}") },
	}
}

// good are answers that have a shape of their own; {} and [] suit all others.
var good = map[string]string{
	"GET /agent/v5/datafeeds":            "[" + feed(feedA) + "]",
	"POST /agent/v5/datafeeds/{id}/read": `{"ackId":"x","events":[{"type":"NEW","id":"e"}]}`,
	"GET /agent/v1/message/{}":           `{"messageId":"m"}`,
	"GET /agent/v4/stream/{}/message":    `[]`, "POST /agent/v1/message/search": `[]`,
	"GET /pod/v2/room/{}/membership/list": `[]`, "GET /v1/groups/sdl/list": `[]`,
	"POST /pod/v1/im/create": `{"id":"s"}`, "POST /agent/v4/stream/{}/message/{}/update": `{"messageId":"m"}`,
	"POST /login/idm/tokens": `{"access_token":"a","expires_in":300}`,
}

// pattern is an operation as a pod's route, and as the keys above have it.
func pattern(op symphony.Operation) (route, key string) {
	key = anyPlaceholder.ReplaceAllString(op.String(), "{}")
	if strings.Contains(key, "datafeeds/{}") {
		key = strings.Replace(key, "{}", "{id}", 1)
	}
	return op.String(), key
}

// chunked breaks off in the middle of an answer that does not say how long it is.
func chunked(w http.ResponseWriter, r *http.Request) {
	_, _ = w.Write([]byte(`{"a":`))
	_ = http.NewResponseController(w).Flush()
	cut(w, r)
}

// trial is one operation against a pod that fails the first time it is asked.
type trial struct {
	asked   atomic.Int32
	seconds float64
	err     error
}

func try(t *testing.T, op symphony.Operation, fails http.HandlerFunc) *trial {
	t.Helper()
	p, n, tr := newPod(t), newNetwork(), &trial{}
	for _, o := range symphony.Operations() {
		route, key := pattern(o)
		body := good[key]
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
	_, key := pattern(op)
	ask := asks(c)[key]
	require.NotNil(t, ask, "%s is asked for by no call", op)
	begin := time.Now()
	tr.err = ask(t.Context())
	tr.seconds = time.Since(begin).Seconds()
	return tr
}

func TestEveryOperationIsRepeatedAsItsClassSays(t *testing.T) {
	t.Parallel()
	kinds := map[string]http.HandlerFunc{
		"a reset after the request was written": cut, "a timeout": hang, "a 500": with(500, `{"code":500}`),
		"a proxy's 502": with(502, `<html>`), "a truncated answer": half, "an answer that breaks off": chunked,
		"half a document": with(200, `{"id":`),
	}
	for _, op := range symphony.Operations() {
		t.Run(op.String(), func(t *testing.T) {
			t.Parallel()
			for kind, fails := range kinds {
				bubble(t, func(t *testing.T) {
					tr := try(t, op, fails)
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
