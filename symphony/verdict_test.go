package symphony_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/symphony"
)

// verdicts are what an error means by the class of the operation.
type verdicts struct{ read, safeWrite, unsafeWrite symphony.Verdict }

func sameForAll(v symphony.Verdict) verdicts { return verdicts{v, v, v} }

// outcomeInDoubt is for failures that do not say whether the work was done.
var outcomeInDoubt = verdicts{symphony.Unavailable, symphony.OutcomeUnknown, symphony.OutcomeUnknown}

// byClass has one operation of each class.
var byClass = []struct {
	class   symphony.Class
	pattern string
	call    func(context.Context, *symphony.Client) error
	want    func(verdicts) symphony.Verdict
}{
	{symphony.Read, roomInfo, func(ctx context.Context, c *symphony.Client) error { return errorOf(c.Room(ctx, "r")) },
		func(v verdicts) symphony.Verdict { return v.read }},
	{symphony.SafeWrite, addMember, func(ctx context.Context, c *symphony.Client) error { return c.AddMember(ctx, "r", 7) },
		func(v verdicts) symphony.Verdict { return v.safeWrite }},
	{symphony.UnsafeWrite, createRoom, func(ctx context.Context, c *symphony.Client) error {
		return errorOf(c.CreateRoom(ctx, symphony.RoomAttributes{}))
	}, func(v verdicts) symphony.Verdict { return v.unsafeWrite }},
}

// requireVerdict checks an error and all that follows from its verdict.
func requireVerdict(t *testing.T, want symphony.Verdict, err error, about ...any) {
	t.Helper()
	require.Equal(t, want.String(), symphony.VerdictOf(err).String(), "%v: %v", about, err)
	require.Equal(t, want == symphony.OutcomeUnknown, errors.Is(err, symphony.ErrOutcomeUnknown), about...)
	if err != nil {
		require.Equal(t, want, symphony.VerdictOf(fmt.Errorf("wrapped: %w", err)), about...)
	}
	if want == symphony.NotSignedIn {
		require.ErrorIs(t, err, symphony.ErrNotSignedIn, about...)
	}
}

func TestVerdictOfEveryStatus(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T) {
		p, n := newPod(t), newNetwork()
		var answer http.HandlerFunc
		for _, op := range byClass {
			p.on(op.pattern, func(w http.ResponseWriter, r *http.Request) { answer(w, r) })
		}
		c := n.client(t, p, func(c *symphony.Config) { c.Retry.MaxAttempts = 1 })
		for status := 300; status < 600; status++ {
			own, proxy := sameForAll(symphony.NotSent), sameForAll(symphony.NotSent)
			switch {
			case status == 408, status >= 500:
				own, proxy = outcomeInDoubt, outcomeInDoubt
			case status == 401, status == 429:
			case status >= 400:
				own = sameForAll(symphony.Refused)
			}
			for body, want := range map[string]verdicts{`{"code":1}`: own, ``: own, `<html>`: proxy} {
				answer = answerWith(status, body)
				for _, op := range byClass {
					requireVerdict(t, op.want(want), op.call(t.Context(), c), status, body, op.class)
				}
			}
		}
	})
}

// failedCall is one way in which a call fails.
type failedCall struct {
	answer, login http.HandlerFunc
	// before is called when the client has signed in, unless it is nil.
	before func(c *symphony.Client, n *network)
	// config changes the client, unless it is nil.
	config func(*symphony.Config)
	// during makes the context of the call, unless it is nil.
	during func(context.Context) (context.Context, context.CancelFunc)
	want   verdicts
}

