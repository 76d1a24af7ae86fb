package symphony_test

import (
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// answerFor is an answer for some of the operations.
func answerFor(h http.HandlerFunc, patterns ...string) func(string, http.ResponseWriter, *http.Request) bool {
	return func(pattern string, w http.ResponseWriter, r *http.Request) bool {
		if !slices.Contains(patterns, pattern) {
			return false
		}
		h(w, r)
		return true
	}
}

const (
	podLogin        = "POST /login/pubkey/authenticate"
	keyManagerLogin = "POST /relay/pubkey/authenticate"
)

// breakOff breaks off in the middle of an answer.
func breakOff(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "1000")
	reply(w, 200, `{"ackId":"x","even`)
}

// neverAnswer never answers.
func neverAnswer(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

// loginDown ends the session and lets nobody in.
func loginDown(login http.HandlerFunc) func(string, http.ResponseWriter, *http.Request) bool {
	return func(pattern string, w http.ResponseWriter, r *http.Request) bool {
		if pattern == podLogin || pattern == keyManagerLogin {
			login(w, r)
			return true
		}
		reply(w, 401, `{"code":401,"message":"Invalid session"}`)
		return true
	}
}

func TestOutages(t *testing.T) {
	t.Parallel()
	everything := []string{listFeeds, createFeed, readFeed, deleteFeed}
	bad := errors.New("x509: certificate signed by unknown authority")
	const (
		longest = 7500 * time.Millisecond // the longest wait with its jitter
		// anew is with a feed that has expired: two more reads before it is given up, the wait
		// after each with its jitter, and the pause before another is made.
		anew = longest + 750*time.Millisecond + 1500*time.Millisecond + 3*time.Second
		// turns are how often a minute a feed is tried that stays down, when each wait is the
		// shortest of the longest, 2.5 s.
		turns = 24
	)
	for name, tc := range map[string]struct {
		fault   func(string, http.ResponseWriter, *http.Request) bool
		network error
		lasts   time.Duration
		// back is the longest time from the end of the outage until a message is read.
		back time.Duration
		// perMinute bounds the calls made meanwhile: those of a turn, times the turns.
		perMinute float64
	}{
		"400 for every feed":             {fault: answerFor(answerWith(400, `{}`), readFeed), back: 20 * time.Second, perMinute: 6 * turns},
		"401 for every session":          {fault: answerFor(answerWith(401, `{}`), readFeed), perMinute: 4 * turns},
		"403, as with too many feeds":    {fault: answerFor(answerWith(403, `{}`), everything...), back: 2 * time.Minute, perMinute: 3},
		"403 from a proxy":               {fault: answerFor(answerWith(403, `<html>`), everything...), perMinute: turns},
		"404 for every feed":             {fault: answerFor(answerWith(404, `{}`), readFeed), back: 20 * time.Second, perMinute: 6 * turns},
		"404 from a proxy":               {fault: answerFor(answerWith(404, `<html>`), everything...), perMinute: 2 * turns},
		"429":                            {fault: answerFor(answerWith(429, `{}`), everything...), perMinute: turns},
		"429 with Retry-After":           {fault: answerFor(throttleFor("20"), everything...), back: 25 * time.Second, perMinute: 4},
		"500":                            {fault: answerFor(answerWith(500, `{}`), everything...), perMinute: turns},
		"503 from a proxy":               {fault: answerFor(answerWith(503, `<html>`), everything...), perMinute: turns},
		"resets":                         {fault: answerFor(dropConnection, everything...), perMinute: turns},
		"truncated answers":              {fault: answerFor(breakOff, everything...), perMinute: turns},
		"answers that cannot be decoded": {fault: answerFor(answerWith(200, `<html>`), everything...), perMinute: turns},
		"answers of another shape":       {fault: answerFor(answerWith(200, `{"events":7}`), everything...), perMinute: turns},
		"no answers":                     {fault: answerFor(neverAnswer, everything...), back: 75 * time.Second, perMinute: 3},
		"a host that refuses":            {network: errRefused},
		"a name that is not known":       {network: &net.DNSError{Err: "no such host", Name: "symphony", IsNotFound: true}},
		"a certificate not to be trusted": {
			network: &tls.CertificateVerificationError{Err: bad},
		},
		"a login that is down for a minute": {fault: loginDown(answerWith(503, ``)), lasts: time.Minute, perMinute: 60},
		"a login that is down for an hour":  {fault: loginDown(answerWith(503, ``)), lasts: time.Hour, back: anew, perMinute: 1.5 * turns},
		"a login that asks for patience":    {fault: loginDown(throttleFor("20")), back: 25 * time.Second, perMinute: 12},
		"a login that hangs for an hour":    {fault: loginDown(neverAnswer), lasts: time.Hour, back: 90 * time.Second, perMinute: 10},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(t *testing.T) {
				lasts, back := tc.lasts, tc.back
				if lasts == 0 {
					lasts = 10 * time.Minute
				}
				if back == 0 {
					back = longest
				}
				l := startListener(t)
				l.publish("before")
				time.Sleep(2 * time.Second)
				require.Equal(t, 1, l.timesHandled("before"))

				l.setFault(tc.fault)
				l.net.setBroken("symphony", tc.network)
				if tc.network != nil {
					l.client.Close()
				}
				begin := time.Now()
				time.Sleep(lasts / 2)
				l.publish("during")
				time.Sleep(lasts / 2)
				login := strings.Contains(name, "login")
				if !login {
					require.NotZero(t, l.feed.Stats().DownSince)
					require.Error(t, l.feed.Stats().LastError)
				} else {
					require.Error(t, l.client.Stats().LoginError)
				}
				l.setFault(nil)
				l.net.setBroken("symphony", nil)
				end := time.Now()
				time.Sleep(back + 2*time.Second)
				l.publish("after")
				time.Sleep(2 * time.Second)

				require.Equal(t, 1, l.timesHandled("after"))
				require.Zero(t, l.feed.Stats().DownSince)
				if lasts < feedLife && !strings.HasSuffix(name, "every feed") {
					time.Sleep(visibility)
					require.Equal(t, 1, l.timesHandled("during"))
				}
				if tc.perMinute > 0 {
					calls := l.callsBetween(begin, end)
					require.LessOrEqual(t, float64(len(calls)), tc.perMinute*lasts.Minutes()+10)
					require.GreaterOrEqual(t, float64(len(calls)), lasts.Minutes()/3)
				}
				require.NoError(t, l.client.Stats().LoginError)
				l.requireOutageLogged(t, begin, end, login)
				l.stop()
			})
		})
	}
}

