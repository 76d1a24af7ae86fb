package symphony_test

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/symphony"
)

func TestLostFeedIsReplaced(t *testing.T) {
	t.Parallel()
	for _, status := range []int{400, 404, 410} {
		t.Run(http.StatusText(status), func(t *testing.T) {
			t.Parallel()
			gone := answerWith(status, `{"code":400,"message":"gone"}`)
			r := newReader(t, batch(""), gone, batch("y1"))
			r.answer(deleteFeed, 400, `{}`) // is ignored, and so is a list that still names the lost feed
			require.NoError(t, r.run(t, symphony.FeedConfig{}, 3))
			require.Len(t, r.requestsTo("DELETE", "/agent/v5/datafeeds/"+feedA), 1)
			require.Len(t, r.requestsTo("GET", "/agent/v5/datafeeds"), 4,
				"at the start, before and after a random wait, and after creating one")
			require.Len(t, r.requestsTo("POST", "/agent/v5/datafeeds"), 1)
			require.Equal(t, []string{`5 {"ackId":""}`, `5 {"ackId":""}`, `8 {"ackId":""}`, `8 {"ackId":"y1"}`}, r.acks())
			require.Len(t, r.waitsSoFar(), 2)
			require.EqualValues(t, 1, r.feed.Stats().Lost)
		})
	}

	t.Run("a 400 first drops the acknowledgement", func(t *testing.T) {
		t.Parallel()
		r := newReader(t, batch("x1"), answerWith(400, `{"message":"bad ackId"}`), batch("x2", messageEvent("m1")), batch("x3"))
		require.NoError(t, r.run(t, symphony.FeedConfig{}, 4))
		require.Equal(t, []string{
			`5 {"ackId":""}`, `5 {"ackId":"x1"}`, `5 {"ackId":""}`, `5 {"ackId":"x2"}`, `5 {"ackId":"x3"}`,
		}, r.acks())
		require.Equal(t, []string{"m1"}, r.handled)
		require.Empty(t, r.requestsTo("DELETE", "/agent/v5/datafeeds/"+feedA))
		require.Zero(t, r.feed.Stats().Lost)
	})

	t.Run("a second 400 replaces the feed", func(t *testing.T) {
		t.Parallel()
		gone := answerWith(400, `{"message":"gone"}`)
		r := newReader(t, batch("x1"), gone, gone, batch("y1"))
		require.NoError(t, r.run(t, symphony.FeedConfig{}, 4))
		require.Equal(t, `8 {"ackId":""}`, r.acks()[3])
	})

	t.Run("a proxy's page replaces it only if the agent no longer lists it", func(t *testing.T) {
		t.Parallel()
		page := answerWith(404, `<html>no such page</html>`)
		r := newReader(t, batch("x1"), page, batch("x2"), page, batch("y1"))
		r.answers(listFeeds, answerWith(200, `[`+feed(feedA)+`]`), answerWith(200, `[`+feed(feedA)+`]`), answerWith(200, `[]`))
		require.NoError(t, r.run(t, symphony.FeedConfig{}, 5))
		require.Equal(t, []string{
			`5 {"ackId":""}`, `5 {"ackId":"x1"}`, `5 {"ackId":"x1"}`, `5 {"ackId":"x2"}`, `8 {"ackId":""}`, `8 {"ackId":"y1"}`,
		}, r.acks())
	})

	t.Run("two replicas that create one at the same time read the smaller", func(t *testing.T) {
		t.Parallel()
		r := newReader(t, batch("x1"))
		r.answers(listFeeds, answerWith(200, `[]`), answerWith(200, `[`+feed(feedB)+`,`+feed(feedA)+`]`))
		require.NoError(t, r.run(t, symphony.FeedConfig{}, 1))
		require.Len(t, r.requestsTo("POST", "/agent/v5/datafeeds"), 1)
		require.Equal(t, `5 {"ackId":""}`, r.acks()[0])
	})

	t.Run("a refused list loses no feed", func(t *testing.T) {
		t.Parallel()
		r := newReader(t, batch("x1"))
		r.answers(listFeeds, answerWith(400, `{}`), answerWith(404, `{}`), answerWith(200, `[`+feed(feedA)+`]`))
		require.NoError(t, r.run(t, symphony.FeedConfig{}, 1))
		require.Zero(t, r.feed.Stats().Lost)
	})

	t.Run("its own is read when the list does not name it yet and the other is greater", func(t *testing.T) {
		t.Parallel()
		r := newReader(t, batch("x1"))
		r.answers(listFeeds, answerWith(200, `[]`), answerWith(200, `[`+feed("9"+feedA[1:])+`]`))
		require.NoError(t, r.run(t, symphony.FeedConfig{}, 1))
		require.Equal(t, `8 {"ackId":""}`, r.acks()[0])
	})

	t.Run("one that another replica has created meanwhile is read", func(t *testing.T) {
		t.Parallel()
		r := newReader(t, answerWith(400, `{}`), batch("y1"))
		r.answers(listFeeds, answerWith(200, `[`+feed(feedA)+`]`), answerWith(200, `[]`), answerWith(200, `[`+feed(feedB)+`]`))
		require.NoError(t, r.run(t, symphony.FeedConfig{}, 2))
		require.Empty(t, r.requestsTo("POST", "/agent/v5/datafeeds"))
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
		"an ended session":     {answerWith(401, `{}`), 0, 0},
		"throttling":           {throttleFor("17"), 17 * time.Second, 19 * time.Second},
		"throttling for ever":  {throttleFor("36000"), 5 * time.Minute, 330 * time.Second},
		"a server's fault":     {answerWith(503, `<html>`), 250 * time.Millisecond, 750 * time.Millisecond},
		"a lost connection":    {dropConnection, 250 * time.Millisecond, 750 * time.Millisecond},
		"no JSON":              {answerWith(200, `<html>`), 250 * time.Millisecond, 750 * time.Millisecond},
		"an empty answer":      {answerWith(200, ``), 250 * time.Millisecond, 750 * time.Millisecond},
		"too many feeds":       {answerWith(403, `{"message":"too many"}`), 30 * time.Second, 90 * time.Second},
		"an unexpected status": {answerWith(418, `{}`), 250 * time.Millisecond, 750 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newReader(t, batch("x1"), tc.answer, batch("x2", messageEvent("m1")))
			require.NoError(t, r.run(t, symphony.FeedConfig{}, 3))
			require.Equal(t, []string{
				`5 {"ackId":""}`, `5 {"ackId":"x1"}`, `5 {"ackId":"x1"}`, `5 {"ackId":"x2"}`,
			}, r.acks())
			require.Equal(t, []string{"m1"}, r.handled)
			require.Empty(t, r.requestsTo("POST", "/agent/v5/datafeeds"))
			require.Empty(t, r.requestsTo("DELETE", "/agent/v5/datafeeds/"+feedA), "no feed is deleted that others may read")
			if tc.most == 0 {
				require.Empty(t, r.waitsSoFar())
				return
			}
			require.Len(t, r.waitsSoFar(), 1)
			require.GreaterOrEqual(t, r.waitsSoFar()[0], tc.least)
			require.LessOrEqual(t, r.waitsSoFar()[0], tc.most)
		})
	}
}

