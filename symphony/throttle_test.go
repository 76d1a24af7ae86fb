package symphony_test

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/symphony"
)

// tally counts calls by the second.
type tally struct {
	mu     sync.Mutex
	begin  time.Time
	counts map[int]int
}

func newTally() *tally { return &tally{begin: time.Now(), counts: map[int]int{}} }

func (c *tally) add() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.counts[int(time.Since(c.begin)/time.Second)]++
}

// perSecond is the mean of the seconds from to but without the last.
func (c *tally) perSecond(from, to int) float64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	sum := 0
	for s := from; s < to; s++ {
		sum += c.counts[s]
	}
	return float64(sum) / float64(to-from)
}

// keepBusy starts callers who ask for a room again and again, ten times a second each.
func keepBusy(ctx context.Context, c *symphony.Client, callers int) (wait func()) {
	var all sync.WaitGroup
	for range callers {
		all.Go(func() {
			for ctx.Err() == nil {
				_, _ = c.Room(ctx, "r")
				select {
				case <-time.After(100 * time.Millisecond):
				case <-ctx.Done():
				}
			}
		})
	}
	return all.Wait
}

func TestAllCallersSlowDownTogetherAndRecover(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T) {
		p, n, served := newPod(t), newNetwork(), newTally()
		p.on(roomInfo, func(w http.ResponseWriter, r *http.Request) {
			served.add()
			if at := time.Since(served.begin); at > 10*time.Second && at < 12*time.Second {
				throttleFor("5")(w, r)
				return
			}
			reply(w, 200, room)
		})
		c := n.client(t, p)
		require.NoError(t, c.Login(t.Context()))
		ctx, stop := context.WithCancel(t.Context())
		wait := keepBusy(ctx, c, 4)
		time.Sleep(9500 * time.Millisecond)
		require.Zero(t, c.Stats().Pace)
		time.Sleep(4500 * time.Millisecond)
		require.InDelta(t, 15, c.Stats().Pace, 9, "half of forty, or a quarter")
		require.Positive(t, c.Stats().Throttled)
		time.Sleep(time.Minute)
		require.Zero(t, c.Stats().Pace)
		stop()
		wait()
		require.InDelta(t, 40, served.perSecond(2, 9), 2)
		require.Less(t, served.perSecond(12, 16), 25.0)
		require.InDelta(t, 40, served.perSecond(65, 73), 2)
		require.Positive(t, c.Stats().Waited)
		require.Zero(t, c.Stats().Waiting)
	})
}

func TestPaceNeverFallsBelowOneCallASecond(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T) {
		p, n, served := newPod(t), newNetwork(), newTally()
		p.on(roomInfo, func(w http.ResponseWriter, _ *http.Request) {
			served.add()
			reply(w, 429, `{}`)
		})
		c := n.client(t, p)
		require.NoError(t, c.Login(t.Context()))
		ctx, stop := context.WithCancel(t.Context())
		wait := keepBusy(ctx, c, 30)
		time.Sleep(2 * time.Minute)
		require.InDelta(t, 1, c.Stats().Pace, 2)
		stop()
		wait()
		require.GreaterOrEqual(t, served.perSecond(60, 120), 0.9)
		require.Less(t, served.perSecond(60, 120), 3.0)
	})
}

func TestWaitForThePaceEndsWithItsContext(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T) {
		p, n := newPod(t), newNetwork()
		p.answer(roomInfo, 429, `{}`)
		p.answers(createRoom, answerWith(200, room))
		c := n.client(t, p, func(c *symphony.Config) { c.Retry.MaxAttempts = 1 })
		for range 3 {
			_, err := c.Room(t.Context(), "r")
			require.ErrorIs(t, err, symphony.ErrTooManyRequests)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
		defer cancel()
		begin := time.Now()
		_, err := c.CreateRoom(ctx, symphony.RoomAttributes{})
		require.ErrorIs(t, err, symphony.ErrTooManyRequests)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.NotErrorIs(t, err, symphony.ErrOutcomeUnknown)
		requireVerdict(t, symphony.NotSent, err)
		require.Equal(t, 500*time.Millisecond, time.Since(begin))
		require.Empty(t, p.requestsTo("POST", "/pod/v3/room/create"))
	})
}

func TestFeedAndLoginAreNotThrottled(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T) {
		p, n := newPod(t), newNetwork()
		p.answer(roomInfo, 429, `{}`)
		p.answers(readFeed, batch("x"), answerWith(401, `{}`), batch("y"))
		c := n.client(t, p, func(c *symphony.Config) { c.Retry.MaxAttempts = 1 })
		for range 3 {
			_, err := c.Room(t.Context(), "r")
			require.ErrorIs(t, err, symphony.ErrTooManyRequests)
		}
		begin := time.Now()
		for range 50 {
			_, err := c.ReadDatafeed(t.Context(), symphony.DatafeedRead{Feed: feedA})
			require.NoError(t, err)
		}
		require.Zero(t, time.Since(begin))
		require.EqualValues(t, 2, c.Stats().Logins)
	})
}