// requireOutageLogged demands one line when an outage begins, one when it ends with its length, and
// at most one a minute between.
func (l *listener) requireOutageLogged(t *testing.T, begin, end time.Time, login bool) {
	t.Helper()
	lines := l.log.lines(t)
	require.Equal(t, "signed in to Symphony", lines[0].Message)
	require.Equal(t, "a feed was created", lines[1].Message)
	lines = slices.DeleteFunc(lines[2:], func(l logLine) bool { return l.Message == "signed in to Symphony" })
	again := []string{"the feed is read again"}
	if login {
		again = []string{"signed in to Symphony again", "the session is accepted again"}
		all := len(lines)
		lines = slices.DeleteFunc(lines, func(l logLine) bool { return strings.HasPrefix(l.Message, "the feed is ") })
		require.LessOrEqual(t, all-len(lines), 2, "of a feed that has expired meanwhile")
	}
	first, last := lines[0], lines[len(lines)-1]
	require.Contains(t, []string{"warn", "error"}, first.Level)
	require.LessOrEqual(t, first.Time.Sub(begin), 95*time.Second, "a parked read and a call's patience")
	require.Contains(t, again, last.Message)
	require.InDelta(t, last.Time.Sub(first.Time).Seconds(), last.Lasted/1000, parks.Seconds()+1)
	require.LessOrEqual(t, len(lines), int(end.Sub(begin).Minutes())+3)
	for i, line := range lines[1 : len(lines)-1] {
		require.GreaterOrEqual(t, line.Time.Sub(lines[i].Time), time.Minute)
		require.Contains(t, []string{"warn", "error"}, line.Level)
	}
}
