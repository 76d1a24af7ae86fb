package symphony_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/symphony"
)

const (
	listFeeds  = "GET /agent/v5/datafeeds"
	createFeed = "POST /agent/v5/datafeeds"
	readFeed   = "POST /agent/v5/datafeeds/{id}/read"
	deleteFeed = "DELETE /agent/v5/datafeeds/{id}"

	feedA = "5b0e7c1d9a3f4268b7d1c2e4f6a80b91_f_3c7de"
	feedB = "8b0e7c1d9a3f4268b7d1c2e4f6a80b91_f_3c7de"
)

func feed(id string) string { return fmt.Sprintf(`{"id":%q,"type":"fanout"}`, id) }

func batch(ack string, events ...string) http.HandlerFunc {
	body := `{"ackId":"` + ack + `","events":[`
	for i, e := range events {
		if i > 0 {
			body += ","
		}
		body += e
	}
	return with(200, body+"]}")
}

// park holds a read as the service does when there is nothing, for longer than any test.
func park(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

func said(id string) string {
	return fmt.Sprintf(`{"id":"e","messageId":%q,"type":"MESSAGESENT","timestamp":1717000000000,"payload":{"messageSent":{"message":
		{"messageId":%q,"stream":{"streamId":"s"}}}}}`, id, id)
}

// reader runs a feed until it has read so often or got so many batches.
type reader struct {
	*pod
	feed    *symphony.Feed
	clock   *movingClock
	mu      sync.Mutex
	handled []string
	failing int // batches still to be refused
}

func newReader(t *testing.T, reads ...http.HandlerFunc) *reader {
	t.Helper()
	r := &reader{pod: newPod(t), clock: &movingClock{now: time.Unix(1.7e9, 0)}}
	r.answer(listFeeds, 200, `[`+feed(feedA)+`]`)
	r.answer(createFeed, 201, feed(feedB))
	r.answer(deleteFeed, 204, ``)
	r.answers(readFeed, append(reads, park)...)
	return r
}

func (r *reader) handle(_ context.Context, events []symphony.Event) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.failing > 0 {
		r.failing--
		return errors.New("the store is busy")
	}
	for _, e := range events {
		r.handled = append(r.handled, string(e.Head().MessageID))
	}
	return nil
}

// run ends the feed once the last scripted read was answered and the next one is parked.
func (r *reader) run(t *testing.T, config symphony.FeedConfig, reads int) error {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	c := r.client(func(c *symphony.Config) {
		c.Now = r.clock.Now
		c.Retry.MaxAttempts = 2
	})
	c.SetSleep(func(ctx context.Context, d time.Duration) error {
		r.pod.mu.Lock()
		r.waits = append(r.waits, d)
		r.pod.mu.Unlock()
		return r.clock.Sleep(ctx, d)
	})
	r.feed = c.Feed(config)
	ended := make(chan error, 1)
	go func() { ended <- r.feed.Run(ctx, r.handle) }()
	parked := func() bool { return len(r.acks()) > reads }
	for !parked() {
		select {
		case err := <-ended:
			return err
		case <-time.After(time.Millisecond):
		}
	}
	stop()
	return <-ended
}

// acks are the feeds read with the acknowledgements sent.
func (r *reader) acks() []string {
	r.pod.mu.Lock()
	defer r.pod.mu.Unlock()
	var acks []string
	for _, q := range r.requests {
		var id string
		if n, _ := fmt.Sscanf(q.Path, "/agent/v5/datafeeds/%s", &id); n == 1 && q.Method == "POST" {
			acks = append(acks, id[:1]+" "+q.Body)
		}
	}
	return acks
}

