package symphony

import (
	"context"
	"math/rand/v2"

	"github.com/rs/zerolog"
)

// ensureFeed finds or creates a feed unless there is one.
func (r *feedRun) ensureFeed(ctx context.Context) error {
	if r.id != "" {
		return nil
	}
	id, err := r.acquireFeed(ctx)
	if err != nil {
		return err
	}
	r.id = id
	r.stats.recordFeed(id)
	if r.config.Live != nil {
		r.config.Live(id)
	}
	return nil
}

// acquireFeed finds a live feed to share or creates one.
func (r *feedRun) acquireFeed(ctx context.Context) (DatafeedID, error) {
	id, err := r.findFeed(ctx)
	if id != "" {
		r.logEvent().Str("feed", string(id)).Msg("a live feed was reused")
	}
	if id != "" || err != nil {
		return id, err
	}
	if len(r.lostFeeds) > 0 { // the other replicas have lost it as well
		if err := r.client.sleep(ctx, rand.N(r.config.Spread)); err != nil {
			return "", err
		}
		if id, err = r.findFeed(ctx); id != "" || err != nil {
			return id, err
		}
	}
	return r.createFeed(ctx)
}

// createFeed creates a feed. Another replica may have created one at the same time: then all read
// the same of the two, and the other, which nobody reads, ends by itself.
func (r *feedRun) createFeed(ctx context.Context) (DatafeedID, error) {
	made, err := r.client.CreateDatafeed(ctx, r.config.Tag)
	if err != nil {
		return "", err
	}
	r.logEvent().Str("feed", string(made.ID)).Msg("a feed was created")
	if other, err := r.findFeed(ctx); err == nil && other != "" && other < made.ID {
		return other, nil
	}
	return made.ID, nil
}

// logEvent begins a log line. During an outage it is at level debug.
func (r *feedRun) logEvent() *zerolog.Event {
	if r.readOutage.IsOngoing() {
		return r.log.Debug()
	}
	return r.log.Info()
}

// findFeed is the feed to share, empty if there is none. Of several it is always the same, so that
// replicas agree.
func (r *feedRun) findFeed(ctx context.Context) (DatafeedID, error) {
	feeds, err := r.client.Datafeeds(ctx, r.config.Tag)
	if err != nil {
		return "", err
	}
	var found DatafeedID
	for _, d := range feeds {
		if d.isReusable(r.config.Tag) && !r.lostFeeds[d.ID] && (found == "" || d.ID < found) {
			found = d.ID
		}
	}
	return found, nil
}