var (
	sessionEnded = answerWith(401, `{}`)
	failedLogin  = func(answer http.HandlerFunc) failedCall {
		return failedCall{answer: sessionEnded, login: answer, want: sameForAll(symphony.NotSignedIn)}
	}
	timeoutSoon = func(ctx context.Context) (context.Context, context.CancelFunc) {
		return context.WithTimeout(ctx, time.Second)
	}
	cancelSoon = func(ctx context.Context) (context.Context, context.CancelFunc) {
		ctx, cancel := context.WithCancel(ctx)
		time.AfterFunc(time.Second, cancel)
		return ctx, cancel
	}
	canceledBefore = func(ctx context.Context) (context.Context, context.CancelFunc) {
		ctx, cancel := context.WithCancel(ctx)
		cancel()
		return ctx, cancel
	}
	frozenProcess = func(ctx context.Context) (context.Context, context.CancelFunc) { return frozenContext{ctx}, func() {} }
)

func TestVerdictOfEveryFailure(t *testing.T) {
	t.Parallel()
	unreachable := func(c *symphony.Client, n *network) { c.Close(); n.setBroken("symphony", errRefused) }
	for name, f := range map[string]failedCall{
		"no connection":               {answer: neverAnswer, before: unreachable, want: sameForAll(symphony.NotSent)},
		"time over before sending":    {answer: neverAnswer, during: frozenProcess, want: sameForAll(symphony.NotSent)},
		"canceled before sending":     {answer: neverAnswer, during: canceledBefore, want: sameForAll(symphony.NotSent)},
		"throttled":                   {answer: throttleFor("1"), want: sameForAll(symphony.NotSent)},
		"session ended twice":         {answer: sessionEnded, want: sameForAll(symphony.NotSent)},
		"dropped after sending":       {answer: dropConnection, want: outcomeInDoubt},
		"timeout of the client":       {answer: neverAnswer, want: outcomeInDoubt},
		"timeout of the caller":       {answer: neverAnswer, during: timeoutSoon, want: outcomeInDoubt},
		"canceled after sending":      {answer: neverAnswer, during: cancelSoon, want: outcomeInDoubt},
		"answer cut short":            {answer: breakOff, want: outcomeInDoubt},
		"answer cut short, no length": {answer: breakOffChunked, want: outcomeInDoubt},
		"garbled success":             {answer: answerWith(200, `{"roomSystemInfo":`), want: outcomeInDoubt},
		"success of another shape":    {answer: answerWith(200, `[]`), want: verdicts{symphony.Unavailable, symphony.Succeeded, symphony.OutcomeUnknown}},
		"empty success":               {answer: answerWith(200, ``), want: verdicts{symphony.Unavailable, symphony.Succeeded, symphony.OutcomeUnknown}},
		"success without an id":       {answer: answerWith(200, `{}`), want: verdicts{symphony.Succeeded, symphony.Succeeded, symphony.OutcomeUnknown}},
		"proxy page as success":       {answer: answerWith(200, `<html>`), want: outcomeInDoubt},
		"proxy page as refusal":       {answer: answerWith(403, `<html>`), want: sameForAll(symphony.NotSent)},
		"proxy page as failure":       {answer: answerWith(502, `<html>`), want: outcomeInDoubt},
		"too large": {
			answer: answerWith(200, `{"a":"`+strings.Repeat("a", 1000)+`"}`), config: func(c *symphony.Config) { c.MaxBody = 500 }, want: outcomeInDoubt,
		},
		"login refused":           failedLogin(answerWith(401, `{}`)),
		"login forbidden":         failedLogin(answerWith(403, `{}`)),
		"login down":              failedLogin(answerWith(503, ``)),
		"login dropped":           failedLogin(dropConnection),
		"login without a token":   failedLogin(answerWith(200, `{}`)),
		"login page of a proxy":   failedLogin(answerWith(200, `<html>`)),
		"login without an answer": failedLogin(neverAnswer),
		"login not waited for":    {answer: sessionEnded, login: neverAnswer, during: timeoutSoon, want: sameForAll(symphony.NotSignedIn)},
		"login canceled":          {answer: sessionEnded, login: neverAnswer, during: cancelSoon, want: sameForAll(symphony.NotSignedIn)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, op := range byClass {
				inBubble(t, func(t *testing.T) { requireVerdict(t, op.want(f.want), f.fail(t, op.pattern, op.call), op.class) })
			}
		})
	}
}