func TestReadingAFeed(t *testing.T) {
	t.Parallel()
	t.Run("a live feed is shared, first without and then with acknowledgements", func(t *testing.T) {
		t.Parallel()
		r := newReader(t, batch("x1", said("m1"), said("m2")), batch("x2"), batch("x3", said("m3")))
		r.answer(listFeeds, 200, `[{"id":"can_0123_f","type":"fanout"},{"id":"5a_p_1","type":"datahose"},`+feed(feedB)+`,`+feed(feedA)+`]`)
		require.NoError(t, r.run(t, symphony.FeedConfig{}, 3))
		require.Equal(t, []string{"m1", "m2", "m3"}, r.handled)
		require.Equal(t, []string{`5 {"ackId":""}`, `5 {"ackId":"x1"}`, `5 {"ackId":"x2"}`, `5 {"ackId":"x3"}`}, r.acks())
		require.Empty(t, r.got("POST", "/agent/v5/datafeeds"))
		require.Empty(t, r.waited())
		stats := r.feed.Stats()
		require.Equal(t, symphony.FeedStats{Feed: feedA, LastRead: r.clock.Now(), Reads: 3, Events: 3}, stats)
	})

	t.Run("without one, one is made at once", func(t *testing.T) {
		t.Parallel()
		r := newReader(t, batch("x1"))
		r.answer(listFeeds, 200, `[]`)
		require.NoError(t, r.run(t, symphony.FeedConfig{}, 1))
		require.Equal(t, `{}`, r.got("POST", "/agent/v5/datafeeds")[0].Body)
		require.Equal(t, `8 {"ackId":""}`, r.acks()[0])
		require.Empty(t, r.waited())
	})

	t.Run("a tag is asked for and given", func(t *testing.T) {
		t.Parallel()
		r := newReader(t, batch("x1"))
		r.answer(listFeeds, 200, `[]`)
		require.NoError(t, r.run(t, symphony.FeedConfig{Tag: "rooms"}, 1))
		require.Equal(t, "tag=rooms", r.got("GET", "/agent/v5/datafeeds")[0].Query)
		require.JSONEq(t, `{"tag":"rooms"}`, r.got("POST", "/agent/v5/datafeeds")[0].Body)
	})
}

func TestALostFeedIsReplaced(t *testing.T) {
	t.Parallel()
	for _, status := range []int{400, 404, 410} {
		t.Run(http.StatusText(status), func(t *testing.T) {
			t.Parallel()
			r := newReader(t, batch("x1"), with(status, `{"code":400,"message":"gone"}`), batch("y1"))
			r.answer(deleteFeed, 400, `{}`) // is ignored, and so is a list that still names the lost feed
			require.NoError(t, r.run(t, symphony.FeedConfig{}, 3))
			require.Len(t, r.got("DELETE", "/agent/v5/datafeeds/"+feedA), 1)
			require.Len(t, r.got("GET", "/agent/v5/datafeeds"), 3, "at the start, and before and after a random wait")
			require.Len(t, r.got("POST", "/agent/v5/datafeeds"), 1)
			require.Equal(t, []string{`5 {"ackId":""}`, `5 {"ackId":"x1"}`, `8 {"ackId":""}`, `8 {"ackId":"y1"}`}, r.acks())
			require.Len(t, r.waited(), 2)
		})
	}

	t.Run("by the one that another replica has made meanwhile", func(t *testing.T) {
		t.Parallel()
		r := newReader(t, with(400, `{}`), batch("y1"))
		r.answers(listFeeds, with(200, `[`+feed(feedA)+`]`), with(200, `[]`), with(200, `[`+feed(feedB)+`]`))
		require.NoError(t, r.run(t, symphony.FeedConfig{}, 2))
		require.Empty(t, r.got("POST", "/agent/v5/datafeeds"))
		require.Equal(t, `8 {"ackId":""}`, r.acks()[1])
	})
}

