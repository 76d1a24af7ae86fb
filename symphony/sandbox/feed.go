package sandbox

import (
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"regexp"
	"time"

	"roombot/symphony/sandbox/client"
	"roombot/symphony/sandbox/rest"
	"roombot/symphony/sandbox/world"
)

// readDatafeed is the name of the operation that waits for events.
const readDatafeed = "readDatafeed"

// feedView is a datafeed in the API's words.
type feedView struct {
	ID   string `json:"id"`
	Type string `json:"type"`
}

func encodeFeed(f *world.Feed) feedView { return feedView{ID: f.ID, Type: "fanout"} }

func (p *Pod) createFeed(c *call) (any, error) {
	var body struct {
		Tag string `json:"tag"`
	}
	if err := c.decode(&body); err != nil {
		return nil, err
	}
	f, err := p.world.CreateFeed(c.caller, body.Tag)
	if err != nil {
		return nil, err
	}
	return &rest.Answer{Status: http.StatusCreated, Body: encodeFeed(f)}, nil
}

func (p *Pod) listFeeds(c *call) (any, error) {
	found := []feedView{}
	for _, f := range p.world.FeedsOf(c.caller, c.Query.Get("tag")) {
		found = append(found, encodeFeed(f))
	}
	return found, nil
}

// deleteFeed answers 204 for an unknown feed too: kits delete a feed right after its 400.
func (p *Pod) deleteFeed(c *call) (any, error) {
	if f := p.world.Feed(c.caller, c.Params["datafeedId"]); f != nil {
		p.world.RemoveFeed(f.ID)
	}
	return rest.NoContent{}, nil
}

var ackShape = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// readRequest is the body of a read.
type readRequest struct {
	AckID          string `json:"ackId"`
	UpdatePresence *bool  `json:"updatePresence"`
}

func (p *Pod) readFeed(c *call) (any, error) {
	var body readRequest
	if err := c.decode(&body); err != nil {
		return nil, err
	}
	if body.AckID != "" && !ackShape.MatchString(body.AckID) {
		return nil, rest.BadRequest("Malformed ackId")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.authenticate(c, authAgent); err != nil {
		return nil, err
	}
	id := c.Params["datafeedId"]
	if f := p.world.Feed(c.caller, id); f != nil {
		f.Acknowledge(body.AckID)
		if p.killsFeed(c) {
			p.world.RemoveFeed(id)
		}
	}
	if body.UpdatePresence == nil || *body.UpdatePresence {
		if err := p.world.SetPresence(c.caller, world.Available); err != nil {
			return nil, err
		}
	}
	return p.awaitEvents(c, id)
}

// awaitEvents waits for events, with the mutex released while it waits. The wait ends with events,
// at the long poll's limit, when the feed goes, when the reader goes, and when the pod closes.
func (p *Pod) awaitEvents(c *call, id string) (any, error) {
	limit := time.NewTimer(p.cfg.LongPoll)
	defer limit.Stop()
	for over := false; ; {
		p.world.AdmitInvited()
		f := p.world.Feed(c.caller, id)
		if f == nil {
			return nil, rest.BadRequest("Could not find a datafeed with the provided id")
		}
		ackID, batch := p.world.Take(f)
		if len(batch) > 0 || over {
			return p.batchAnswer(f, ackID, batch), nil
		}
		over = p.parkRead(c, f, limit.C)
		if c.Context().Err() != nil {
			return nil, errDropped
		}
	}
}

// parkRead releases the mutex until the feed may have news. It reports whether the long poll is
// over.
func (p *Pod) parkRead(c *call, f *world.Feed, limit <-chan time.Time) bool {
	wake := p.wakeOf(f.ID)
	var again <-chan time.Time
	if next := p.untilNews(f); next > 0 {
		timer := time.NewTimer(next)
		defer timer.Stop()
		again = timer.C
	}
	p.countReader(f.ID, 1)
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		p.countReader(f.ID, -1)
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

// untilNews is how long until a feed may have news by the clock alone; 0 when it will have none.
func (p *Pod) untilNews(f *world.Feed) time.Duration {
	visible, admission := p.world.UntilVisible(f), p.world.UntilAdmission()
	if visible <= 0 || admission > 0 && admission < visible {
		return max(admission, 0)
	}
	return visible
}

// countReader notes that a read of a feed begins or ends to wait.
func (p *Pod) countReader(feedID string, change int) {
	if p.parked[feedID] += change; p.parked[feedID] == 0 {
		delete(p.parked, feedID)
	}
	p.notify(world.Change{Kind: world.FeedsChanged})
}

// Readers is how many reads of a feed wait for events. It is called within Do, or by an Observer.
func (p *Pod) Readers(feedID string) int { return p.parked[feedID] }

// wakeOf is closed when the parked reads of a feed are to look again.
func (p *Pod) wakeOf(feedID string) <-chan struct{} {
	wake, ok := p.wakes[feedID]
	if !ok {
		wake = make(chan struct{})
		p.wakes[feedID] = wake
	}
	return wake
}

// wake makes the parked reads of a feed look again.
func (p *Pod) wake(feedID string) {
	if parked, ok := p.wakes[feedID]; ok {
		close(parked)
		delete(p.wakes, feedID)
	}
}

// wakeAll makes every parked read look again.
func (p *Pod) wakeAll() {
	for id := range p.wakes {
		p.wake(id)
	}
}

func (p *Pod) batchAnswer(f *world.Feed, ackID string, batch []*world.Event) *rest.Answer {
	events := make([]json.RawMessage, 0, len(batch))
	for _, e := range batch {
		events = append(events, p.encodeEvent(e))
	}
	if len(events) > 1 && p.faultStrikes(client.FaultReorderEvents) {
		p.faults.shuffle(func(r *rand.Rand) {
			r.Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
		})
	}
	return &rest.Answer{
		Body: map[string]any{"events": events, "ackId": ackID},
		Undo: func() { p.world.GiveBack(f, ackID) },
	}
}
