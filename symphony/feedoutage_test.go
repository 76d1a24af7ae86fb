package symphony_test

import (
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/symphony"
)

// fault is an answer for some of the operations.
func fault(h http.HandlerFunc, patterns ...string) func(string, http.ResponseWriter, *http.Request) bool {
	return func(pattern string, w http.ResponseWriter, r *http.Request) bool {
		for _, p := range patterns {
			if p == pattern {
				h(w, r)
				return true
			}
		}
		return false
	}
}

const (
	logsIn  = "POST /login/pubkey/authenticate"
	hasKeys = "POST /relay/pubkey/authenticate"
)

// half breaks off in the middle of an answer.
func half(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "1000")
	reply(w, 200, `{"ackId":"x","even`)
}

// hang never answers.
func hang(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

// loginDown ends the session and lets nobody in.
func loginDown(login http.HandlerFunc) func(string, http.ResponseWriter, *http.Request) bool {
	return func(pattern string, w http.ResponseWriter, r *http.Request) bool {
		if pattern == logsIn || pattern == hasKeys {
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
	for name, tc := range map[string]struct {
		fault   func(string, http.ResponseWriter, *http.Request) bool
		network error
		lasts   time.Duration
		// back is the longest time from the end of the outage until a message is heard.
		back time.Duration
		// perMinute bounds the calls made meanwhile.
		perMinute float64
	}{
		"400 for every feed":             {fault: fault(with(400, `{}`), readFeed), back: 20 * time.Second, perMinute: 60},
		"401 for every session":          {fault: fault(with(401, `{}`), readFeed), perMinute: 60},
		"403, as with too many feeds":    {fault: fault(with(403, `{}`), everything...), back: 2 * time.Minute, perMinute: 3},
		"404 for every feed":             {fault: fault(with(404, `{}`), readFeed), back: 20 * time.Second, perMinute: 60},
		"404 from a proxy":               {fault: fault(with(404, `<html>`), everything...), perMinute: 30},
		"429":                            {fault: fault(with(429, `{}`), everything...), perMinute: 12},
		"429 with Retry-After":           {fault: fault(throttle("20"), everything...), back: 25 * time.Second, perMinute: 4},
		"500":                            {fault: fault(with(500, `{}`), everything...), perMinute: 12},
		"503 from a proxy":               {fault: fault(with(503, `<html>`), everything...), perMinute: 12},
		"resets":                         {fault: fault(cut, everything...), perMinute: 12},
		"truncated answers":              {fault: fault(half, everything...), perMinute: 12},
		"answers that cannot be decoded": {fault: fault(with(200, `<html>`), everything...), perMinute: 12},
		"answers of another shape":       {fault: fault(with(200, `{"events":7}`), everything...), perMinute: 12},
		"no answers":                     {fault: fault(hang, everything...), back: 75 * time.Second, perMinute: 3},
		"a host that refuses":            {network: errRefused},
		"a name that is not known":       {network: &net.DNSError{Err: "no such host", Name: "symphony", IsNotFound: true}},
		"a certificate not to be trusted": {
			network: &tls.CertificateVerificationError{Err: bad},
		},
		"a login that is down for a minute": {fault: loginDown(with(503, ``)), lasts: time.Minute, perMinute: 60},
		"a login that is down for an hour":  {fault: loginDown(with(503, ``)), lasts: time.Hour, perMinute: 20},
		"a login that hangs for an hour":    {fault: loginDown(hang), lasts: time.Hour, back: 90 * time.Second, perMinute: 10},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				lasts, back := tc.lasts, tc.back
				if lasts == 0 {
					lasts = 10 * time.Minute
				}
				if back == 0 {
					back = 15 * time.Second // the longest wait with its jitter
				}
				l := listen(t)
				l.say("before")
				time.Sleep(2 * time.Second)
				require.Equal(t, 1, l.times("before"))

				l.breaks(tc.fault)
				l.net.breaks("symphony", tc.network)
				if tc.network != nil {
					l.client.Close()
				}
				begin := time.Now()
				time.Sleep(lasts / 2)
				l.say("during")
				time.Sleep(lasts / 2)
				login := strings.Contains(name, "login")
				if !login {
					require.NotZero(t, l.feed.Stats().DownSince)
					require.Error(t, l.feed.Stats().LastError)
				} else {
					require.Error(t, l.client.Stats().LoginError)
				}
				l.breaks(nil)
				l.net.breaks("symphony", nil)
				end := time.Now()
				time.Sleep(back + 2*time.Second)
				l.say("after")
				time.Sleep(2 * time.Second)

				require.Equal(t, 1, l.times("after"))
				require.Zero(t, l.feed.Stats().DownSince)
				if lasts < feedLife && !strings.HasSuffix(name, "every feed") {
					time.Sleep(visibility)
					require.Equal(t, 1, l.times("during"))
				}
				if tc.perMinute > 0 {
					calls := l.callsBetween(begin, end)
					require.LessOrEqual(t, float64(len(calls)), tc.perMinute*lasts.Minutes()+10)
					require.GreaterOrEqual(t, float64(len(calls)), lasts.Minutes()/3)
				}
				require.NoError(t, l.client.Stats().LoginError)
				l.toldOf(t, begin, end, login)
				l.stop()
			})
		})
	}
}

