package symphony

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/rs/zerolog"
)

// FeedConfig says how a feed is read.
type FeedConfig struct {
	// Tag keeps the feeds of several bots of one account apart. Default none.
	Tag string
	// ReadTimeout bounds one read, which the service parks for some 20 s. Default 60 s.
	ReadTimeout time.Duration
	// Visibility is how long the service waits for an acknowledgement before it
	// delivers a batch again. Default 30 s.
	Visibility time.Duration
	// MinWait and MaxWait bound the pauses after failures. Defaults 500 ms and 30 s.
	MinWait, MaxWait time.Duration
	// RefusedWait is the pause after a 403: too many feeds, or a missing right. Default 1 min.
	RefusedWait time.Duration
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
		{&c.ReadTimeout, time.Minute}, {&c.Visibility, 30 * time.Second}, {&c.MinWait, 500 * time.Millisecond},
		{&c.MaxWait, 30 * time.Second}, {&c.RefusedWait, time.Minute}, {&c.Spread, 3 * time.Second},
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
}

// Feed prepares to read the caller's events; Run does it.
func (c *Client) Feed(config FeedConfig) *Feed {
	return &Feed{client: c, config: config.withDefaults()}
}

// Handler takes a batch. After nil the batch is acknowledged and never comes
// again; after an error the same events do. It should do no more than keep them.
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
	dropped bool // a feed was lost, so others may be making one now
	hasty   int  // reads in a row that came back at once with nothing
}

// Run reads until ctx ends, which is no error and takes effect at once, or until
// the service rejects the credentials: ErrLoginRejected. One Run at a time.
func (f *Feed) Run(ctx context.Context, handle Handler) error {
	policy := RetryPolicy{Initial: f.config.MinWait, Max: f.config.MaxWait}.withDefaults()
	r := &run{
		Feed: f, handle: handle, lost: map[DatafeedID]bool{}, waits: policy.waits(), log: zerolog.Ctx(ctx),
	}
	for {
		err := r.turn(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, ErrLoginRejected):
			f.stats.failed(err)
			return err
		case err != nil:
			if r.recover(ctx, err) != nil {
				return nil
			}
		}
	}
}

// turn is one read, with what has to come before it, and its handling.
func (r *run) turn(ctx context.Context) error {
	if err := r.hold(ctx); err != nil {
		return err
	}
	begin := r.client.config.Now()
	batch, err := r.client.ReadDatafeed(ctx, r.id, r.ack, r.config.ReadTimeout)
	if err != nil {
		return err
	}
	now := r.client.config.Now()
	r.stats.read(now, batch.Events)
	r.waits.Reset()
	r.dropped = false
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

// longestWait is far below the half hour after which an unread feed is gone with
// the events in it, whatever the service asks for.
const longestWait = 5 * time.Minute

// recover does what a failure asks for and waits. It returns the error of an ended ctx.
func (r *run) recover(ctx context.Context, err error) error {
	r.stats.failed(err)
	wait := r.waits.NextBackOff()
	var e *Error
	var in *signInError
	if !errors.As(err, &in) && errors.As(err, &e) { // a failed login says nothing about the feed
		switch e.Status {
		case http.StatusBadRequest, http.StatusNotFound, http.StatusGone:
			r.drop(ctx, err)
		case http.StatusForbidden:
			wait = r.refused(ctx, err)
		}
		if e.RetryAfter > 0 {
			wait = min(e.RetryAfter, longestWait)
		}
	}
	r.log.Warn().Err(err).Dur("wait", wait).Msg("the feed was not read")
	return r.client.sleep(ctx, wait)
}

// drop gives up a feed that is gone. Deleting it may well fail; it makes sure that
// nobody finds it again.
func (r *run) drop(ctx context.Context, err error) {
	if r.id == "" {
		return
	}
	r.log.Warn().Err(err).Str("feed", string(r.id)).Msg("the feed was lost")
	bounded, cancel := context.WithTimeout(ctx, r.client.config.Timeout)
	defer cancel()
	_ = r.client.DeleteDatafeed(bounded, r.id)
	r.lost[r.id], r.id, r.ack, r.dropped = true, "", "", true
	r.stats.acquired("")
}

// refused says why it waits long. Feeds are not deleted to make room: another
// process may be reading any of them.
func (r *run) refused(ctx context.Context, err error) time.Duration {
	feeds, listErr := r.client.Datafeeds(ctx, "")
	entry := r.log.Error().Err(err)
	if listErr == nil {
		entry = entry.Int("feeds", len(feeds))
	}
	entry.Msg("the feed was refused: the account has too many feeds (20 are allowed) or lacks a right")
	half := r.config.RefusedWait / 2
	return half + rand.N(half+1)*2
}

// hold makes sure that there is a feed to read.
func (r *run) hold(ctx context.Context) error {
	if r.id != "" {
		return nil
	}
	id, err := r.acquire(ctx)
	if err != nil {
		return err
	}
	r.id, r.ack = id, ""
	r.stats.acquired(id)
	if r.config.Live != nil {
		r.config.Live(id)
	}
	return nil
}

// acquire finds a live feed to share or makes one.
func (r *run) acquire(ctx context.Context) (DatafeedID, error) {
	id, err := r.find(ctx)
	if id != "" || err != nil {
		return id, err
	}
	if r.dropped { // the other replicas have lost it as well
		if err := r.client.sleep(ctx, rand.N(r.config.Spread)); err != nil {
			return "", err
		}
		if id, err = r.find(ctx); id != "" || err != nil {
			return id, err
		}
	}
	made, err := r.client.CreateDatafeed(ctx, r.config.Tag)
	if err != nil {
		return "", err
	}
	if made.ID == "" {
		return "", &Error{Operation: opCreateDatafeed.String(), Status: http.StatusCreated, Message: "the answer has no id"}
	}
	r.log.Info().Str("feed", string(made.ID)).Msg("a feed was created")
	return made.ID, nil
}

// find is the feed to share: of several always the same, so that replicas agree.
func (r *run) find(ctx context.Context) (DatafeedID, error) {
	feeds, err := r.client.Datafeeds(ctx, r.config.Tag)
	if err != nil {
		return "", err
	}
	var found DatafeedID
	for _, d := range feeds {
		if d.reusable(r.config.Tag) && !r.lost[d.ID] && (found == "" || d.ID < found) {
			found = d.ID
		}
	}
	if found != "" {
		r.log.Info().Str("feed", string(found)).Msg("a live feed was reused")
	}
	return found, nil
}
