package symphony_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/symphony"
)

const (
	createRoom = "POST /pod/v3/room/create"
	roomInfo   = "GET /pod/v3/room/{id}/info"
	addMember  = "POST /pod/v1/room/{id}/membership/add"
	room       = `{"roomAttributes":{"name":"Q3 desk","description":"FX planning","membersCanInvite":true,"discoverable":false,
		"keywords":[{"key":"desk","value":"fx"}],"readOnly":false,"copyProtected":false,"crossPod":false,"viewHistory":false,
		"multiLateralRoom":false,"scheduledMeeting":false,"public":false,"groupChat":false},
		"roomSystemInfo":{"id":"0u0r8TfV3u4QEtjCHR5NLX///nA60EfPdA==","creationDate":1717000190000,"createdByUserId":7078106103815,"active":true},
		"groups":[{"id":7078106104000,"addedBy":7078106103815}]}`
)

func TestErrorsIsByStatus(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]error{
		400: symphony.ErrBadRequest, 403: symphony.ErrForbidden, 404: symphony.ErrNotFound,
		451: symphony.ErrBlocked, 452: symphony.ErrBarrier, 500: symphony.ErrUnavailable, 429: symphony.ErrTooManyRequests,
	} {
		p := newPod(t)
		p.answer(roomInfo, status, `{"code":"SOME_CODE","message":"No such\nthing"}`)
		got, err := p.client(func(c *symphony.Config) { c.Retry.MaxAttempts = 1 }).Room(t.Context(), "r")
		require.ErrorIs(t, err, want)
		require.Zero(t, got)
		var e *symphony.Error
		require.ErrorAs(t, err, &e)
		require.Equal(t, status, e.Status)
		require.Equal(t, "SOME_CODE", e.Code)
		require.Equal(t, "No such thing", e.Message)
		require.Contains(t, err.Error(), "code SOME_CODE")
		require.NotContains(t, err.Error(), "thing")
		require.Contains(t, symphony.ErrorDetail(fmt.Errorf("look: %w", err)), `code SOME_CODE: "No such thing"`)
		require.Equal(t, roomInfo, e.Operation)
		require.Len(t, e.TraceID, 6)
		require.NotErrorIs(t, err, symphony.ErrOutcomeUnknown)
	}
}

func TestErrorBodiesOfEveryComponentAreRead(t *testing.T) {
	t.Parallel()
	for body, want := range map[string][2]string{
		`{"code":403,"message":"The user lacks the required entitlement to perform this operation"}`: {
			"403", "The user lacks the required entitlement to perform this operation"},
		`{"code":400,"message":"Invalid messageML","details":{"line":3}}`:         {"400", "Invalid messageML"},
		`{"code":"group.barrier","message":"No","context":{"a":"b"}}`:             {"group.barrier", "No"},
		`{"message":"Limit reached","status":"PAYLOAD_TOO_LARGE","code":"LIMIT"}`: {"LIMIT", "Limit reached"},
		`<html><body>502</body></html>`:                                           {"", ""},
		``:                                                                        {"", ""},
		`[]`:                                                                      {"", ""},
	} {
		p := newPod(t)
		p.answer(roomInfo, 403, body)
		_, err := p.client().Room(t.Context(), "r")
		var e *symphony.Error
		require.ErrorAs(t, err, &e)
		require.Equal(t, want, [2]string{e.Code, e.Message}, body)
	}
}

func TestCodeThatMayBeATextIsNotInTheError(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"room of alice", "alice@acme.test", strings.Repeat("x", 41)} {
		require.NotContains(t, (&symphony.Error{Operation: "GET /x", Status: 400, Code: code}).Error(), code)
	}
}

func TestReadsAndSafeWritesAreRepeated(t *testing.T) {
	t.Parallel()
	for name, handler := range map[string]http.HandlerFunc{
		"after a server's fault": answerWith(500, `{}`), "after a proxy's page": answerWith(502, `<html>`),
		"after throttling": answerWith(429, `{}`), "after a lost connection": dropConnection,
		"after a request that came too slowly": answerWith(408, `<html>`),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPod(t)
			p.answers(roomInfo, handler, handler, answerWith(200, room))
			p.answers(addMember, handler, answerWith(200, `{"format":"TEXT","message":"Member added"}`))
			c := p.client()
			got, err := c.Room(t.Context(), "r")
			require.NoError(t, err)
			require.EqualValues(t, "0u0r8TfV3u4QEtjCHR5NLX___nA60EfPdA", got.ID)
			require.NoError(t, c.AddMember(t.Context(), "r", 7))
			require.Len(t, p.requestsTo("GET", "/pod/v3/room/r/info"), 3)
			require.Len(t, p.requestsTo("POST", "/pod/v1/room/r/membership/add"), 2)
		})
	}
}

func TestNotImplementedIsNotRepeated(t *testing.T) {
	t.Parallel()
	p := newPod(t)
	p.answer(roomInfo, 501, `{"message":"Not implemented"}`)
	_, err := p.client().Room(t.Context(), "r")
	require.ErrorIs(t, err, symphony.ErrUnavailable)
	require.Len(t, p.requestsTo("GET", "/pod/v3/room/r/info"), 1)
}