// toldOf demands one line when an outage begins, one when it ends with its length,
// and at most one a minute between.
func (l *listener) toldOf(t *testing.T, begin, end time.Time, login bool) {
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

func TestAParkedReadThatBreaksOffLosesNothing(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		l := listen(t)
		broken := 0
		l.breaks(func(pattern string, w http.ResponseWriter, r *http.Request) bool {
			if pattern != readFeed || broken > 0 {
				return false
			}
			broken++
			time.Sleep(5 * time.Second)
			l.take(r.PathValue("id"), "") // it was delivered, but the answer is lost
			cut(w, r)
			return true
		})
		time.Sleep(parks)
		l.say("m")
		time.Sleep(2 * visibility)
		require.Equal(t, 1, l.times("m"))
		l.stop()
	})
}

func TestAStoreOutageIsToldOnceAndLosesNothing(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		l := listen(t)
		l.breakStore(true)
		l.say("m")
		time.Sleep(5 * time.Minute)
		l.breakStore(false)
		time.Sleep(visibility + 2*time.Second)
		require.Equal(t, 1, l.times("m"))
		lines := l.log.lines(t, "signed in to Symphony", "a feed was created")
		require.Equal(t, "a batch was not handled; it comes again", lines[0].Message)
		require.Equal(t, "batches are handled again", lines[len(lines)-1].Message)
		require.InDelta(t, 300, lines[len(lines)-1].Lasted/1000, 32)
		require.LessOrEqual(t, len(lines), 7)
		stats := l.feed.Stats()
		require.Positive(t, stats.Unhandled)
		require.EqualValues(t, 1, stats.Handled)
		l.stop()
	})
}

func TestAFlappingServiceDoesNotFloodTheLog(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		l := listen(t)
		var n atomic.Int32
		l.breaks(func(pattern string, w http.ResponseWriter, _ *http.Request) bool {
			if pattern != readFeed {
				return false
			}
			if n.Add(1)%2 == 0 {
				reply(w, 500, `{}`)
			} else {
				reply(w, 200, `{"ackId":"x","events":[]}`)
			}
			return true
		})
		time.Sleep(10 * time.Minute)
		require.Greater(t, int(n.Load()), 200)
		require.Less(t, len(l.log.lines(t)), 25)
		l.stop()
	})
}

