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

func TestBrokenParkedReadLosesNothing(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T) {
		l := startListener(t)
		broken := 0
		l.setFault(func(pattern string, w http.ResponseWriter, r *http.Request) bool {
			if pattern != readFeed || broken > 0 {
				return false
			}
			broken++
			time.Sleep(5 * time.Second)
			l.readFeed(r.PathValue("id"), "") // it was delivered, but the answer is lost
			dropConnection(w, r)
			return true
		})
		time.Sleep(parks)
		l.publish("m")
		time.Sleep(2 * visibility)
		require.Equal(t, 1, l.timesHandled("m"))
		l.stop()
	})
}

func TestStoreOutageIsLoggedOnceAndLosesNothing(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T) {
		l := startListener(t)
		l.breakStore(errRefused)
		l.publish("m")
		time.Sleep(5 * time.Minute)
		l.breakStore(nil)
		time.Sleep(visibility + 2*time.Second)
		require.Equal(t, 1, l.timesHandled("m"))
		lines := l.linesAfterStart()
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

func TestStoreOutageAlreadyLoggedIsCountedAndNotLogged(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T) {
		l := startListener(t)
		l.breakStore(symphony.AlreadyLogged(errRefused))
		l.publish("m")
		time.Sleep(20 * time.Second)
		require.Positive(t, l.feed.Stats().Unhandled)
		l.breakStore(nil)
		time.Sleep(4 * time.Second)
		require.Equal(t, 1, l.timesHandled("m"))
		require.Empty(t, l.linesAfterStart())
		l.stop()
	})
}

func TestSlowBatchIsLogged(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T) {
		l := startListener(t)
		l.slowStore(visibility + time.Second)
		l.publish("m")
		time.Sleep(2 * time.Second)
		l.slowStore(0)
		time.Sleep(2 * visibility)
		lines := l.linesAfterStart()
		require.Len(t, lines, 1)
		require.Equal(t, "a batch took so long that it comes again", lines[0].Message)
		l.stop()
	})
}

func TestBatchThatIsSlowAfterFailedTriesIsNotLoggedTwice(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T) {
		l := startListener(t)
		l.breakStore(symphony.AlreadyLogged(errRefused))
		l.publish("m")
		time.Sleep(21 * time.Second)
		l.slowStore(12 * time.Second)
		l.breakStore(nil)
		time.Sleep(2 * visibility)
		require.NotZero(t, l.timesHandled("m"))
		require.Empty(t, l.linesAfterStart())
		l.stop()
	})
}

func TestEndOfAStoreOutageIsNoticedSoon(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T) {
		l := startListener(t)
		l.breakStore(errRefused)
		l.publish("m")
		time.Sleep(20 * time.Second)
		l.breakStore(nil)
		time.Sleep(4 * time.Second)
		require.Equal(t, 1, l.timesHandled("m"))
		l.stop()
	})
}

