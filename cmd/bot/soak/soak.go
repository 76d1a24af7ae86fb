// Package soak tries to break the promise that each request opens exactly one room and gets exactly
// one answer: it runs the real bot against a pod that makes trouble, kills it again and again, and
// then compares what is on the pod with what was asked for.
package soak

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"roombot/cmd/bot/trial"
	"roombot/commands"
	"roombot/symphony/sandbox/client"
)

// Run does the soak and reports what it found. The error is about the soak itself; whether the bot
// kept its promise is in the report.
func Run(ctx context.Context, c Config) (report Report, err error) {
	c = c.withDefaults()
	first, err := firstRules()
	if err != nil {
		return Report{}, err
	}
	bots := trial.BotSetup{
		Count: c.Replicas, Store: c.Store, HTTPTimeout: c.HTTPTimeout, SearchLag: c.SearchLag, LogLevel: "info",
	}
	if c.Govern {
		bots.Policy, bots.GrantDay = first.Text, grantDay
	}
	started := time.Now()
	t, err := trial.Start(ctx, trial.Setup{
		Dir: c.Dir,
		Pod: trial.PodSetup{Crowd: c.Crowd, Visibility: c.Visibility, Seed: c.Seed}, Bots: bots,
	})
	if err != nil {
		return Report{}, err
	}
	defer func() { err = errors.Join(err, t.Close()) }()
	if err := t.WaitUntilReady(ctx); err != nil {
		return Report{}, err
	}
	s, err := newSoak(ctx, c, t)
	if err == nil {
		s.governance.Periods = []Period{{Rules: first, From: started}}
		s.stored, err = t.StoreSize(ctx)
	}
	if err != nil {
		return Report{}, err
	}
	return s.run(ctx)
}

// soak is a soak that runs.
type soak struct {
	Config
	trial   *trial.Trial
	stored  int64 // bytes of the stores at the beginning
	plan    []*Request
	ledger  *ledger
	decoys  *decoyPlanter
	started time.Time
	health  healthLog
	stage   atomic.Pointer[string] // the part of the soak that runs; nil where there is only one

	government government // what the administrator is to do
	starting   sync.Mutex // is held while bots start, and while their policy is faulty
	approvers  *approvers
	grants     *grantPeople

	// Written by one goroutine each and read after all have ended.
	kills, feedsKilled int
	faults             map[string]int // hits by kind
	unexpectedEnds     []trial.Line
	outageResults      []Outage
	governance         Governance // the periods by one, the pauses and commands by another
}

func newSoak(ctx context.Context, c Config, t *trial.Trial) (*soak, error) {
	state, err := t.Pod.State(ctx)
	if err != nil {
		return nil, err
	}
	s := &soak{
		Config: c, trial: t, plan: Plan(c.Commands, c.Seed, state.People, state.Groups), ledger: newLedger(),
		decoys:  newDecoyPlanter(t.Pod, c.Seed),
		started: time.Now(), faults: map[string]int{},
	}
	s.approvers, s.grants = newApprovers(s, state.People), newGrantPeople(s, state.People)
	if c.Govern {
		s.government, err = planGovernment(c.Commands, c.Seed, state.People)
	}
	return s, err
}

// run sends the requests under trouble, ends the trouble, and audits the pod.
func (s *soak) run(ctx context.Context) (Report, error) {
	following, stop := context.WithCancel(ctx)
	defer stop()
	group, following := errgroup.WithContext(following)
	group.Go(func() error { return s.trial.Pod.Follow(following, 100*time.Millisecond, s.noteMessages) })
	group.Go(func() error { return s.approvers.act(following) })
	group.Go(func() error { return s.grants.act(following) })
	group.Go(func() error { return s.grants.revokeGrants(following) })
	group.Go(func() error { return s.printProgress(following) })
	err := s.runPhases(following)
	stop()
	if err := errors.Join(err, group.Wait(), ctx.Err()); err != nil {
		return Report{}, err
	}
	took := time.Since(s.started)
	return s.auditPod(ctx, took)
}

func (s *soak) noteMessages(messages []client.Message) error {
	s.approvers.noteMessages(messages)
	s.grants.noteMessages(messages)
	return s.ledger.noteMessages(messages)
}

func (s *soak) runPhases(ctx context.Context) error {
	if err := s.sendOpening(ctx); err != nil {
		return err
	}
	if edits := s.government.edits; len(edits) > 0 { // the first rules want no approvals
		if err := s.edit(ctx, edits[0]); err != nil {
			return err
		}
		s.government.edits = edits[1:]
	}
	trouble := s.sendUnderTrouble
	if s.Outages > 0 {
		trouble = s.runOutages
	}
	if err := trouble(ctx); err != nil {
		return err
	}
	return s.endTrouble(ctx)
}

