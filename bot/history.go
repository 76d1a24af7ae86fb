package bot

import (
	"context"
	"errors"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/rs/zerolog"

	"roombot/symphony"
	"roombot/symphony/outage"
)

// What is said while the bot has no feed is in no feed: Symphony forgets a feed that nobody has
// read for half an hour, with all that waits in it. So whenever the bot reads another feed than the
// one it is known to have read, it searches the history of its chats for what it has missed. It
// also does so once after each start: the store may have been set back to a backup, and what the
// feed has brought since then comes no more. A click on a button leaves no trace there and is lost.

// history knows how far the feed was read, and searches for what was missed.
type history struct {
	bot     *Bot
	newFeed chan struct{} // signals that there is a feed to read, perhaps a new one
	outage  outage.Outage // of the search

	// The feed that is read, and how many failures there had been when it was found. Only run
	// touches them.
	feed     symphony.DatafeedID
	failures int64
	searched bool // since the start
}

func newHistory(b *Bot) *history { return &history{bot: b, newFeed: make(chan struct{}, 1)} }

// noteNewFeed has run look at the feed soon. It does not block.
func (h *history) noteNewFeed() {
	select {
	case h.newFeed <- struct{}{}:
	default:
	}
}

const (
	// progressEvery is how often it is noted how far the feed was read.
	progressEvery = time.Minute
	// progressMargin is for what was read shortly before a feed was lost, and not stored: it would
	// have come again with the same feed.
	progressMargin = 2 * time.Minute
)

// begin makes the first note of all: what was said before that, to an account without a bot, is
// nobody's request.
func (h *history) begin(ctx context.Context) error {
	known, err := h.bot.engine.Note(ctx, noteHeard, new(feedProgress))
	if err != nil || known {
		return err
	}
	return h.setProgress(ctx, h.firstProgress())
}

// firstProgress is that of a bot that has not found its feed yet.
func (h *history) firstProgress() feedProgress {
	return feedProgress{Until: h.bot.started.Add(progressMargin), Since: h.bot.started}
}

func (h *history) setProgress(ctx context.Context, p feedProgress) error {
	return h.bot.engine.SetNote(ctx, noteHeard, p)
}

// run notes until ctx ends how far the feed was read, and searches whenever the feed is another
// one.
func (h *history) run(ctx context.Context) {
	waits := backoff.NewExponentialBackOff()
	waits.MaxInterval = progressEvery
	for ctx.Err() == nil {
		wait := progressEvery
		if err := h.followFeed(ctx); err == nil {
			waits.Reset()
			h.logSearchWorks(ctx, time.Now())
		} else if ctx.Err() == nil {
			wait = waits.NextBackOff()
			h.logSearchFails(ctx, time.Now(), err, wait)
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-h.newFeed:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// logSearchFails warns once a minute of a search that keeps failing and whose failure no
// other line explains. Its first failure is no reason to look.
func (h *history) logSearchFails(ctx context.Context, now time.Time, err error, wait time.Duration) {
	log := zerolog.Ctx(ctx)
	event := log.Debug()
	_, isCall := errors.AsType[*symphony.Error](err)
	if isCall && h.bot.feed.Stats().DownSince.IsZero() {
		if lasts, report := h.outage.Fail(now); report && lasts > 0 {
			event = log.Warn().Dur("lasts", lasts)
		}
	}
	event.Err(err).Dur("after", wait).Msg("history could not be searched, will retry")
}

func (h *history) logSearchWorks(ctx context.Context, now time.Time) {
	if lasted, failures, _ := h.outage.End(now); lasted >= progressEvery {
		zerolog.Ctx(ctx).Info().Dur("lasted", lasted).Int("failures", failures).Msg("history is searched again")
	}
}

// followFeed notes how far the feed was read, after it has searched for what came before that feed.
func (h *history) followFeed(ctx context.Context) error {
	feed := h.bot.feed.Stats()
	if feed.Feed == "" {
		return nil
	}
	if h.feed != feed.Feed {
		h.feed, h.failures = feed.Feed, feed.Failures
	}
	var last feedProgress
	if _, err := h.bot.engine.Note(ctx, noteHeard, &last); err != nil {
		return err
	}
	switch {
	case last.Feed == feed.Feed && h.searched:
		return h.extendProgress(ctx, feed, last)
	case h.isFirstOfAll(feed, last):
		h.searched = true
		return h.setProgress(ctx, feedProgress{Feed: feed.Feed, Until: time.Now(), Since: last.Since})
	}
	return h.beginFeed(ctx, feed.Feed, last)
}

// isFirstOfAll reports whether nothing can have been missed: it is the first feed of the first
// start of all. One that was lost before it may have had requests in it.
func (h *history) isFirstOfAll(feed symphony.FeedStats, last feedProgress) bool {
	return last.Feed == "" && last.Until.Equal(h.firstProgress().Until) && feed.Lost == 0
}

// extendProgress notes how far the feed was read, which is the same as before.
func (h *history) extendProgress(ctx context.Context, feed symphony.FeedStats, last feedProgress) error {
	until := feed.LastRead.Add(-feed.Lag) // what waits in the feed is younger than what was read last
	if h.bot.admission.refusal() != nil || !until.After(last.Until) {
		return nil // what was not taken comes again
	}
	return h.setProgress(ctx, feedProgress{Feed: feed.Feed, Until: until, Since: last.Since})
}

// beginFeed searches for what was said before the feed, which is another one or was not read by
// this process yet.
func (h *history) beginFeed(ctx context.Context, feed symphony.DatafeedID, last feedProgress) error {
	if last.Next != feed {
		last.Next, last.Found = feed, time.Now()
		if err := h.setProgress(ctx, last); err != nil {
			return err
		}
	}
	if err := h.takeMissed(ctx, last); err != nil {
		return err
	}
	h.searched = true
	return h.setProgress(ctx, feedProgress{Feed: feed, Until: last.Found, Since: last.Since})
}