func TestFlappingServiceDoesNotFloodTheLog(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T) {
		l := startListener(t)
		var n atomic.Int32
		l.setFault(func(pattern string, w http.ResponseWriter, _ *http.Request) bool {
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

func TestAccountWithTwentyFeedsOfOthers(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T) {
		p := newPod(t)
		l := &listener{feedService: newFeedService(p), t: t, net: newNetwork(), heard: map[string]int{}, ended: make(chan error, 1)}
		var room atomic.Bool
		l.setFault(func(pattern string, w http.ResponseWriter, _ *http.Request) bool {
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
		require.Empty(t, p.requestsTo("DELETE", "/agent/v5/datafeeds/5a_p_1"))
		room.Store(true)
		time.Sleep(2 * time.Minute)
		l.publish("m")
		time.Sleep(2 * time.Second)
		require.Equal(t, 1, l.timesHandled("m"))
		l.stop()
	})
}

func TestFeedReplacedByAnotherReplica(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T) {
		l := startListener(t)
		old := string(l.feed.Stats().Feed)
		l.mu.Lock()
		delete(l.live, old)
		l.live["9"+old[1:]] = &liveFeed{read: time.Now()}
		l.mu.Unlock()
		l.publish("m")
		time.Sleep(5 * time.Second)
		require.Equal(t, 1, l.timesHandled("m"))
		require.EqualValues(t, "9"+old[1:], l.feed.Stats().Feed)
		require.Equal(t, 1, l.made, "none but the first was made")
		l.stop()
	})
}

func TestExpiredFeedIsReplaced(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T) {
		l := startListener(t)
		l.net.setBroken("symphony", errRefused)
		l.client.Close()
		l.setFault(answerFor(dropConnection, readFeed))
		time.Sleep(feedLife + 5*time.Minute)
		l.net.setBroken("symphony", nil)
		l.setFault(nil)
		time.Sleep(30 * time.Second)
		l.publish("m")
		time.Sleep(2 * time.Second)
		require.Equal(t, 1, l.timesHandled("m"))
		require.EqualValues(t, 1, l.feed.Stats().Lost)
		require.Equal(t, 2, l.made)
		l.stop()
	})
}

func TestHangingDeletionDoesNotDelayTheNextFeed(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T) {
		l := startListener(t)
		old := l.feed.Stats().Feed
		l.mu.Lock()
		delete(l.live, string(old))
		l.mu.Unlock()
		l.setFault(answerFor(neverAnswer, deleteFeed))
		// A look each second, two failures with their waits, the deletion, and the pause before
		// another feed is made.
		time.Sleep(time.Second + 750*time.Millisecond + 5*time.Second + 1500*time.Millisecond + 3*time.Second)
		require.NotEmpty(t, l.feed.Stats().Feed)
		require.NotEqual(t, old, l.feed.Stats().Feed)
		l.stop()
	})
}

func TestFeedStopsAtOnceInEveryWait(t *testing.T) {
	t.Parallel()
	for name, broken := range map[string]func(string, http.ResponseWriter, *http.Request) bool{
		"a parked read":            nil,
		"a pause after a failure":  answerFor(answerWith(500, `{}`), readFeed),
		"a pause asked for":        answerFor(throttleFor("300"), readFeed),
		"a pause after a refusal":  answerFor(answerWith(403, `{}`), readFeed),
		"a login that hangs":       loginDown(neverAnswer),
		"a login's own repetition": loginDown(answerWith(503, ``)),
		"a list that hangs":        answerFor(neverAnswer, listFeeds),
		"a deletion that hangs": func(p string, w http.ResponseWriter, r *http.Request) bool {
			return answerFor(answerWith(400, `{}`), readFeed)(p, w, r) || answerFor(neverAnswer, deleteFeed)(p, w, r)
		},
		"the wait before a feed is made": func(p string, w http.ResponseWriter, r *http.Request) bool {
			return answerFor(answerWith(400, `{}`), readFeed)(p, w, r)
		},
		"a store that does not take them": nil,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, after := range []time.Duration{0, 700 * time.Millisecond, 3 * time.Second, 41 * time.Second} {
				inBubble(t, func(t *testing.T) {
					l := startListener(t)
					if broken == nil {
						l.breakStore(errRefused)
					}
					l.publish("m")
					l.setFault(broken)
					time.Sleep(parks + after)
					l.stop()
				})
			}
		})
	}
}

func TestOnlyRejectedCredentialsEndAFeed(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T) {
		l := startListener(t)
		l.setFault(loginDown(answerWith(401, `{"code":401,"message":"no"}`)))
		require.ErrorIs(t, <-l.ended, symphony.ErrLoginRejected)
		require.ErrorIs(t, l.client.Stats().LoginError, symphony.ErrLoginRejected)
		require.ErrorIs(t, l.feed.Stats().LastError, symphony.ErrLoginRejected)
		require.NotZero(t, l.feed.Stats().DownSince)
	})
}
