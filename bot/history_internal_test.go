package bot

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"roombot/rsa"
	"roombot/symphony"
)

func TestAFailingSearchIsLoggedOnceAMinuteAfterTheFirst(t *testing.T) {
	t.Parallel()
	key, err := rsa.Generate(2048)
	require.NoError(t, err)
	client, err := symphony.New(symphony.Config{Username: "roombot", Key: key, Endpoints: symphony.Endpoints{Pod: "http://127.0.0.1:1"}})
	require.NoError(t, err)
	t.Cleanup(client.Close)
	h := newHistory(&Bot{feed: client.Feed(symphony.FeedConfig{})})
	var written bytes.Buffer
	ctx := zerolog.New(&written).WithContext(context.Background())
	refused, begin := &symphony.Error{Operation: "POST /agent/v1/message/search", Status: 503}, time.Now()
	count := func(level, message string) int {
		n := 0
		for line := range strings.Lines(written.String()) {
			if strings.Contains(line, `"level":"`+level+`"`) && strings.Contains(line, message) {
				n++
			}
		}
		return n
	}

	h.logSearchFails(ctx, begin, errors.New("the store is out of order"), time.Second)
	for after := time.Duration(0); after < 150*time.Second; after += 30 * time.Second {
		h.logSearchFails(ctx, begin.Add(after), refused, time.Second)
	}
	require.Equal(t, 2, count("warn", "history could not be searched, will retry"), "at one minute and at two")
	require.Equal(t, 4, count("debug", "history could not be searched, will retry"))
	h.logSearchWorks(ctx, begin.Add(150*time.Second))
	require.Equal(t, 1, count("info", "history is searched again"))

	h.logSearchFails(ctx, begin.Add(time.Hour), refused, time.Second)
	h.logSearchWorks(ctx, begin.Add(time.Hour+time.Second))
	require.Equal(t, 1, count("info", "history is searched again"), "a short failure is not worth a line")
	require.Equal(t, 2, count("warn", "history could not be searched, will retry"))
}

// A request that came through a feed which was lost before it was noted is found in the history,
// also on the first start of all.
func TestAFeedThatFollowsALostOneIsNotTheFirstOfAll(t *testing.T) {
	t.Parallel()
	h := newHistory(&Bot{started: time.Now()})
	first := h.firstProgress()
	require.True(t, h.isFirstOfAll(symphony.FeedStats{Feed: "a"}, first))
	require.False(t, h.isFirstOfAll(symphony.FeedStats{Feed: "b", Lost: 1}, first))
	require.False(t, h.isFirstOfAll(symphony.FeedStats{Feed: "a"}, feedProgress{Feed: "a", Until: first.Until}))
}
