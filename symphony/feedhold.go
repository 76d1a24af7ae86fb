package symphony

import (
	"context"
	"math/rand/v2"

	"github.com/rs/zerolog"
)

// hold makes sure that there is a feed to read.
func (r *run) hold(ctx context.Context) error {
	if r.id != "" {
		return nil
	}
	id, err := r.acquire(ctx)
	if err != nil {
		return err
	}
	r.id = id
	r.stats.acquired(id)
	if r.config.Live != nil {
		r.config.Live(id)
	}
	return nil
}

// acquire finds a live feed to share or makes one.
func (r *run) acquire(ctx context.Context) (DatafeedID, error) {
	id, err := r.find(ctx)
	if id != "" {
		r.news().Str("feed", string(id)).Msg("a live feed was reused")
	}
	if id != "" || err != nil {
		return id, err
	}
	if len(r.lost) > 0 { // the other replicas have lost it as well
		if err := r.client.sleep(ctx, rand.N(r.config.Spread)); err != nil {
			return "", err
		}
		if id, err = r.find(ctx); id != "" || err != nil {
			return id, err
		}
	}
	return r.create(ctx)
}

// create makes a feed. Another replica may have made one at the same time: then all
// read the same of the two, and the other, which nobody reads, ends by itself.
func (r *run) create(ctx context.Context) (DatafeedID, error) {
	made, err := r.client.CreateDatafeed(ctx, r.config.Tag)
	if err != nil {
		return "", err
	}
	r.news().Str("feed", string(made.ID)).Msg("a feed was created")
	if other, err := r.find(ctx); err == nil && other != "" && other < made.ID {
		return other, nil
	}
	return made.ID, nil
}

// news begins a log line, which only debugging sees during an outage.
func (r *run) news() *zerolog.Event {
	if r.unread.lasts() {
		return r.log.Debug()
	}
	return r.log.Info()
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
	return found, nil
}