func TestWaitsOfAFeedThatStaysDownGrowToACeiling(t *testing.T) {
	t.Parallel()
	down := answerWith(500, `{}`)
	r := newReader(t, down, down, down, down, down, down, down, down, down, down, batch("x"), down, batch("y"))
	require.NoError(t, r.run(t, symphony.FeedConfig{}, 13))
	waits := r.waitsSoFar()
	require.Len(t, waits, 11)
	require.GreaterOrEqual(t, waits[8], 2500*time.Millisecond, "half of five seconds, or more")
	require.LessOrEqual(t, waits[9], 7500*time.Millisecond)
	require.Less(t, waits[10], time.Second, "a read that succeeds ends the bad luck")
	require.EqualValues(t, 11, r.feed.Stats().Failures)
	require.NoError(t, r.feed.Stats().LastError)
}

func TestServiceThatNeverParksIsAskedSlowly(t *testing.T) {
	t.Parallel()
	var empty []http.HandlerFunc
	for range 8 {
		empty = append(empty, batch("x"))
	}
	r := newReader(t, append(empty, batch("y", messageEvent("m1")), batch("z"))...)
	require.NoError(t, r.run(t, symphony.FeedConfig{MinWait: time.Second}, 10))
	require.Equal(t, []time.Duration{time.Second, time.Second, time.Second}, r.waitsSoFar())
}

func TestFeedWhenSigningInFails(t *testing.T) {
	t.Parallel()
	t.Run("rejected credentials end the feed", func(t *testing.T) {
		t.Parallel()
		r := newReader(t)
		r.answer("POST /login/pubkey/authenticate", 401, `{}`)
		require.ErrorIs(t, r.run(t, symphony.FeedConfig{}, 1), symphony.ErrLoginRejected)
	})

	t.Run("a login that is down neither ends nor loses the feed", func(t *testing.T) {
		t.Parallel()
		r := newReader(t, batch("x1"), answerWith(401, `{}`), batch("x2"))
		r.answers("POST /login/pubkey/authenticate", answerWith(200, `{"token":"a"}`), answerWith(404, `{"code":404}`), answerWith(404, `<html>`),
			answerWith(503, ``), answerWith(503, ``), answerWith(200, `{"token":"b"}`))
		require.NoError(t, r.run(t, symphony.FeedConfig{}, 3))
		require.Equal(t, []string{`5 {"ackId":""}`, `5 {"ackId":"x1"}`, `5 {"ackId":"x1"}`, `5 {"ackId":"x2"}`}, r.acks())
		require.Empty(t, r.requestsTo("DELETE", "/agent/v5/datafeeds/"+feedA))
	})
}

func TestReplicasThatLoseTheirFeedShareANewOne(t *testing.T) {
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
		live = slices.DeleteFunc(live, func(id string) bool { return id == r.PathValue("id") })
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
