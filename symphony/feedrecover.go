package symphony

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"slices"
	"time"
)

// longestWait is far below the half hour after which an unread feed is gone with
// the events in it, whatever the service asks for.
const longestWait = 5 * time.Minute

// refusedWait is the pause after a 403, on average: too many feeds, or a missing right.
const refusedWait = time.Minute

// recover does what a failure asks for and waits. It returns the error of an ended ctx.
func (r *run) recover(ctx context.Context, err error) error {
	now := r.client.config.Now()
	r.stats.failed(now, err)
	e, doubtful := r.about(err)
	if doubtful && !r.doubted {
		r.waits.Reset() // the service is back, or never was away: another feed should be had soon
	}
	r.doubted = doubtful
	wait, said := r.waits.NextBackOff(), ""
	switch {
	case doubtful:
		r.doubt(ctx, e)
	case e != nil && e.Status == http.StatusForbidden && !e.foreign:
		wait = refusedWait/2 + rand.N(refusedWait)
		said = "the feed is refused: the account has too many feeds (20 are allowed) or lacks a right"
	}
	if asked := retryAfter(err); asked > 0 {
		wait = spread(min(asked, longestWait))
	}
	if !errors.Is(err, ErrNotSignedIn) { // which the client tells by itself
		r.tell(now, err, said)
	}
	return r.client.sleep(ctx, wait)
}

// about is the answer that says something about the feed, nil if none does, which
// a failed login never does. It is true for one that puts the feed in doubt.
func (r *run) about(err error) (e *Error, doubtful bool) {
	e, ok := errors.AsType[*Error](err)
	if !ok || errors.Is(err, ErrNotSignedIn) {
		return nil, false
	}
	switch e.Status {
	case http.StatusBadRequest, http.StatusNotFound, http.StatusGone:
		return e, r.id != ""
	}
	return e, false
}

// tell logs the outage as it begins and, at most once a minute, that it lasts.
func (r *run) tell(now time.Time, err error, said string) {
	lasts, say := r.unread.failed(now)
	if !say {
		return
	}
	entry := r.log.Warn()
	switch {
	case said != "":
		entry = r.log.Error()
	case lasts > 0:
		said = "the feed is still not read"
	default:
		said = "the feed is not read"
	}
	entry.Err(err).Str("feed", string(r.id)).Dur("lasts", lasts).Int("failures", r.unread.failures).Msg(said)
}

// doubt decides whether a feed that was refused is lost. A 400 may mean the
// acknowledgement rather than the feed, which then is read without one before it
// is given up with the events in it. A page from a proxy means neither, unless the
// agent itself knows no such feed any more.
func (r *run) doubt(ctx context.Context, e *Error) {
	switch {
	case e.foreign:
		if feeds, err := r.client.Datafeeds(ctx, ""); err == nil && !slices.ContainsFunc(feeds, func(d Datafeed) bool { return d.ID == r.id }) {
			r.drop(ctx)
		}
	case e.Status == http.StatusBadRequest && r.ack != "":
		r.ack = ""
	default:
		r.drop(ctx)
	}
}

// deleteLimit is short: what counts is to have another feed soon.
const deleteLimit = 5 * time.Second

// maxLost bounds the memory of lost feeds, which lists name for seconds at most.
const maxLost = 100

// drop gives up a feed that is gone. Deleting it may well fail; it makes sure that
// nobody finds it again.
func (r *run) drop(ctx context.Context) {
	bounded, cancel := context.WithTimeout(ctx, deleteLimit)
	defer cancel()
	_ = r.client.DeleteDatafeed(bounded, r.id)
	if len(r.lost) >= maxLost {
		clear(r.lost)
	}
	r.lost[r.id] = true
	r.id, r.ack = "", ""
	r.stats.lost()
}
