package world

import (
	"slices"
	"time"
)

// Limits of datafeeds.
const (
	maxFeeds = 20  // per account
	maxBatch = 100 // events per read
	maxQueue = 10_000
	maxTag   = 100 // bytes
)

// Feed is one datafeed: a queue whose delivered events come again unless they are acknowledged in
// time.
type Feed struct {
	ID       string      `json:"id"`
	Owner    int64       `json:"owner"`
	Tag      string      `json:"tag"`
	Created  time.Time   `json:"created"`
	LastRead time.Time   `json:"lastRead"`
	Queue    []*Delivery `json:"queue"`
}

// Delivery is one event on its way. Batch is the ack id it was last handed out with.
type Delivery struct {
	Event   *Event    `json:"event"`
	Batch   string    `json:"batch"`
	Visible time.Time `json:"visible"`
}

// CreateFeed makes a datafeed of an account.
func (w *World) CreateFeed(by *Person, tag string) (*Feed, error) {
	if len(tag) > maxTag {
		return nil, invalid("The tag must not be longer than %d characters", maxTag)
	}
	if len(w.FeedsOf(by, "")) >= maxFeeds {
		return nil, forbidden("The maximum number of datafeeds (%d) has been reached", maxFeeds)
	}
	now := w.Now()
	f := &Feed{ID: mintFeedID(), Owner: by.ID, Tag: tag, Created: now, LastRead: now}
	w.state.Feeds = append(w.state.Feeds, f)
	w.notify(Change{Kind: FeedsChanged})
	return f, nil
}

// Feeds are all datafeeds that live.
func (w *World) Feeds() []*Feed {
	oldest := w.Now().Add(-w.cfg.FeedLife)
	w.state.Feeds = slices.DeleteFunc(w.state.Feeds, func(f *Feed) bool { return f.LastRead.Before(oldest) })
	return w.state.Feeds
}

// FeedsOf are an account's datafeeds, of a tag unless it is "".
func (w *World) FeedsOf(who *Person, tag string) []*Feed {
	var found []*Feed
	for _, f := range w.Feeds() {
		if f.Owner == who.ID && (tag == "" || f.Tag == tag) {
			found = append(found, f)
		}
	}
	return found
}

// Feed finds a datafeed of an account; nil when there is none.
func (w *World) Feed(who *Person, id string) *Feed {
	for _, f := range w.FeedsOf(who, "") {
		if f.ID == id {
			return f
		}
	}
	return nil
}

// RemoveFeed takes a datafeed away, with what is in it.
func (w *World) RemoveFeed(id string) {
	w.state.Feeds = slices.DeleteFunc(w.state.Feeds, func(f *Feed) bool { return f.ID == id })
	w.notify(Change{Kind: FeedsChanged, Feeds: []string{id}})
}

// ExpiresAt is when a datafeed ends unless it is read before.
func (w *World) ExpiresAt(f *Feed) time.Time { return f.LastRead.Add(w.cfg.FeedLife) }

// LongestQueue is how many events wait in the fullest datafeed: a bot that keeps up has few.
func (w *World) LongestQueue() int {
	most := 0
	for _, f := range w.state.Feeds {
		most = max(most, len(f.Queue))
	}
	return most
}
