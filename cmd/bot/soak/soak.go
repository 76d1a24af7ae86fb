// Package soak tries to break the promise that each command opens exactly one
// room and gets exactly one answer: it runs the real bot against a pod that
// makes trouble, kills it again and again, and then looks at what is there.
package soak

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"roombot/cmd/bot/trial"
)

// Config describes a soak.
type Config struct {
	Commands  int           // how many are sent
	KillEvery time.Duration // SIGKILL to the bots in turn; 0 for never
	Faults    Trouble       // what the pod does to them meanwhile
	Seed      int64         // of the commands and of the pod's dice
	Replicas  int           // bots at once; more than one needs Store
	Store     string        // address of a database; empty for a file
	Dir       string        // keeps configurations, stores and logs; empty for a folder that is removed
	Crowd     int           // employees who take part besides the people of the tour; default 60

	HTTPTimeout time.Duration // the bot's roombot.httpTimeout; default 2 s
	SearchLag   time.Duration // the bot's roombot.searchLag; default 4 s, more than the pod's worst
	Visibility  time.Duration // the pod's; default 5 s
	Patience    time.Duration // how long nothing may happen before what is unanswered counts as lost; default 90 s
	Outstanding int           // commands sent and not answered at a time; default 64
	Progress    io.Writer     // a line every second; default none
}

func (c Config) withDefaults() Config {
	for _, d := range []struct {
		field *time.Duration
		value time.Duration
	}{
		{&c.HTTPTimeout, 2 * time.Second}, {&c.SearchLag, 4 * time.Second}, {&c.Visibility, 5 * time.Second}, {&c.Patience, 90 * time.Second},
	} {
		if *d.field <= 0 {
			*d.field = d.value
		}
	}
	if c.Crowd <= 0 {
		c.Crowd = 60
	}
	if c.Outstanding <= 0 {
		c.Outstanding = 64
	}
	if c.Progress == nil {
		c.Progress = io.Discard
	}
	c.Replicas = max(1, c.Replicas)
	return c
}

// Run does the soak and reports what it found. The error is about the soak
// itself; whether the bot kept its promise is in the report.
func Run(ctx context.Context, c Config) (report Report, err error) {
	c = c.withDefaults()
	t, err := trial.Start(ctx, trial.Setup{
		Dir: c.Dir,
		Pod: trial.PodSetup{Crowd: c.Crowd, Visibility: c.Visibility, Seed: c.Seed},
		Bots: trial.BotSetup{
			Count: c.Replicas, Store: c.Store, HTTPTimeout: c.HTTPTimeout, SearchLag: c.SearchLag, Workers: 32, LogLevel: "info",
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

	// Written by one goroutine each and read after all have ended.
	kills, feedsKilled int
	faults             map[string]int // hits by kind
	exits              []trial.Line
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
	if err := s.storm(ctx); err != nil {
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
	if err := s.settled(ctx, 30*time.Second); err != nil {
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
	pause := make(chan chan struct{})
	group.Go(func() error { return s.killBots(raging) })
	group.Go(func() error { return s.killFeeds(raging, pause) })
	group.Go(func() error {
		defer stop()
		if err := s.talk(raging, pause); err != nil {
			return err
		}
		return s.settled(raging, stormAfterLast)
	})
	err := group.Wait()
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
func (s *session) talk(ctx context.Context, pause <-chan chan struct{}) error {
	for _, c := range s.plan {
		if c.opening {
			continue
		}
		for s.ledger.outstanding() >= s.Outstanding || s.ledger.waitingIn(c.chat()) >= mostInChat {
			if err := trial.Pause(ctx, 10*time.Millisecond); err != nil {
				return err
			}
		}
		select {
		case resume := <-pause:
			select {
			case <-resume:
			case <-ctx.Done():
				return ctx.Err()
			}
		default:
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
	// What is doubled may come late: a batch that was never acknowledged, a call under way.
	late := s.Visibility + s.HTTPTimeout + time.Second
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

// tell prints where the soak stands.
func (s *session) tell(ctx context.Context) error {
	for trial.Pause(ctx, time.Second) == nil {
		sent, answered := s.ledger.counts()
		fmt.Fprintf(s.Progress, "%4ds  %d of %d sent, %d answered\n", int(time.Since(s.started).Seconds()), sent, len(s.plan), answered)
	}
	return nil
}
