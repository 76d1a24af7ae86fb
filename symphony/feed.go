package symphony

import (
	"context"
	"errors"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/rs/zerolog"

	"roombot/symphony/outage"
)

// FeedConfig says how a feed is read. A bound that is zero is [DefaultFeed]'s.
type FeedConfig struct {
	// Tag keeps the feeds of several bots of one account apart. Each needs one of its own: a bot
	// without may take any feed of the account's. Default none.
	Tag string
	// Self is the caller, whose own doings come back as events: see [DatafeedRead]. Default nobody.
	Self UserID
	// ReadTimeout bounds one read, which the service parks for some 20 s.
	ReadTimeout time.Duration
	// Visibility is how long the service waits for an acknowledgement before it delivers a batch
	// again.
	Visibility time.Duration
	// MinWait and MaxWait bound the pauses after failures.
	MinWait, MaxWait time.Duration
	// Multiplier is the growth of the pause from one failure to the next.
	Multiplier float64
	// Spread is the longest random pause before a feed is created in place of a lost one, so that
	// of several replicas one creates it and the others find it.
	Spread time.Duration
	// Live is called each time a feed was found or created: from then on no event is lost. It must
	// not block. Default none.
	Live func(DatafeedID)
}

// Feed reads the caller's real-time events and recovers from every failure but rejected
// credentials.
type Feed struct {
	client *Client
	config FeedConfig
	stats  feedStats
	// lane keeps to one agent until it fails, and then to the next.
	lane agentLane
}

// Feed prepares to read the caller's events; Run does it.
func (c *Client) Feed(config FeedConfig) *Feed {
	return &Feed{client: c, config: config.withDefaults(), lane: agentLane{sticky: true}}
}

// Handler takes a batch. After nil the batch is acknowledged and never comes again; after an error,
// which the feed logs unless it is [AlreadyLogged], the same events come again. It should do no
// more than store them.
type Handler func(ctx context.Context, events []Event) error

// feedRun is the state of one Run.
type feedRun struct {
	*Feed
	handle       Handler
	id           DatafeedID
	ack          string
	lostFeeds    map[DatafeedID]bool // feeds that were refused, which a stale list may still name
	waits        *backoff.ExponentialBackOff
	log          *zerolog.Logger
	readOutage   outage.Outage
	handleOutage outage.Outage
	feedInDoubt  bool // the last failure was the feed's and not the service's
	emptyReads   int  // reads in a row that came back at once with nothing
}

// Run reads until ctx ends, which is no error and takes effect at once, or until the service
// rejects the credentials: ErrLoginRejected. One Run at a time.
func (f *Feed) Run(ctx context.Context, handle Handler) error {
	policy := RetryPolicy{Initial: f.config.MinWait, Max: f.config.MaxWait, Multiplier: f.config.Multiplier}.withDefaults()
	r := &feedRun{
		Feed: f, handle: handle, lostFeeds: map[DatafeedID]bool{}, waits: policy.newBackOff(), log: zerolog.Ctx(ctx),
	}
	for {
		err := r.readAndHandle(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, ErrLoginRejected):
			f.stats.recordFailure(f.client.config.Now(), err)
			return err
		case err != nil:
			if r.recoverFrom(withLane(ctx, &f.lane), err) != nil {
				return nil
			}
		}
	}
}

// readAndHandle makes sure that there is a feed, reads it once and hands the batch over.
func (r *feedRun) readAndHandle(ctx context.Context) error {
	calls := withLane(ctx, &r.lane)
	if err := r.ensureFeed(calls); err != nil {
		return err
	}
	begin := r.client.config.Now()
	batch, err := r.client.ReadDatafeed(calls, DatafeedRead{r.id, r.ack, r.config.ReadTimeout, r.config.Self})
	if err != nil {
		return err
	}
	now := r.client.config.Now()
	r.recordRead(begin, now, batch)
	if err := r.holdBack(ctx, now.Sub(begin), len(batch.Events)); err != nil {
		return err
	}
	if r.handleBatch(ctx, batch.Events) {
		r.ack = batch.AckID
	} else {
		r.ack = "" // leave it unacknowledged: an earlier acknowledgement may be refused as stale
	}
	return nil
}

// recordRead ends an outage of reads. It was over when the read began, which the service may have
// parked for long.
func (r *feedRun) recordRead(begin, now time.Time, batch Batch) {
	r.stats.recordRead(now, batch.Events)
	r.waits.Reset()
	if lasted, failures, report := r.readOutage.End(begin); report {
		r.log.Info().Dur("lasted", lasted).Int("failures", failures).Str("feed", string(r.id)).Msg("the feed is read again")
	}
}

// holdBack waits when the service does not park reads although there is nothing to read: otherwise
// they would follow each other as fast as the network goes.
func (r *feedRun) holdBack(ctx context.Context, took time.Duration, events int) error {
	const tooFast, tolerated = 20 * time.Millisecond, 5
	if events > 0 || took >= tooFast {
		r.emptyReads = 0
		return nil
	}
	if r.emptyReads++; r.emptyReads <= tolerated {
		return nil
	}
	return r.client.sleep(ctx, r.config.MinWait)
}
