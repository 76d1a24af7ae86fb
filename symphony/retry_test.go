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

func throttleFor(after string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", after)
		reply(w, 429, `{}`)
	}
}

func TestRetryAfterReplacesTheWait(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T) {
		p, n := newPod(t), newNetwork()
		var at []time.Time
		p.on(roomInfo, func(w http.ResponseWriter, r *http.Request) {
			at = append(at, time.Now())
			switch len(at) {
			case 1:
				throttleFor("7")(w, r)
			case 2:
				throttleFor(time.Now().Add(9*time.Second).UTC().Format(http.TimeFormat))(w, r)
			default:
				reply(w, 200, room)
			}
		})
		_, err := n.client(t, p).Room(t.Context(), "r")
		require.NoError(t, err)
		for i, asked := range []time.Duration{7 * time.Second, 9 * time.Second} {
			waited := at[i+1].Sub(at[i])
			require.Greater(t, waited, asked-time.Second, "a date has whole seconds")
			require.Less(t, waited, asked*5/4)
		}
	})
}

func TestRetryAfterDateIsReadByTheServersClock(t *testing.T) {
	t.Parallel()
	now := time.Now().Truncate(time.Second)
	for _, skew := range []time.Duration{0, -20 * time.Minute, 20 * time.Minute} {
		p := newPod(t)
		p.on(roomInfo, func(w http.ResponseWriter, _ *http.Request) {
			there := now.Add(-skew).UTC()
			w.Header().Set("Date", there.Format(http.TimeFormat))
			w.Header().Set("Retry-After", there.Add(8*time.Second).Format(http.TimeFormat))
			reply(w, 429, `{}`)
		})
		_, err := p.client(func(c *symphony.Config) {
			c.Now, c.Retry.MaxAttempts = func() time.Time { return now }, 1
		}).Room(t.Context(), "r")
		var e *symphony.Error
		require.ErrorAs(t, err, &e)
		require.Equal(t, 8*time.Second, e.RetryAfter)
	}
}

func TestRetryAfterIsADayAtMost(t *testing.T) {
	t.Parallel()
	p := newPod(t)
	p.on(roomInfo, throttleFor("Fri, 31 Dec 9999 23:59:59 GMT"))
	_, err := p.client().Room(t.Context(), "r")
	var e *symphony.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, 24*time.Hour, e.RetryAfter)
	require.Empty(t, p.waitsSoFar())
}

func TestWaitBeyondTheDeadlineFailsAtOnce(t *testing.T) {
	t.Parallel()
	p := newPod(t)
	p.on(roomInfo, throttleFor("3600"))
	_, err := p.client().Room(t.Context(), "r")
	var e *symphony.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, time.Hour, e.RetryAfter)

	short, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	_, err = p.client(func(c *symphony.Config) { c.Retry.MaxElapsed = 24 * time.Hour }).Room(short, "r")
	require.ErrorIs(t, err, symphony.ErrTooManyRequests)
	require.Empty(t, p.waitsSoFar())
}

func TestRepetitionEnds(t *testing.T) {
	t.Parallel()
	t.Run("after the most tries", func(t *testing.T) {
		t.Parallel()
		p := newPod(t)
		p.answer(roomInfo, 500, `{}`)
		_, err := p.client(func(c *symphony.Config) { c.Retry.MaxAttempts = 4 }).Room(t.Context(), "r")
		require.ErrorIs(t, err, symphony.ErrUnavailable)
		require.Len(t, p.requestsTo("GET", "/pod/v3/room/r/info"), 4)
	})
	t.Run("after the longest time", func(t *testing.T) {
		t.Parallel()
		p := newPod(t)
		p.answer(roomInfo, 500, `{}`)
		clock := &movingClock{now: time.Unix(1.7e9, 0)}
		c := p.client(func(c *symphony.Config) { c.Now = clock.Now; c.Retry.MaxAttempts = 1000 })
		c.SetSleep(clock.Sleep)
		_, err := c.Room(t.Context(), "r")
		require.ErrorIs(t, err, symphony.ErrUnavailable)
		require.LessOrEqual(t, clock.slept, 45*time.Second)
		require.Greater(t, clock.slept, 20*time.Second)
	})
	t.Run("when its context ends", func(t *testing.T) {
		t.Parallel()
		p := newPod(t)
		p.answer(roomInfo, 500, `{}`)
		ctx, cancel := context.WithCancel(t.Context())
		c := p.client()
		c.SetSleep(func(ctx context.Context, _ time.Duration) error { cancel(); return context.Cause(ctx) })
		_, err := c.Room(ctx, "r")
		require.ErrorIs(t, err, context.Canceled)
		require.ErrorIs(t, err, symphony.ErrUnavailable)
	})
}

// movingClock moves by what is slept.
type movingClock struct {
	mu    sync.Mutex
	now   time.Time
	slept time.Duration
}

func (m *movingClock) Now() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.now
}

func (m *movingClock) Sleep(ctx context.Context, d time.Duration) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now, m.slept = m.now.Add(d), m.slept+d
	return ctx.Err()
}

func TestWaitsGrowWithJitterUpToACeiling(t *testing.T) {
	t.Parallel()
	a := symphony.RetryPolicy{Initial: time.Second, Max: 8 * time.Second}.Waits(6)
	b := symphony.RetryPolicy{Initial: time.Second, Max: 8 * time.Second}.Waits(6)
	require.NotEqual(t, a, b)
	for i, d := range a {
		middle := min(time.Second<<i, 8*time.Second)
		require.InDelta(t, middle, d, float64(middle)/2)
	}
}
