package sandbox

import (
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"regexp"
	"slices"
	"time"
)

const (
	maxFeeds = 20  // per account
	maxBatch = 100 // events per read
	maxQueue = 10_000
	maxTag   = 100
)

// feed is one datafeed: a queue whose delivered events come again unless they are acknowledged in time.
type feed struct {
	ID       string
	Owner    int64
	Tag      string
	Created  time.Time
	LastRead time.Time
	Queue    []*delivery
}

// delivery is one event on its way. Batch is the ack id it was last handed out with.
type delivery struct {
	Event   json.RawMessage
	Batch   string
	Visible time.Time
}

// feedView is a datafeed in the API's words.
type feedView struct {
	ID   string `json:"id"`
	Type string `json:"type"`
}

func (f *feed) view() feedView { return feedView{ID: f.ID, Type: "fanout"} }

func (f *feed) push(event json.RawMessage, copies int) {
	for range copies {
		f.Queue = append(f.Queue, &delivery{Event: event})
	}
	if len(f.Queue) > maxQueue {
		f.Queue = slices.Clone(f.Queue[len(f.Queue)-maxQueue:])
	}
}

// acknowledge drops the batch that was handed out with this id. An id of another batch does nothing.
func (f *feed) acknowledge(ackID string) {
	f.Queue = slices.DeleteFunc(f.Queue, func(d *delivery) bool { return ackID != "" && d.Batch == ackID })
}

// take hands out what is visible, as one batch; nil when there is nothing.
func (f *feed) take(ackID string, now time.Time, hidden time.Duration) []*delivery {
	var batch []*delivery
	for _, d := range f.Queue {
		if len(batch) < maxBatch && !now.Before(d.Visible) {
			d.Batch, d.Visible = ackID, now.Add(hidden)
			batch = append(batch, d)
		}
	}
	return batch
}

// giveBack makes a batch visible at once: its reader went away before the answer reached it.
func (f *feed) giveBack(ackID string) {
	for _, d := range f.Queue {
		if d.Batch == ackID {
			d.Batch, d.Visible = "", time.Time{}
		}
	}
}

// nextVisible is how long until an event that was handed out comes again; 0 when there is none.
func (f *feed) nextVisible(now time.Time) time.Duration {
	var next time.Duration
	for _, d := range f.Queue {
		if wait := d.Visible.Sub(now); wait > 0 && (next == 0 || wait < next) {
			next = wait
		}
	}
	return next
}

// expireFeeds forgets the feeds that nobody read for the length of their life.
func (p *Pod) expireFeeds() {
	oldest := p.now().Add(-p.cfg.FeedLife)
	p.state.Feeds = slices.DeleteFunc(p.state.Feeds, func(f *feed) bool { return f.LastRead.Before(oldest) })
}

func (p *Pod) feed(id string, owner int64) *feed {
	p.expireFeeds()
	for _, f := range p.state.Feeds {
		if f.ID == id && f.Owner == owner {
			return f
		}
	}
	return nil
}

func (p *Pod) removeFeed(id string) {
	p.state.Feeds = slices.DeleteFunc(p.state.Feeds, func(f *feed) bool { return f.ID == id })
	p.wake(id)
	p.touch()
	p.showFeeds()
}

func (p *Pod) createFeed(c *call) (any, error) {
	var body struct{ Tag string }
	if err := c.decode(&body); err != nil {
		return nil, err
	}
	if len(body.Tag) > maxTag {
		return nil, badRequest("The tag must not be longer than %d characters", maxTag)
	}
	p.expireFeeds()
	mine := 0
	for _, f := range p.state.Feeds {
		if f.Owner == c.caller.ID {
			mine++
		}
	}
	if mine >= maxFeeds {
		return nil, forbidden("The maximum number of datafeeds (%d) has been reached", maxFeeds)
	}
	f := &feed{ID: randomHex(16) + "_f_" + randomHex(3)[:5], Owner: c.caller.ID, Tag: body.Tag, Created: c.now, LastRead: c.now}
	p.state.Feeds = append(p.state.Feeds, f)
	p.touch()
	p.showFeeds()
	return created(f.view()), nil
}