func TestUnsafeWritesWithUnknownOutcomeAreNotRepeated(t *testing.T) {
	t.Parallel()
	for name, handler := range map[string]http.HandlerFunc{
		"a lost connection": dropConnection, "a server's fault": answerWith(500, `{}`), "a proxy's timeout": answerWith(504, ``),
		"a timeout": neverAnswer, "half an answer": breakOff, "an answer that makes no sense": answerWith(200, `<html>`),
		"an answer that does not name the room": answerWith(200, `{}`),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(t *testing.T) {
				p, n := newPod(t), newNetwork()
				p.answers(createRoom, handler, answerWith(200, room))
				c := n.client(t, p)
				require.NoError(t, c.Login(t.Context()))
				_, err := c.CreateRoom(t.Context(), symphony.RoomAttributes{Name: "Q3 desk"})
				require.ErrorIs(t, err, symphony.ErrOutcomeUnknown)
				require.Len(t, p.requestsTo("POST", "/pod/v3/room/create"), 1)
				conforms(t, p.requests)
			})
		})
	}
}

func TestCanceledUnsafeWriteHasAnUnknownOutcome(t *testing.T) {
	t.Parallel()
	p := newPod(t)
	ctx, cancel := context.WithCancel(t.Context())
	p.on(createRoom, func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	})
	_, err := p.client().CreateRoom(ctx, symphony.RoomAttributes{})
	require.ErrorIs(t, err, symphony.ErrOutcomeUnknown)
	require.ErrorIs(t, err, context.Canceled)
}

func TestUnsafeWritesWithoutEffectAreRepeated(t *testing.T) {
	t.Parallel()
	for name, handler := range map[string]http.HandlerFunc{
		"an ended session": answerWith(401, `{}`), "throttling": answerWith(429, `{}`),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPod(t)
			p.answers(createRoom, handler, answerWith(200, room))
			got, err := p.client().CreateRoom(t.Context(), symphony.RoomAttributes{Name: "Q3 desk"})
			require.NoError(t, err)
			require.Equal(t, "Q3 desk", got.Attributes.Name)
		})
	}

	t.Run("no connection", func(t *testing.T) {
		t.Parallel()
		p := newPod(t)
		c := p.client(func(c *symphony.Config) { c.Retry.MaxAttempts = 4; c.Endpoints.Login = c.Endpoints.Pod })
		require.NoError(t, c.Login(t.Context()))
		c.Close()
		p.server.Close()
		_, err := c.CreateRoom(t.Context(), symphony.RoomAttributes{})
		require.ErrorIs(t, err, symphony.ErrUnavailable)
		require.NotErrorIs(t, err, symphony.ErrOutcomeUnknown)
		require.Len(t, p.waitsSoFar(), 3)
	})

	t.Run("a refusal is not repeated and its outcome is known", func(t *testing.T) {
		t.Parallel()
		p := newPod(t)
		p.answer(createRoom, 400, `{"message":"Please choose another name."}`)
		_, err := p.client().CreateRoom(t.Context(), symphony.RoomAttributes{})
		require.ErrorIs(t, err, symphony.ErrBadRequest)
		require.NotErrorIs(t, err, symphony.ErrOutcomeUnknown)
		require.Empty(t, p.waitsSoFar())
	})
}

// frozenContext is a context whose deadline passed while the process was frozen, and which has not
// noticed yet.
type frozenContext struct{ context.Context }

func (frozenContext) Deadline() (time.Time, bool) { return time.Now().Add(-time.Second), true }

func TestFrozenProcessSendsNothingAfterTheDeadline(t *testing.T) {
	t.Parallel()
	p := newPod(t)
	p.answer(createRoom, 200, room)
	c := p.client()
	require.NoError(t, c.Login(t.Context()))
	_, err := c.CreateRoom(frozenContext{t.Context()}, symphony.RoomAttributes{})
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.NotErrorIs(t, err, symphony.ErrOutcomeUnknown)
	require.Empty(t, p.requestsTo("POST", "/pod/v3/room/create"))
}

func TestAnswerAboveTheLimitIsAnError(t *testing.T) {
	t.Parallel()
	p := newPod(t)
	p.answer(sessionInfo, 200, me)
	_, err := p.client(func(c *symphony.Config) { c.MaxBody = 100 }).Me(t.Context())
	require.ErrorIs(t, err, symphony.ErrTooLarge)
	require.Len(t, p.requestsTo("GET", "/pod/v2/sessioninfo"), 1)
}

func TestEveryTryIsObserved(t *testing.T) {
	t.Parallel()
	p := newPod(t)
	p.answers(roomInfo, answerWith(500, `{}`), answerWith(200, room))
	var calls []symphony.Call
	c := p.client(func(c *symphony.Config) { c.Observe = func(call symphony.Call) { calls = append(calls, call) } })
	_, err := c.Room(symphony.WithTraceID(t.Context(), "abc123"), "r")
	require.NoError(t, err)
	require.Len(t, calls, 4)
	require.Equal(t, "POST /login/pubkey/authenticate", calls[0].Operation)
	require.Equal(t, roomInfo, calls[2].Operation)
	require.Equal(t, 500, calls[2].Status)
	require.ErrorIs(t, calls[2].Err, symphony.ErrUnavailable)
	require.Equal(t, 200, calls[3].Status)
	require.NoError(t, calls[3].Err)
	require.Equal(t, "abc123", calls[3].TraceID)
}

func TestTokensAppearInNoError(t *testing.T) {
	t.Parallel()
	p := newPod(t)
	p.answer("GET /pod/v3/users", 500, `{}`)
	c := p.client(func(c *symphony.Config) { c.Retry.MaxAttempts = 1 })
	_, err := c.UsersByEmail(t.Context(), "ana@acme.test")
	require.Error(t, err)
	p.server.Close()
	_, gone := c.UsersByEmail(t.Context(), "ana@acme.test")
	require.Error(t, gone)
	for _, text := range []string{err.Error(), gone.Error(), errors.Join(err, gone).Error()} {
		require.NotContains(t, text, "session-1")
		require.NotContains(t, text, "ana@")
	}
}