func TestFailuresKeepTheFeedAndItsAcknowledgement(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		answer http.HandlerFunc
		least  time.Duration
		most   time.Duration
	}{
		"an ended session":     {with(401, `{}`), 0, 0},
		"throttling":           {throttle("17"), 17 * time.Second, 17 * time.Second},
		"a server's fault":     {with(503, `<html>`), 250 * time.Millisecond, 750 * time.Millisecond},
		"a lost connection":    {cut, 250 * time.Millisecond, 750 * time.Millisecond},
		"no JSON":              {with(200, `<html>`), 250 * time.Millisecond, 750 * time.Millisecond},
		"an empty answer":      {with(200, ``), 250 * time.Millisecond, 750 * time.Millisecond},
		"too many feeds":       {with(403, `{"message":"too many"}`), 30 * time.Second, 90 * time.Second},
		"an unexpected status": {with(418, `{}`), 250 * time.Millisecond, 750 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newReader(t, batch("x1"), tc.answer, batch("x2", said("m1")))
			require.NoError(t, r.run(t, symphony.FeedConfig{}, 3))
			require.Equal(t, []string{
				`5 {"ackId":""}`, `5 {"ackId":"x1"}`, `5 {"ackId":"x1"}`, `5 {"ackId":"x2"}`,
			}, r.acks())
			require.Equal(t, []string{"m1"}, r.handled)
			require.Empty(t, r.got("POST", "/agent/v5/datafeeds"))
			require.Empty(t, r.got("DELETE", "/agent/v5/datafeeds/"+feedA), "no feed is deleted that others may read")
			if tc.most == 0 {
				require.Empty(t, r.waited())
				return
			}
			require.Len(t, r.waited(), 1)
			require.GreaterOrEqual(t, r.waited()[0], tc.least)
			require.LessOrEqual(t, r.waited()[0], tc.most)
		})
	}
}

func TestWaitsOfAFeedThatStaysDownGrowToACeiling(t *testing.T) {
	t.Parallel()
	down := with(500, `{}`)
	r := newReader(t, down, down, down, down, down, down, down, down, down, down, batch("x"), down, batch("y"))
	require.NoError(t, r.run(t, symphony.FeedConfig{}, 13))
	waits := r.waited()
	require.Len(t, waits, 11)
	require.Greater(t, waits[8], 15*time.Second)
	require.LessOrEqual(t, waits[9], 45*time.Second)
	require.Less(t, waits[10], time.Second, "a read that succeeds ends the bad luck")
	require.EqualValues(t, 11, r.feed.Stats().Failures)
	require.NoError(t, r.feed.Stats().LastError)
}

func TestAFeedAndTheLogin(t *testing.T) {
	t.Parallel()
	t.Run("rejected credentials end it", func(t *testing.T) {
		t.Parallel()
		r := newReader(t)
		r.answer("POST /login/pubkey/authenticate", 401, `{}`)
		require.ErrorIs(t, r.run(t, symphony.FeedConfig{}, 1), symphony.ErrLoginRejected)
	})

	t.Run("a login that is down does not, nor does it cost the feed", func(t *testing.T) {
		t.Parallel()
		r := newReader(t, batch("x1"), with(401, `{}`), batch("x2"))
		r.answers("POST /login/pubkey/authenticate", with(200, `{"token":"a"}`), with(404, `<html>`), with(503, ``), with(503, ``),
			with(200, `{"token":"b"}`))
		require.NoError(t, r.run(t, symphony.FeedConfig{}, 3))
		require.Equal(t, []string{`5 {"ackId":""}`, `5 {"ackId":"x1"}`, `5 {"ackId":"x1"}`, `5 {"ackId":"x2"}`}, r.acks())
		require.Empty(t, r.got("DELETE", "/agent/v5/datafeeds/"+feedA))
	})
}