func TestTwentyFeedsThatOthersUse(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		p := newPod(t)
		l := &listener{feeds: newFeeds(p), t: t, net: newNetwork(), heard: map[string]int{}, ended: make(chan error, 1)}
		var room atomic.Bool
		l.breaks(func(pattern string, w http.ResponseWriter, _ *http.Request) bool {
			switch {
			case !room.Load() && pattern == listFeeds: // of another kind
				reply(w, 200, `[`+strings.Repeat(`{"id":"5a_p_1","type":"datahose"},`, 19)+`{"id":"5a_p_1","type":"datahose"}]`)
			case !room.Load() && pattern == createFeed:
				reply(w, 403, `{"message":"too many feeds"}`)
			default:
				return false
			}
			return true
		})
		l.client = l.net.client(t, p)
		l.start()
		time.Sleep(10 * time.Minute)
		require.Empty(t, l.feed.Stats().Feed)
		lines := l.log.lines(t)
		require.Contains(t, lines[1].Message, "too many feeds (20 are allowed)")
		require.LessOrEqual(t, len(lines), 12)
		require.Empty(t, p.got("DELETE", "/agent/v5/datafeeds/5a_p_1"))
		room.Store(true)
		time.Sleep(2 * time.Minute)
		l.say("m")
		time.Sleep(2 * time.Second)
		require.Equal(t, 1, l.times("m"))
		l.stop()
	})
}

func TestAnotherReplicaReplacesTheFeed(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		l := listen(t)
		old := string(l.feed.Stats().Feed)
		l.mu.Lock()
		delete(l.live, old)
		l.live["9"+old[1:]] = &liveFeed{read: time.Now()}
		l.mu.Unlock()
		l.say("m")
		time.Sleep(5 * time.Second)
		require.Equal(t, 1, l.times("m"))
		require.EqualValues(t, "9"+old[1:], l.feed.Stats().Feed)
		require.Equal(t, 1, l.made, "none but the first was made")
		l.stop()
	})
}

func TestAnExpiredFeedIsReplaced(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		l := listen(t)
		l.net.breaks("symphony", errRefused)
		l.client.Close()
		l.breaks(fault(cut, readFeed))
		time.Sleep(feedLife + 5*time.Minute)
		l.net.breaks("symphony", nil)
		l.breaks(nil)
		time.Sleep(30 * time.Second)
		l.say("m")
		time.Sleep(2 * time.Second)
		require.Equal(t, 1, l.times("m"))
		require.EqualValues(t, 1, l.feed.Stats().Lost)
		require.Equal(t, 2, l.made)
		l.stop()
	})
}

func TestStopIsImmediateInEveryWait(t *testing.T) {
	t.Parallel()
	for name, broken := range map[string]func(string, http.ResponseWriter, *http.Request) bool{
		"a parked read":            nil,
		"a pause after a failure":  fault(with(500, `{}`), readFeed),
		"a pause asked for":        fault(throttle("300"), readFeed),
		"a pause after a refusal":  fault(with(403, `{}`), readFeed),
		"a login that hangs":       loginDown(hang),
		"a login's own repetition": loginDown(with(503, ``)),
		"a list that hangs":        fault(hang, listFeeds),
		"a deletion that hangs": func(p string, w http.ResponseWriter, r *http.Request) bool {
			return fault(with(400, `{}`), readFeed)(p, w, r) || fault(hang, deleteFeed)(p, w, r)
		},
		"the wait before a feed is made": func(p string, w http.ResponseWriter, r *http.Request) bool {
			return fault(with(400, `{}`), readFeed)(p, w, r)
		},
		"a store that does not take them": nil,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, after := range []time.Duration{0, 700 * time.Millisecond, 3 * time.Second, 41 * time.Second} {
				bubble(t, func(t *testing.T) {
					l := listen(t)
					l.breakStore(strings.Contains(name, "store"))
					l.say("m")
					l.breaks(broken)
					time.Sleep(parks + after)
					l.stop()
				})
			}
		})
	}
}

func TestOnlyRejectedCredentialsEndAFeed(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		l := listen(t)
		l.breaks(loginDown(with(401, `{"code":401,"message":"no"}`)))
		require.ErrorIs(t, <-l.ended, symphony.ErrLoginRejected)
		require.ErrorIs(t, l.client.Stats().LoginError, symphony.ErrLoginRejected)
	})
}