func (p *Pod) listFeeds(c *call) (any, error) {
	p.expireFeeds()
	tag, found := c.query.Get("tag"), []feedView{}
	for _, f := range p.state.Feeds {
		if f.Owner == c.caller.ID && (tag == "" || f.Tag == tag) {
			found = append(found, f.view())
		}
	}
	return found, nil
}

// deleteFeed answers 204 for an unknown feed too: kits delete a feed right after its 400.
func (p *Pod) deleteFeed(c *call) (any, error) {
	if f := p.feed(c.params["datafeedId"], c.caller.ID); f != nil {
		p.removeFeed(f.ID)
	}
	return noContent{}, nil
}

var ackShape = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// ackRequest is the body of a read.
type ackRequest struct {
	AckID          *string `json:"ackId"`
	UpdatePresence *bool   `json:"updatePresence"`
}

func (p *Pod) readFeed(c *call) (any, error) {
	var body ackRequest
	if err := c.decode(&body); err != nil {
		return nil, err
	}
	ack := ""
	if body.AckID != nil {
		ack = *body.AckID
	}
	if ack != "" && !ackShape.MatchString(ack) {
		return nil, badRequest("Malformed ackId")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.authenticate(c, authAgent); err != nil {
		return nil, err
	}
	id := c.params["datafeedId"]
	if f := p.feed(id, c.caller.ID); f != nil {
		f.acknowledge(ack)
		if p.kills(c) {
			p.removeFeed(id)
		}
	}
	if body.UpdatePresence == nil || *body.UpdatePresence {
		p.state.Presences[c.caller.ID] = presence{Category: "AVAILABLE", UserID: c.caller.ID, Timestamp: p.now().UnixMilli()}
	}
	return p.park(c, id)
}

// park waits for events, with the mutex released while it waits. The wait ends with events, at the long poll's limit,
// when the feed goes, when the reader goes, and when the pod closes.
func (p *Pod) park(c *call, id string) (any, error) {
	limit := time.NewTimer(p.cfg.LongPoll)
	defer limit.Stop()
	for over := false; ; {
		f := p.feed(id, c.caller.ID)
		if f == nil {
			return nil, badRequest("Could not find a datafeed with the provided id")
		}
		f.LastRead = p.now()
		ackID := uuid()
		batch := f.take(ackID, p.now(), p.cfg.Visibility)
		if len(batch) > 0 || over {
			p.touch()
			p.showFeeds()
			return p.batchAnswer(f, ackID, batch), nil
		}
		over = p.wait(c, f, limit.C)
		if c.Context().Err() != nil {
			return nil, errDropped
		}
	}
}

// wait releases the mutex until the feed may have news; it tells whether the long poll is over.
func (p *Pod) wait(c *call, f *feed, limit <-chan time.Time) bool {
	wake, ok := p.wakes[f.ID]
	if !ok {
		wake = make(chan struct{})
		p.wakes[f.ID] = wake
	}
	var again <-chan time.Time
	if next := f.nextVisible(p.now()); next > 0 {
		timer := time.NewTimer(next)
		defer timer.Stop()
		again = timer.C
	}
	p.parked[f.ID]++
	p.showFeeds()
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		if p.parked[f.ID]--; p.parked[f.ID] == 0 {
			delete(p.parked, f.ID)
		}
	}()
	select {
	case <-limit:
		return true
	case <-p.closed:
		return true
	case <-wake:
	case <-again:
	case <-c.Context().Done():
	}
	return false
}

func (p *Pod) batchAnswer(f *feed, ackID string, batch []*delivery) *answer {
	events := make([]json.RawMessage, 0, len(batch))
	for _, d := range batch {
		events = append(events, d.Event)
	}
	if len(events) > 1 && p.strikes(kindReorder) {
		p.faults.shuffle(func(r *rand.Rand) {
			r.Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
		})
	}
	return &answer{
		status: http.StatusOK, body: map[string]any{"events": events, "ackId": ackID},
		undo: func() { f.giveBack(ackID); p.wake(f.ID) },
	}
}
