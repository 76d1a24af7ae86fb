package symphony_test

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/symphony"
)

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
		l.breakStore(errRefused)
		l.say("m")
		time.Sleep(5 * time.Minute)
		l.breakStore(nil)
		time.Sleep(visibility + 2*time.Second)
		require.Equal(t, 1, l.times("m"))
		lines := l.log.lines(t, "signed in to Symphony", "a feed was created")
		require.Equal(t, "a batch was not handled; it comes again", lines[0].Message)
		require.Equal(t, "warn", lines[0].Level, "it ends by itself")
		require.Equal(t, "batches are handled again", lines[len(lines)-1].Message)
		require.InDelta(t, 300, lines[len(lines)-1].Lasted/1000, 32)
		require.LessOrEqual(t, len(lines), 7)
		stats := l.feed.Stats()
		require.Positive(t, stats.Unhandled)
		require.EqualValues(t, 1, stats.Handled)
		l.stop()
	})
}

func TestAStoreOutageThatIsToldElsewhereIsCountedAndNotToldAgain(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		l := listen(t)
		l.breakStore(symphony.AlreadyLogged(errRefused))
		l.say("m")
		time.Sleep(20 * time.Second)
		require.Positive(t, l.feed.Stats().Unhandled)
		l.breakStore(nil)
		time.Sleep(4 * time.Second)
		require.Equal(t, 1, l.times("m"))
		require.Empty(t, l.log.lines(t, "signed in to Symphony", "a feed was created"))
		l.stop()
	})
}

func TestABatchThatTakesTooLongIsTold(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		l := listen(t)
		l.slowStore(visibility + time.Second)
		l.say("m")
		time.Sleep(2 * time.Second)
		l.slowStore(0)
		time.Sleep(2 * visibility)
		lines := l.log.lines(t, "signed in to Symphony", "a feed was created")
		require.Len(t, lines, 1)
		require.Equal(t, "a batch took so long that it comes again", lines[0].Message)
		l.stop()
	})
}

func TestABatchThatTakesTooLongSinceTriesAtItFailedIsNotToldAgain(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		l := listen(t)
		l.breakStore(symphony.AlreadyLogged(errRefused))
		l.say("m")
		time.Sleep(21 * time.Second)
		l.slowStore(12 * time.Second)
		l.breakStore(nil)
		time.Sleep(2 * visibility)
		require.NotZero(t, l.times("m"))
		require.Empty(t, l.log.lines(t, "signed in to Symphony", "a feed was created"))
		l.stop()
	})
}

func TestTheEndOfAStoreOutageIsNoticedSoon(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		l := listen(t)
		l.breakStore(errRefused)
		l.say("m")
		time.Sleep(20 * time.Second)
		l.breakStore(nil)
		time.Sleep(4 * time.Second)
		require.Equal(t, 1, l.times("m"))
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
		require.Equal(t, "error", lines[1].Level, "it does not end by itself")
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

func TestADeletionThatHangsDoesNotHoldTheNextFeedUp(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		l := listen(t)
		old := l.feed.Stats().Feed
		l.mu.Lock()
		delete(l.live, string(old))
		l.mu.Unlock()
		l.breaks(fault(hang, deleteFeed))
		// A look each second, two failures with their waits, the deletion, and the pause before
		// another feed is made.
		time.Sleep(time.Second + 750*time.Millisecond + 5*time.Second + 1500*time.Millisecond + 3*time.Second)
		require.NotEmpty(t, l.feed.Stats().Feed)
		require.NotEqual(t, old, l.feed.Stats().Feed)
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
					if broken == nil {
						l.breakStore(errRefused)
					}
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
		require.ErrorIs(t, l.feed.Stats().LastError, symphony.ErrLoginRejected)
		require.NotZero(t, l.feed.Stats().DownSince)
	})
}