// fail makes a call that fails so.
func (f failedCall) fail(t *testing.T, pattern string, call func(context.Context, *symphony.Client) error) error {
	t.Helper()
	p, n := newPod(t), newNetwork()
	if f.login != nil {
		p.answers("POST /login/pubkey/authenticate", answerWith(200, `{"token":"session-1"}`), f.login)
	}
	p.on(pattern, f.answer)
	c := n.client(t, p, func(c *symphony.Config) {
		c.Retry.MaxAttempts = 1
		if f.config != nil {
			f.config(c)
		}
	})
	require.NoError(t, c.Login(t.Context()))
	if f.before != nil {
		f.before(c, n)
	}
	ctx := t.Context()
	if f.during != nil {
		during, end := f.during(ctx)
		defer end()
		ctx = during
	}
	return call(ctx, c)
}

func TestVerdictOfAnUntrustedCertificate(t *testing.T) {
	t.Parallel()
	for _, op := range byClass {
		p := newPod(t)
		p.serve()
		private := httptest.NewUnstartedServer(p.handler())
		private.Config.ErrorLog = log.New(io.Discard, "", 0)
		private.StartTLS()
		t.Cleanup(private.Close)
		c := p.client(func(c *symphony.Config) {
			c.Endpoints = symphony.Endpoints{Pod: private.URL, Login: p.server.URL, KeyManager: p.server.URL}
		})
		requireVerdict(t, symphony.NotSent, op.call(t.Context(), c), op.class)
		require.Empty(t, p.waitsSoFar(), "it is not repeated")
	}
}

func TestVerdictOfOtherErrors(t *testing.T) {
	t.Parallel()
	require.Equal(t, symphony.Succeeded, symphony.VerdictOf(nil))
	require.Equal(t, symphony.OutcomeUnknown, symphony.VerdictOf(context.Canceled))
	require.Equal(t, symphony.OutcomeUnknown, symphony.VerdictOf(errors.New("from elsewhere")))
	for v, may := range map[symphony.Verdict]bool{
		symphony.NotSent: true, symphony.NotSignedIn: true, symphony.Succeeded: false, symphony.Refused: false,
		symphony.Unavailable: false, symphony.OutcomeUnknown: false,
	} {
		require.Equal(t, may, v.MayRepeat(), v)
	}
}

func TestVerdictOfASafeWriteThatWasRepeated(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		answers []http.HandlerFunc
		login   http.HandlerFunc
		want    symphony.Verdict
	}{
		"a cut-off try counts though the last one was throttled":     {[]http.HandlerFunc{dropConnection, throttleFor("3600")}, nil, symphony.OutcomeUnknown},
		"a cut-off try counts though signing in failed for the last": {[]http.HandlerFunc{dropConnection, sessionEnded}, answerWith(401, `{}`), symphony.OutcomeUnknown},
		"a refusal answers for how things are now":                   {[]http.HandlerFunc{dropConnection, answerWith(403, `{}`)}, nil, symphony.Refused},
		"an answer settles it":                                       {[]http.HandlerFunc{dropConnection, answerWith(200, `{}`)}, nil, symphony.Succeeded},
		"throttled tries had no effect":                              {[]http.HandlerFunc{throttleFor("1"), throttleFor("3600")}, nil, symphony.NotSent},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(t *testing.T) {
				p, n := newPod(t), newNetwork()
				if tc.login != nil {
					p.answers("POST /login/pubkey/authenticate", answerWith(200, `{"token":"session-1"}`), tc.login)
				}
				p.answers(addMember, tc.answers...)
				err := n.client(t, p).AddMember(t.Context(), "r", 7)
				requireVerdict(t, tc.want, err)
				require.Len(t, p.requestsTo("POST", "/pod/v1/room/r/membership/add"), len(tc.answers))
			})
		})
	}
}