func TestABatchThatIsNotHandledComesAgain(t *testing.T) {
	t.Parallel()
	t.Run("in place at first", func(t *testing.T) {
		t.Parallel()
		r := newReader(t, batch("x1", said("m1")), batch("x2"))
		r.failing = 3
		require.NoError(t, r.run(t, symphony.FeedConfig{}, 2))
		require.Equal(t, []string{"m1"}, r.handled)
		require.Equal(t, `5 {"ackId":"x1"}`, r.acks()[1])
		require.Len(t, r.waited(), 3)
	})

	t.Run("from the service when it takes long, and is never acknowledged before", func(t *testing.T) {
		t.Parallel()
		r := newReader(t, batch("x0"), batch("x1", said("m1")), batch("x2", said("m1")))
		r.failing = 20
		require.NoError(t, r.run(t, symphony.FeedConfig{}, 3))
		var inPlace time.Duration
		for _, a := range r.acks()[:3] {
			require.NotContains(t, a, "x1")
		}
		require.Equal(t, `5 {"ackId":""}`, r.acks()[2])
		for _, w := range r.waited() {
			inPlace += w
		}
		require.Positive(t, inPlace)
		require.EqualValues(t, 3, r.feed.Stats().Reads)
	})
}

func TestAFeedStopsAtOnce(t *testing.T) {
	t.Parallel()
	t.Run("in a parked read", func(t *testing.T) {
		t.Parallel()
		r := newReader(t)
		begin := time.Now()
		require.NoError(t, r.run(t, symphony.FeedConfig{}, 0))
		require.Less(t, time.Since(begin), 5*time.Second)
	})

	t.Run("while a batch is handled, which then is not acknowledged", func(t *testing.T) {
		t.Parallel()
		r := newReader(t, batch("x1", said("m1")), batch("x2"))
		ctx, stop := context.WithCancel(t.Context())
		f := r.client().Feed(symphony.FeedConfig{})
		err := f.Run(ctx, func(ctx context.Context, _ []symphony.Event) error {
			stop()
			return ctx.Err()
		})
		require.NoError(t, err)
		require.Len(t, r.acks(), 1)
	})

	t.Run("before it begins", func(t *testing.T) {
		t.Parallel()
		r := newReader(t)
		ctx, stop := context.WithCancel(t.Context())
		stop()
		require.NoError(t, r.client().Feed(symphony.FeedConfig{}).Run(ctx, r.handle))
	})
}

func TestReplicasThatLoseTheirFeedTogetherMakeOne(t *testing.T) {
	t.Parallel()
	const replicas = 4
	p := newPod(t)
	var mu sync.Mutex
	live, made := []string{feedA}, 0
	p.on(listFeeds, func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		body := "["
		for i, id := range live {
			if i > 0 {
				body += ","
			}
			body += feed(id)
		}
		reply(w, 200, body+"]")
	})
	p.on(createFeed, func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		made++
		live = append(live, feedB)
		reply(w, 201, feed(feedB))
	})
	p.on(deleteFeed, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if r.PathValue("id") == feedA {
			live = nil
		}
		reply(w, 204, ``)
	})
	// Each replica's random wait ends when the one before it reads again.
	turns := make([]chan struct{}, replicas+1)
	for i := range turns {
		turns[i] = make(chan struct{})
	}
	close(turns[0])
	var lost sync.WaitGroup
	lost.Add(replicas)
	reading := 0
	p.on(readFeed, func(w http.ResponseWriter, r *http.Request) {
		if r.PathValue("id") == feedA {
			lost.Done()
			lost.Wait()
			reply(w, 400, `{}`)
			return
		}
		mu.Lock()
		reading++
		close(turns[reading])
		mu.Unlock()
		<-r.Context().Done()
	})
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	for i := range replicas {
		c := p.client()
		c.SetSleep(func(context.Context, time.Duration) error { <-turns[i]; return nil })
		running.Go(func() {
			err := c.Feed(symphony.FeedConfig{}).Run(ctx, func(context.Context, []symphony.Event) error { return nil })
			require.NoError(t, err)
		})
	}
	<-turns[replicas]
	stop()
	running.Wait()
	require.Equal(t, 1, made)
}
