package soak

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"roombot/cmd/bot/trial"
	"roombot/commands"
	"roombot/symphony/sandbox/client"
)

// grantPeople are the simulated people whom no rule allows what they ask for, who ask for access
// and send their requests again, and the administrators who decide about that and revoke grants.
type grantPeople struct {
	*soak
	names  map[int64]string // usernames by user id
	people []string         // who may be brought in

	mu        sync.Mutex // guards all below
	resting   bool       // nobody begins anything any more
	refusals  map[string]*shownRefusal
	questions map[int64]*grantQuestion
	cards     map[string]int64 // question numbers, by the id of the first version of a card
	due       []dueRequest
	toRevoke  []dueRevocation
	revoking  bool
	sent      []*Request
	made      []Click
	revoked   []Revocation
}

// shownRefusal is a refusal with the button Request access.
type shownRefusal struct {
	message client.Message
	seen    time.Time
	acted   time.Time // zero for never
	tries   int
	heard   bool // the bot has answered
}

// grantQuestion is a request for access as the administrators see it.
type grantQuestion struct {
	n       int64
	request string                    // the first one that was refused
	cards   map[string]client.Message // by username
	seen    time.Time
	acted   time.Time
	tries   int
	ended   bool // a card says so
	granted bool // who has asked was told so
	told    bool
}

// maxTries is how often somebody clicks on the same where nothing comes of it.
const maxTries = 10

func newGrantPeople(s *soak, people []client.Person) *grantPeople {
	g := &grantPeople{
		soak: s, names: map[int64]string{}, refusals: map[string]*shownRefusal{}, questions: map[int64]*grantQuestion{}, cards: map[string]int64{},
	}
	for _, p := range people {
		g.names[p.ID] = p.Username
		if p.Active && isOrdinary(p) && !slices.Contains(inSales, p.Username) {
			g.people = append(g.people, p.Username)
		}
	}
	return g
}

// act has people click and send requests, until ctx ends.
func (g *grantPeople) act(ctx context.Context) error {
	for trial.Pause(ctx, 50*time.Millisecond) == nil {
		err := g.press(ctx, append(g.dueAccess(), g.dueDecisions()...))
		if err == nil {
			err = g.sendDue(ctx)
		}
		if err != nil && ctx.Err() == nil {
			return err
		}
	}
	return nil
}

// rest has nobody begin anything any more.
func (g *grantPeople) rest() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.resting = true
}

// dueAccess are the clicks on Request access that people make now.
func (g *grantPeople) dueAccess() (all []pressed) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, number := range slices.Sorted(maps.Keys(g.refusals)) {
		r, c := g.refusals[number], g.ledger.find(number)
		if c == nil || g.resting || r.heard || r.tries >= maxTries {
			continue
		}
		d := accessDeedFor(g.Seed, c)
		if !d.asks || time.Since(r.seen) < d.after || !r.acted.IsZero() && time.Since(r.acted) < clickAgainAfter {
			continue
		}
		if r.acted.IsZero() && d.again && c.repeats < maxRepeats {
			again := g.repeatRequest(c, 1, sameShape)
			again.mustAsk = true
			g.due = append(g.due, dueRequest{again, time.Now().Add(500 * time.Millisecond)})
		}
		r.acted = time.Now()
		r.tries++
		for range d.times {
			all = append(all, pressed{Click{As: c.As, Request: number, Button: commands.ButtonAccess}, r.message})
		}
	}
	return all
}

// dueDecisions are the clicks on cards that administrators make now. Where somebody was told of a
// grant, it is planned what they send then.
func (g *grantPeople) dueDecisions() (all []pressed) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, n := range slices.Sorted(maps.Keys(g.questions)) {
		q := g.questions[n]
		c := g.ledger.find(q.request)
		if c == nil || g.resting {
			continue
		}
		d := grantDeedFor(g.Seed, c)
		if q.told && q.granted {
			q.granted = false
			g.follow(q, c, d)
		}
		if q.isDue(d) {
			all = append(all, q.clicks(d)...)
		}
	}
	return all
}

func (q *grantQuestion) isDue(d grantDeed) bool {
	return d.conduct != neverClicks && !q.ended && len(q.cards) > 0 && q.tries < maxTries && time.Since(q.seen) >= d.after &&
		(q.acted.IsZero() || time.Since(q.acted) >= clickAgainAfter)
}

// clicks are those by which the administrators do what they do about a question.
func (q *grantQuestion) clicks(d grantDeed) (all []pressed) {
	q.acted = time.Now()
	q.tries++
	names := slices.Sorted(maps.Keys(q.cards))
	press := func(turn int, button string) {
		who := names[(d.first+turn)%len(names)]
		all = append(all, pressed{Click{As: who, N: int(q.n), Button: button}, q.cards[who]})
	}
	press(0, d.button)
	switch {
	case d.conduct == clicksTwice:
		press(0, d.button)
	case d.conduct == contradict:
		press(1, grantRefuse)
	}
	return all
}

// press presses buttons, all at once.
func (g *grantPeople) press(ctx context.Context, clicks []pressed) error {
	g.mu.Lock()
	g.made = append(g.made, clicksNow(clicks)...)
	g.mu.Unlock()
	return pressAll(ctx, g.trial.Pod, clicks, func(c Click, act *client.ActRequest) {
		act.FormID = commands.FormGrant
		if c.Button == commands.ButtonAccess {
			act.FormID = commands.FormOffer
		}
	})
}

// sendDue sends the requests that are due.
func (g *grantPeople) sendDue(ctx context.Context) error {
	for {
		c := g.takeDue()
		if c == nil {
			return nil
		}
		if err := g.send(ctx, c); err != nil {
			return err
		}
	}
}

// takeDue is a request that is due, nil for none.
func (g *grantPeople) takeDue() *Request {
	g.mu.Lock()
	defer g.mu.Unlock()
	at := slices.IndexFunc(g.due, func(d dueRequest) bool { return !time.Now().Before(d.at) })
	if at < 0 || g.resting {
		return nil
	}
	c := g.due[at].Request
	g.due = slices.Delete(g.due, at, at+1)
	g.sent = append(g.sent, c)
	return c
}

// haveDone reports whether nobody is about to do anything.
func (g *grantPeople) haveDone() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.due) > 0 || len(g.toRevoke) > 0 || g.revoking {
		return false
	}
	for number, r := range g.refusals {
		c := g.ledger.find(number)
		if c != nil && !r.heard && r.tries < maxTries && accessDeedFor(g.Seed, c).asks {
			return false
		}
	}
	for _, q := range g.questions {
		c := g.ledger.find(q.request)
		if c == nil {
			continue
		}
		mayEnd := grantDeedFor(g.Seed, c).conduct != neverClicks && q.tries < maxTries
		if q.granted || mayEnd && !(q.ended && q.told) {
			return false
		}
	}
	return true
}
