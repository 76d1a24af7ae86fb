package symphony

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"time"
)

// maxFeedWait bounds the wait that the service asks for. It is far below the half hour after which
// an unread feed is gone with the events in it.
const maxFeedWait = 5 * time.Minute

// feedRefusedWait is the pause after a 403, on average: there are too many feeds, or a right is
// missing.
const feedRefusedWait = time.Minute

// recoverFrom replaces a feed that is gone, logs the failure and waits. It returns the error of an
// ended ctx.
func (r *feedRun) recoverFrom(ctx context.Context, err error) error {
	now := r.client.config.Now()
	r.stats.recordFailure(now, err)
	e := r.feedAnswer(err)
	inDoubt := e != nil && e.doubtsFeed() && r.id != ""
	if inDoubt && !r.feedInDoubt {
		r.waits.Reset() // the service is back, or was never away: another feed should be had soon
	}
	r.feedInDoubt = inDoubt
	wait, refusal := r.waits.NextBackOff(), ""
	switch {
	case inDoubt:
		r.settleDoubt(ctx, e)
	case e != nil && errors.Is(e, ErrForbidden) && !e.foreign:
		wait = feedRefusedWait/2 + rand.N(feedRefusedWait)
		refusal = "the feed is refused: the account has too many feeds (20 are allowed) or lacks a right"
	}
	if asked := retryAfter(err); asked > 0 {
		wait = addJitter(min(asked, maxFeedWait))
	}
	if VerdictOf(err) != NotSignedIn { // which the client logs by itself
		r.logFailure(now, err, refusal)
	}
	return r.client.sleep(ctx, wait)
}

// feedAnswer is the error of a call about the feed, nil if it was not made.
func (r *feedRun) feedAnswer(err error) *Error {
	e, ok := errors.AsType[*Error](err)
	if !ok || VerdictOf(err) == NotSignedIn {
		return nil
	}
	return e
}

// logFailure logs the outage as it begins and, once a minute, that it lasts: as an error for a
// refusal that somebody has to deal with.
func (r *feedRun) logFailure(now time.Time, err error, refusal string) {
	lasts, report := r.readOutage.Fail(now)
	if !report {
		return
	}
	entry, text := r.log.Warn(), "the feed is not read"
	switch {
	case refusal != "":
		entry, text = r.log.Error(), refusal
	case lasts > 0:
		text = "the feed is still not read"
	}
	entry.Err(err).Str("feed", string(r.id)).Dur("lasts", lasts).Int("failures", r.readOutage.Failures()).Msg(text)
}

// settleDoubt decides whether a feed that was refused is lost. A 400 may be about the
// acknowledgement rather than the feed: it is read without one before it is given up with the
// events in it. A page from a proxy is about neither, unless the agent itself knows no such feed
// any more.
func (r *feedRun) settleDoubt(ctx context.Context, e *Error) {
	switch {
	case e.foreign:
		if feeds, err := r.client.Datafeeds(ctx, ""); err == nil && !slices.ContainsFunc(feeds, func(d Datafeed) bool { return d.ID == r.id }) {
			r.dropFeed(ctx)
		}
	case errors.Is(e, ErrBadRequest) && r.ack != "":
		r.ack = ""
	default:
		r.dropFeed(ctx)
	}
}

// deleteFeedTimeout is short: another feed has to be had soon.
const deleteFeedTimeout = 5 * time.Second

// maxLostFeeds bounds the list of lost feeds. The service's lists name them for seconds at most.
const maxLostFeeds = 100

// dropFeed gives up a feed that is gone. It deletes the feed, so that nobody finds it again; that
// this fails is no trouble.
func (r *feedRun) dropFeed(ctx context.Context) {
	bounded, cancel := context.WithTimeout(ctx, deleteFeedTimeout)
	defer cancel()
	_ = r.client.DeleteDatafeed(bounded, r.id)
	if len(r.lostFeeds) >= maxLostFeeds {
		clear(r.lostFeeds)
	}
	r.lostFeeds[r.id] = true
	r.id, r.ack = "", ""
	r.stats.recordLostFeed()
}