// sendOpening sends, undisturbed, the requests in whose rooms others are sent.
func (s *soak) sendOpening(ctx context.Context) error {
	for _, c := range s.plan {
		if !c.isOpening {
			break
		}
		if err := s.send(ctx, c); err != nil {
			return err
		}
	}
	if err := s.waitUntilDone(ctx, s.Patience); err != nil {
		return err
	}
	state, err := s.trial.Pod.State(ctx)
	if err != nil {
		return err
	}
	for _, c := range s.plan {
		at := slices.IndexFunc(state.Rooms, func(r client.Room) bool { return r.Name == c.RoomName })
		if c.isOpening && at < 0 {
			return fmt.Errorf("the bot did not open %q, with no trouble at all", c.RoomName)
		}
		if c.isOpening {
			c.roomID = state.Rooms[at].StreamID
			s.decoys.proof = state.Rooms[at].Keyword(commands.ProofKeyword)
		}
	}
	return nil
}

// sendUnderTrouble sends the rest while the pod makes trouble and the bots are killed.
func (s *soak) sendUnderTrouble(ctx context.Context) error {
	if err := s.trial.Pod.Fail(ctx, s.Faults.faults()...); err != nil {
		return err
	}
	working, stop := context.WithCancel(ctx)
	defer stop()
	group, working := errgroup.WithContext(working)
	group.Go(func() error { return s.killBots(working) })
	group.Go(func() error { return s.killFeeds(working) })
	group.Go(func() error { return s.editPolicy(ctx, working) })
	group.Go(func() error { return s.pauseBots(ctx, working) })
	group.Go(func() error {
		defer stop()
		if err := s.sendRest(working); err != nil {
			return err
		}
		return s.waitUntilDone(working, troubleAfterLast)
	})
	return ignoreOwnStop(ctx, group.Wait())
}

// ignoreOwnStop is the error of a group: that of ctx when ctx has ended, and none when the group
// has stopped itself.
func ignoreOwnStop(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// troubleAfterLast is how long at most the trouble goes on after the last request.
const troubleAfterLast = 20 * time.Second

// maxUnansweredInChat keeps below the number of requests that the bot lets wait in one chat.
const maxUnansweredInChat = 10

// sendRest sends the requests, with at most so many unanswered at a time as may be outstanding.
func (s *soak) sendRest(ctx context.Context) error {
	for _, c := range s.plan {
		if c.isOpening {
			continue
		}
		for s.ledger.countUnanswered() >= s.Outstanding || s.ledger.unansweredIn(c.chatKey()) >= maxUnansweredInChat {
			if err := trial.Pause(ctx, 10*time.Millisecond); err != nil {
				return err
			}
		}
		if err := s.send(ctx, c); err != nil {
			return err
		}
		if s.Faults != Heavy {
			continue
		}
		if err := s.decoys.plant(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

func (s *soak) send(ctx context.Context, c *Request) error {
	c.Sent = time.Now()
	said, err := s.trial.Pod.SaysIn(ctx, c.As, c.destination(), c.Text)
	if err != nil {
		return fmt.Errorf("say %q: %w", c.Text, err)
	}
	s.ledger.noteSent(c, said.Message)
	return nil
}

// waitUntilDone waits until all requests are done, for so long at most. It is no error when they
// are not: the audit finds it.
func (s *soak) waitUntilDone(ctx context.Context, limit time.Duration) error {
	begin := time.Now()
	for time.Since(begin) < limit && !s.isDone(ctx) {
		if err := trial.Pause(ctx, 50*time.Millisecond); err != nil {
			return err
		}
	}
	return nil
}

// isDone reports whether all requests are answered, nobody is about to click, and the bots are
// idle: an answer may come before the last people are added.
func (s *soak) isDone(ctx context.Context) bool {
	return s.ledger.countUnanswered() == 0 && s.approvers.haveClicked() && s.grants.haveDone() && s.trial.IsIdle(ctx)
}

// endTrouble ends the trouble, waits until nothing happens any more, and stops the bots.
func (s *soak) endTrouble(ctx context.Context) error {
	if err := s.countFaults(ctx); err != nil {
		return err
	}
	if err := s.trial.Pod.Heal(ctx); err != nil {
		return err
	}
	if err := s.restartEnded(); err != nil {
		return err
	}
	for s.ledger.silence() < s.Patience && !s.isDone(ctx) {
		if err := trial.Pause(ctx, 50*time.Millisecond); err != nil {
			return err
		}
	}
	s.grants.rest()
	// A second answer may come late: from a batch that was never acknowledged, or from a call of a
	// bot that was killed meanwhile.
	late := s.Visibility + time.Second
	if s.KillEvery > 0 {
		late += s.HTTPTimeout
	}
	if err := trial.Pause(ctx, late); err != nil {
		return err
	}
	s.stopBots()
	return nil
}
