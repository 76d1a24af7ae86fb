// Package soak tries to break the promise that each command opens exactly one
// room and gets exactly one answer: it runs the real bot against a pod that
// makes trouble, kills it again and again, and then looks at what is there.
package soak

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"roombot/cmd/bot/trial"
)

// Run does the soak and reports what it found. The error is about the soak
// itself; whether the bot kept its promise is in the report.
func Run(ctx context.Context, c Config) (report Report, err error) {
	c = c.withDefaults()
	t, err := trial.Start(ctx, trial.Setup{
		Dir: c.Dir,
		Pod: trial.PodSetup{Crowd: c.Crowd, Visibility: c.Visibility, Seed: c.Seed},
		Bots: trial.BotSetup{
			Count: c.Replicas, Store: c.Store, HTTPTimeout: c.HTTPTimeout, SearchLag: c.SearchLag, LogLevel: "info",
		},
	})
	if err != nil {
		return Report{}, err
	}
	defer func() { err = errors.Join(err, t.Close()) }()
	if err := t.Ready(ctx); err != nil {
		return Report{}, err
	}
	s, err := newSession(ctx, c, t)
	if err != nil {
		return Report{}, err
	}
	return s.run(ctx)
}

// session is a soak under way.
type session struct {
	Config
	trial   *trial.Trial
	plan    []*Command
	ledger  *ledger
	started time.Time
	pulse   pulse
	stage   atomic.Pointer[string] // which part of the soak is under way; nil where there is but one

	// Written by one goroutine each and read after all have ended.
	kills, feedsKilled int
	faults             map[string]int // hits by kind
	exits              []trial.Line
	felt               []Outage
}

func newSession(ctx context.Context, c Config, t *trial.Trial) (*session, error) {
	state, err := t.Pod.State(ctx)
	if err != nil {
		return nil, err
	}
	return &session{
		Config: c, trial: t, plan: Plan(c.Commands, c.Seed, state.People, state.Groups), ledger: newLedger(),
		started: time.Now(), faults: map[string]int{},
	}, nil
}

// run goes through the phases: talk under trouble, calm, audit.
func (s *session) run(ctx context.Context) (Report, error) {
	following, stop := context.WithCancel(ctx)
	defer stop()
	group, following := errgroup.WithContext(following)
	group.Go(func() error { return s.trial.Pod.Follow(following, 100*time.Millisecond, s.ledger.take) })
	group.Go(func() error { return s.tell(following) })
	err := s.phases(following)
	stop()
	if err := errors.Join(err, group.Wait(), ctx.Err()); err != nil {
		return Report{}, err
	}
	took := time.Since(s.started)
	return s.audit(ctx, took)
}

func (s *session) phases(ctx context.Context) error {
	if err := s.opening(ctx); err != nil {
		return err
	}
	trouble := s.storm
	if s.Outages > 0 {
		trouble = s.outages
	}
	if err := trouble(ctx); err != nil {
		return err
	}
	return s.calm(ctx)
}

// opening sends the commands whose rooms are later talked in, undisturbed.
func (s *session) opening(ctx context.Context) error {
	for _, c := range s.plan {
		if !c.opening {
			break
		}
		if err := s.send(ctx, c); err != nil {
			return err
		}
	}
	if err := s.settled(ctx, s.Patience); err != nil {
		return err
	}
	state, err := s.trial.Pod.State(ctx)
	if err != nil {
		return err
	}
	for _, c := range s.plan {
		at := slices.IndexFunc(state.Rooms, func(r trial.Room) bool { return r.Name == c.Name })
		if c.opening && at < 0 {
			return fmt.Errorf("the bot did not open %q, with no trouble at all", c.Name)
		}
		if c.opening {
			c.opened = state.Rooms[at].ID
		}
	}
	return nil
}

// storm sends the rest while the pod makes trouble and the bots are killed.
func (s *session) storm(ctx context.Context) error {
	for _, f := range s.Faults.faults() {
		if err := s.trial.Pod.Break(ctx, f); err != nil {
			return err
		}
	}
	raging, stop := context.WithCancel(ctx)
	defer stop()
	group, raging := errgroup.WithContext(raging)
	group.Go(func() error { return s.killBots(raging) })
	group.Go(func() error { return s.killFeeds(raging) })
	group.Go(func() error {
		defer stop()
		if err := s.talk(raging); err != nil {
			return err
		}
		return s.settled(raging, stormAfterLast)
	})
	return unlessStopped(ctx, group.Wait())
}

// unlessStopped is the error of a group: none when one of its own has stopped it,
// that of ctx when that has ended.
func unlessStopped(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// stormAfterLast is how long at most the trouble goes on after the last
// command: whoever cannot finish under it finishes in the calm.
const stormAfterLast = 20 * time.Second

// mostInChat is how many commands of one chat are unanswered at a time: beyond
// its own bound the bot rightly carries none out.
const mostInChat = 10

// talk sends the commands, never more at once than may be outstanding.
func (s *session) talk(ctx context.Context) error {
	for _, c := range s.plan {
		if c.opening {
			continue
		}
		for s.ledger.outstanding() >= s.Outstanding || s.ledger.waitingIn(c.chat()) >= mostInChat {
			if err := trial.Pause(ctx, 10*time.Millisecond); err != nil {
				return err
			}
		}
		if err := s.send(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

func (s *session) send(ctx context.Context, c *Command) error {
	said, err := s.trial.Pod.Say(ctx, c.As, c.room(), c.Text)
	if err != nil {
		return fmt.Errorf("say %q: %w", c.Text, err)
	}
	s.ledger.sent(c, said)
	return nil
}

// settled waits, so long at most, until all that was sent is done. Not being
// settled is no error: the audit will tell.
func (s *session) settled(ctx context.Context, limit time.Duration) error {
	begin := time.Now()
	for time.Since(begin) < limit && !s.done(ctx) {
		if err := trial.Pause(ctx, 50*time.Millisecond); err != nil {
			return err
		}
	}
	return nil
}

// done tells whether everything is answered and the bots have nothing left: an
// answer may come while people are still being let in.
func (s *session) done(ctx context.Context) bool {
	return s.ledger.outstanding() == 0 && s.trial.Idle(ctx)
}

// calm ends the trouble and waits until nothing happens any more.
func (s *session) calm(ctx context.Context) error {
	if err := s.countFaults(ctx); err != nil {
		return err
	}
	if err := s.trial.Pod.Mend(ctx); err != nil {
		return err
	}
	if err := s.revive(); err != nil {
		return err
	}
	for s.ledger.quiet() < s.Patience && !s.done(ctx) {
		if err := trial.Pause(ctx, 50*time.Millisecond); err != nil {
			return err
		}
	}
	// What is doubled may come late: a batch that was never acknowledged, a call of a killed bot that is under way.
	late := s.Visibility + time.Second
	if s.KillEvery > 0 {
		late += s.HTTPTimeout
	}
	if err := trial.Pause(ctx, late); err != nil {
		return err
	}
	for _, b := range s.trial.Bots {
		if err := b.Stop(); err != nil {
			s.exits = append(s.exits, trial.Line{Bot: b.Name, Text: err.Error()})
		}
	}
	return nil
}
