package symphony_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
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
	return answerWith(200, body+"]}")
}

func messageEvent(id string) string {
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
	events  []symphony.Event
	failing int // batches still to be refused
	change  func(*symphony.Client)
}

func newReader(t *testing.T, reads ...http.HandlerFunc) *reader {
	t.Helper()
	r := &reader{pod: newPod(t), clock: &movingClock{now: time.Unix(1.7e9, 0)}}
	r.answer(listFeeds, 200, `[`+feed(feedA)+`]`)
	r.answer(createFeed, 201, feed(feedB))
	r.answer(deleteFeed, 204, ``)
	r.answers(readFeed, append(reads, neverAnswer)...)
	return r
}

func (r *reader) handle(_ context.Context, events []symphony.Event) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.failing > 0 {
		r.failing--
		return errors.New("the store is busy")
	}
	r.events = append(r.events, events...)
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
	if r.change != nil {
		r.change(c)
	}
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
		if n, _ := fmt.Sscanf(q.Path, "/agent/v5/datafeeds/%s", &id); n == 1 && q.Method == http.MethodPost {
			acks = append(acks, id[:1]+" "+q.Body)
		}
	}
	return acks
}

func TestReadingAFeed(t *testing.T) {
	t.Parallel()
	t.Run("a live feed is shared, first without and then with acknowledgements", func(t *testing.T) {
		t.Parallel()
		r := newReader(t, batch("x1", messageEvent("m1"), messageEvent("m2")), batch("x2"), batch("x3", messageEvent("m3")))
		r.answer(listFeeds, 200, `[{"id":"can_0123_f","type":"fanout"},{"id":"5a_p_1","type":"datahose"},`+feed(feedB)+`,`+feed(feedA)+`]`)
		require.NoError(t, r.run(t, symphony.FeedConfig{}, 3))
		require.Equal(t, []string{"m1", "m2", "m3"}, r.handled)
		require.Equal(t, []string{`5 {"ackId":""}`, `5 {"ackId":"x1"}`, `5 {"ackId":"x2"}`, `5 {"ackId":"x3"}`}, r.acks())
		require.Empty(t, r.requestsTo("POST", "/agent/v5/datafeeds"))
		require.Empty(t, r.waitsSoFar())
		stats := r.feed.Stats()
		require.Equal(t, symphony.FeedStats{Feed: feedA, LastRead: r.clock.Now(), Reads: 3, Events: 3, Handled: 3}, stats)
	})

	t.Run("it lags by the oldest event of the last read", func(t *testing.T) {
		t.Parallel()
		old := strings.Replace(messageEvent("m1"), "1717000000000", "1699999960000", 1)
		r := newReader(t, batch("x1", messageEvent("m2"), old))
		require.NoError(t, r.run(t, symphony.FeedConfig{}, 1))
		require.Equal(t, 40*time.Second, r.feed.Stats().Lag)
		r = newReader(t, batch("x1", old), batch("x2"))
		require.NoError(t, r.run(t, symphony.FeedConfig{}, 2))
		require.Zero(t, r.feed.Stats().Lag, "nothing is left unread")
	})

	t.Run("a feed is created at once when there is none", func(t *testing.T) {
		t.Parallel()
		r := newReader(t, batch("x1"))
		r.answer(listFeeds, 200, `[]`)
		require.NoError(t, r.run(t, symphony.FeedConfig{}, 1))
		require.Equal(t, `{}`, r.requestsTo("POST", "/agent/v5/datafeeds")[0].Body)
		require.Equal(t, `8 {"ackId":""}`, r.acks()[0])
		require.Empty(t, r.waitsSoFar())
	})

	t.Run("Live is called when there is a feed", func(t *testing.T) {
		t.Parallel()
		r := newReader(t, batch("x1"))
		var live []symphony.DatafeedID
		config := symphony.FeedConfig{Live: func(id symphony.DatafeedID) { live = append(live, id) }}
		require.NoError(t, r.run(t, config, 1))
		require.Equal(t, []symphony.DatafeedID{feedA}, live)
	})

	t.Run("a tag is used for listing and creating", func(t *testing.T) {
		t.Parallel()
		r := newReader(t, batch("x1"))
		r.answer(listFeeds, 200, `[]`)
		require.NoError(t, r.run(t, symphony.FeedConfig{Tag: "rooms"}, 1))
		require.Equal(t, "tag=rooms", r.requestsTo("GET", "/agent/v5/datafeeds")[0].Query)
		require.JSONEq(t, `{"tag":"rooms"}`, r.requestsTo("POST", "/agent/v5/datafeeds")[0].Body)
	})
}

func TestUnhandledBatchComesAgain(t *testing.T) {
	t.Parallel()
	t.Run("from memory at first", func(t *testing.T) {
		t.Parallel()
		r := newReader(t, batch("x1", messageEvent("m1")), batch("x2"))
		r.failing = 3
		require.NoError(t, r.run(t, symphony.FeedConfig{}, 2))
		require.Equal(t, []string{"m1"}, r.handled)
		require.Equal(t, `5 {"ackId":"x1"}`, r.acks()[1])
		require.Len(t, r.waitsSoFar(), 3)
	})

	t.Run("from the service when that lasts, without an acknowledgement before", func(t *testing.T) {
		t.Parallel()
		r := newReader(t, batch("x0"), batch("x1", messageEvent("m1")), batch("x2", messageEvent("m1")))
		r.failing = 30 // more than there are tries, however short the waits
		require.NoError(t, r.run(t, symphony.FeedConfig{}, 3))
		var inPlace time.Duration
		for _, a := range r.acks()[:3] {
			require.NotContains(t, a, "x1")
		}
		require.Equal(t, `5 {"ackId":""}`, r.acks()[2])
		for _, w := range r.waitsSoFar() {
			inPlace += w
		}
		require.Positive(t, inPlace)
		require.EqualValues(t, 3, r.feed.Stats().Reads)
	})
}

func TestFeedStopsAtOnce(t *testing.T) {
	t.Parallel()
	t.Run("in a parked read", func(t *testing.T) {
		t.Parallel()
		r := newReader(t)
		key() // takes a while
		begin := time.Now()
		require.NoError(t, r.run(t, symphony.FeedConfig{}, 0))
		require.Less(t, time.Since(begin), 30*time.Second, "the read would be given up after a minute")
	})

	t.Run("while a batch is handled, without an acknowledgement", func(t *testing.T) {
		t.Parallel()
		r := newReader(t, batch("x1", messageEvent("m1")), batch("x2"))
		ctx, stop := context.WithCancel(t.Context())
		var log logbook
		f := r.client().Feed(symphony.FeedConfig{})
		err := f.Run(log.context(ctx), func(ctx context.Context, _ []symphony.Event) error {
			stop()
			return ctx.Err()
		})
		require.NoError(t, err)
		require.Len(t, r.acks(), 1)
		require.Empty(t, log.lines(t, "signed in to Symphony", "a live feed was reused"), "to stop is no trouble")
	})

	t.Run("before the first read", func(t *testing.T) {
		t.Parallel()
		r := newReader(t)
		ctx, stop := context.WithCancel(t.Context())
		stop()
		require.NoError(t, r.client().Feed(symphony.FeedConfig{}).Run(ctx, r.handle))
	})
}
