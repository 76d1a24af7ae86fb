package symphony

import (
	"context"
	"errors"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/rs/zerolog"
)

// What is assumed where a FeedConfig gives nothing.
const (
	DefaultReadTimeout = time.Minute
	DefaultMaxFeedWait = 5 * time.Second
)

// FeedConfig says how a feed is read.
type FeedConfig struct {
	// Tag keeps the feeds of several bots of one account apart. Each needs one of its
	// own: a bot without may take any feed of the account's. Default none.
	Tag string
	// ReadTimeout bounds one read, which the service parks for some 20 s. Default DefaultReadTimeout.
	ReadTimeout time.Duration
	// Visibility is how long the service waits for an acknowledgement before it
	// delivers a batch again. Default 30 s.
	Visibility time.Duration
	// MinWait and MaxWait bound the pauses after failures. Defaults DefaultInitialWait
	// and DefaultMaxFeedWait.
	MinWait, MaxWait time.Duration
	// Multiplier is the growth of the pause from one failure to the next. Default DefaultMultiplier.
	Multiplier float64
	// Spread is the longest random pause before a feed is made in place of a lost
	// one, so that of several replicas one makes it and the others find it. Default 3 s.
	Spread time.Duration
	// Live is called each time a feed was found or made: from then on no event is
	// lost. It must not block. Default none.
	Live func(DatafeedID)
}

func (c FeedConfig) withDefaults() FeedConfig {
	for _, d := range []struct {
		field *time.Duration
		value time.Duration
	}{
		{&c.ReadTimeout, DefaultReadTimeout}, {&c.Visibility, 30 * time.Second}, {&c.MinWait, DefaultInitialWait},
		{&c.MaxWait, DefaultMaxFeedWait}, {&c.Spread, 3 * time.Second},
	} {
		if *d.field <= 0 {
			*d.field = d.value
		}
	}
	return c
}

// Feed reads the caller's real-time events and recovers from every failure but
// rejected credentials.
type Feed struct {
	client *Client
	config FeedConfig
	stats  feedStats
	// lane keeps to one agent until it fails, and then to the next.
	lane lane
}

// Feed prepares to read the caller's events; Run does it.
func (c *Client) Feed(config FeedConfig) *Feed {
	return &Feed{client: c, config: config.withDefaults(), lane: lane{sticky: true}}
}

// Handler takes a batch. After nil the batch is acknowledged and never comes again;
// after an error, which the feed logs unless it is [Told], the same events do.
// It should do no more than keep them.
type Handler func(ctx context.Context, events []Event) error

// run is one Run: what it knows of its feed and of its bad luck.
type run struct {
	*Feed
	handle  Handler
	id      DatafeedID
	ack     string
	lost    map[DatafeedID]bool // feeds that were refused, which a stale list may still name
	waits   *backoff.ExponentialBackOff
	log     *zerolog.Logger
	unread  outage
	unkept  outage
	doubted bool // the last failure was the feed's and not the service's
	hasty   int  // reads in a row that came back at once with nothing
}

// Run reads until ctx ends, which is no error and takes effect at once, or until
// the service rejects the credentials: ErrLoginRejected. One Run at a time.
func (f *Feed) Run(ctx context.Context, handle Handler) error {
	policy := RetryPolicy{Initial: f.config.MinWait, Max: f.config.MaxWait, Multiplier: f.config.Multiplier}.withDefaults()
	r := &run{
		Feed: f, handle: handle, lost: map[DatafeedID]bool{}, waits: policy.waits(), log: zerolog.Ctx(ctx),
	}
	for {
		err := r.turn(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, ErrLoginRejected):
			f.stats.failed(f.client.config.Now(), err)
			return err
		case err != nil:
			if r.recover(inLane(ctx, &f.lane), err) != nil {
				return nil
			}
		}
	}
}

// turn is one read, with what has to come before it, and its handling.
func (r *run) turn(ctx context.Context) error {
	calls := inLane(ctx, &r.lane)
	if err := r.hold(calls); err != nil {
		return err
	}
	begin := r.client.config.Now()
	batch, err := r.client.ReadDatafeed(calls, r.id, r.ack, r.config.ReadTimeout)
	if err != nil {
		return err
	}
	now := r.client.config.Now()
	r.succeeded(begin, now, batch)
	if err := r.pace(ctx, now.Sub(begin), len(batch.Events)); err != nil {
		return err
	}
	if r.deliver(ctx, batch.Events) {
		r.ack = batch.AckID
	} else {
		r.ack = "" // leave it unacknowledged: an earlier acknowledgement may be refused as stale
	}
	return nil
}

// succeeded ends the bad luck, which was over when the read began.
func (r *run) succeeded(begin, now time.Time, batch Batch) {
	r.stats.read(now, batch.Events)
	r.waits.Reset()
	if lasted, failures, told := r.unread.end(begin); told {
		r.log.Info().Dur("lasted", lasted).Int("failures", failures).Str("feed", string(r.id)).Msg("the feed is read again")
	}
}

// pace holds a service back that does not park reads when there is nothing, lest
// they follow each other as fast as the network goes.
func (r *run) pace(ctx context.Context, took time.Duration, events int) error {
	const hasty, tolerated = 20 * time.Millisecond, 5
	if events > 0 || took >= hasty {
		r.hasty = 0
		return nil
	}
	if r.hasty++; r.hasty <= tolerated {
		return nil
	}
	return r.client.sleep(ctx, r.config.MinWait)
}
