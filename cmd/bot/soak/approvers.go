package soak

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"roombot/cmd/bot/trial"
	"roombot/commands"
	"roombot/symphony/sandbox/client"
)

// Click is a button that somebody has pressed about a request that needs an approval, or about
// access that was refused.
type Click struct {
	As      string
	Request string // its number; empty on a card about a request for access
	N       int    // of its questions, or of a request for access; 0 where the request is withdrawn or access is asked for
	Button  string
	At      time.Time // right before it
}

// withdrawButton is the button of the first answer by which a request is withdrawn.
const withdrawButton = "stop"

// cardOf is the person and the question that a card is for, false where the message is no card.
func cardOf(m client.Message) (request string, n int, who int64, isCard bool) {
	s := trial.ReadStamp(m)
	count, err := fmt.Sscanf(s.Part, "card/%d/%d", &n, &who)
	return s.Request, n, who, err == nil && count == 2
}

// approvers are the simulated people who approve requests, and who withdraw theirs. They act like
// people at their screens: they see what the bot has shown them, and click again where nothing
// comes of it for a while.
type approvers struct {
	pod   *client.Client
	seed  int64
	find  func(number string) *Request
	names map[int64]string // usernames by user id

	mu    sync.Mutex // guards all below
	open  map[string]*shownQuestion
	first map[string]client.Message // first answers with the button Withdraw, by the number of the request
	made  []Click
}

// shownQuestion is a question as its cards show it.
type shownQuestion struct {
	request string
	n       int
	cards   map[string]client.Message // by username
	seen    time.Time
	acted   time.Time // zero for never
	ended   bool      // a card says so
}

// clickAgainAfter is when somebody clicks once more, where a card does not say what came of it: the
// pod loses clicks with a datafeed.
const clickAgainAfter = 5 * time.Second

func newApprovers(s *soak, people []client.Person) *approvers {
	a := &approvers{
		pod: s.trial.Pod, seed: s.Seed, find: s.ledger.find, names: map[int64]string{},
		open: map[string]*shownQuestion{}, first: map[string]client.Message{},
	}
	for _, p := range people {
		a.names[p.ID] = p.Username
	}
	return a
}

// noteMessages takes notice of cards, and of first answers that can be withdrawn.
func (a *approvers) noteMessages(messages []client.Message) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, m := range messages {
		if m.From.Username != botName {
			continue
		}
		request, n, who, isCard := cardOf(m)
		if !isCard {
			if strings.Contains(m.Markup, ">Withdraw<") {
				a.first[trial.ReadStamp(m).Request] = m
			}
			continue
		}
		key := fmt.Sprint(request, "/", n)
		q := a.open[key]
		if q == nil {
			q = &shownQuestion{request: request, n: n, cards: map[string]client.Message{}, seen: time.Now()}
			a.open[key] = q
		}
		if len(m.Forms) == 0 {
			q.ended = true
		} else {
			q.cards[a.names[who]] = m
		}
	}
}

// clicks are all clicks so far.
func (a *approvers) clicks() []Click {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.made)
}

// haveClicked reports whether nobody is about to click.
func (a *approvers) haveClicked() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, q := range a.open {
		if c := a.find(q.request); c != nil && deedFor(a.seed, c.RoomName, q.n).conduct == isLate && q.acted.IsZero() {
			return false
		}
	}
	return true
}

// pressed is a click, and the message whose button it presses.
type pressed struct {
	Click
	on client.Message
}

// act has people click until ctx ends.
func (a *approvers) act(ctx context.Context) error {
	for trial.Pause(ctx, 50*time.Millisecond) == nil {
		if err := a.press(ctx, a.dueClicks()); err != nil && ctx.Err() == nil {
			return err
		}
	}
	return nil
}

// dueClicks are those that people make now.
func (a *approvers) dueClicks() (all []pressed) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, key := range slices.Sorted(maps.Keys(a.open)) {
		q := a.open[key]
		c := a.find(q.request)
		if c == nil {
			continue
		}
		if d := deedFor(a.seed, c.RoomName, q.n); q.isDue(d, time.Now()) {
			all = append(all, a.clicksOf(q, d, c)...)
		}
	}
	return all
}

// isDue reports whether it is time to do something about a question.
func (q *shownQuestion) isDue(d deed, now time.Time) bool {
	switch {
	case len(q.cards) == 0 || now.Before(q.seen.Add(d.after)):
		return false
	case q.ended:
		return d.conduct == isLate && q.acted.IsZero()
	}
	return q.acted.IsZero() || !now.Before(q.acted.Add(clickAgainAfter))
}

// clicksOf are the clicks by which people do what they do about a question.
func (a *approvers) clicksOf(q *shownQuestion, d deed, c *Request) (all []pressed) {
	press := func(turn int, button string) {
		names := slices.Sorted(maps.Keys(q.cards))
		who := names[(d.first+turn)%len(names)]
		all = append(all, pressed{Click{As: who, Request: q.request, N: q.n, Button: button}, q.cards[who]})
	}
	switch d.conduct {
	case approves, isLate, hurries:
		press(0, commands.ButtonApprove)
	case rejects:
		press(0, commands.ButtonReject)
	case clicksTwice:
		press(0, commands.ButtonApprove)
		press(0, commands.ButtonApprove)
	case contradict:
		press(0, commands.ButtonApprove)
		press(1, commands.ButtonReject)
	case withdraws, neverClicks:
	}
	if m, shown := a.first[q.request]; shown && (d.conduct == withdraws || d.conduct == hurries) {
		all = append(all, pressed{Click{As: c.As, Request: q.request, Button: withdrawButton}, m})
	}
	if len(all) > 0 {
		q.acted = time.Now()
	}
	return all
}

// rejection is the reason of each rejection.
const rejection = "not this week"

// press presses buttons, all at once.
func (a *approvers) press(ctx context.Context, clicks []pressed) error {
	reason, err := json.Marshal(rejection)
	if err != nil {
		return err
	}
	a.mu.Lock()
	a.made = append(a.made, clicksNow(clicks)...)
	a.mu.Unlock()
	return pressAll(ctx, a.pod, clicks, func(c Click, act *client.ActRequest) {
		act.FormID = commands.FormApproval
		if c.N == 0 {
			act.FormID = commands.FormOffer
		}
		if c.Button == commands.ButtonReject {
			act.Values = map[string]json.RawMessage{"reason": reason}
		}
	})
}

// clicksNow are the clicks that are made now.
func clicksNow(clicks []pressed) (all []Click) {
	for _, c := range clicks {
		c.At = time.Now()
		all = append(all, c.Click)
	}
	return all
}

// pressAll presses buttons, all at once; fill says in which form, and what is filled in.
func pressAll(ctx context.Context, pod *client.Client, clicks []pressed, fill func(Click, *client.ActRequest)) error {
	group, ctx := errgroup.WithContext(ctx)
	for _, c := range clicks {
		act := client.ActRequest{As: c.As, MessageID: c.on.ID, Action: c.Button}
		fill(c.Click, &act)
		group.Go(func() error {
			if _, err := pod.Act(ctx, act); err != nil {
				return fmt.Errorf("press the button %q: %w", act.Action, err)
			}
			return nil
		})
	}
	return group.Wait()
}
