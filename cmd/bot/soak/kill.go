package soak

import (
	"context"
	"time"

	"roombot/cmd/bot/trial"
	"roombot/symphony/sandbox/client"
)

// killBots kills the bots in turn and starts each again at once. It also starts those again that
// have ended by themselves, and notes that. It waits until a bot is up before it kills it: on a
// slow machine none would get anything done otherwise.
func (s *soak) killBots(ctx context.Context) error {
	every := s.KillEvery
	if every <= 0 {
		every = time.Second // to see who has ended
	}
	for turn := 0; trial.Pause(ctx, every) == nil; turn++ {
		if err := s.killInTurn(ctx, turn); err != nil {
			return err
		}
	}
	return nil
}

// killInTurn kills one bot. While another one starts, the policy that it reads is not faulty.
func (s *soak) killInTurn(ctx context.Context, turn int) error {
	s.starting.Lock()
	defer s.starting.Unlock()
	if err := s.restartEnded(); err != nil || s.KillEvery <= 0 {
		return err
	}
	b := s.trial.Bots[turn%len(s.trial.Bots)]
	if waitForHealth(ctx, b) != nil {
		return nil // the soak has ended
	}
	if b.Kill() {
		s.kills++
	}
	if err := b.Start(); err != nil {
		return err
	}
	_ = waitForHealth(ctx, b) // unless the soak has ended
	return nil
}

// waitForHealth waits until the health page of a bot answers, or the bot has ended.
func waitForHealth(ctx context.Context, b *trial.Bot) error {
	for b.IsAlive() {
		if _, err := b.Health(ctx); err == nil {
			return nil
		}
		if err := trial.Pause(ctx, 20*time.Millisecond); err != nil {
			return err
		}
	}
	return nil
}

// restartEnded starts the bots that have ended by themselves.
func (s *soak) restartEnded() error {
	for _, b := range s.trial.Bots {
		if b.IsAlive() {
			continue
		}
		s.unexpectedEnds = append(s.unexpectedEnds, trial.Line{Bot: b.Name, Text: "ended by itself"})
		if err := b.Start(); err != nil {
			return err
		}
	}
	return nil
}

// stopBots ends the bots in good order.
func (s *soak) stopBots() {
	s.governance.Stopped = time.Now()
	for _, b := range s.trial.Bots {
		if err := b.Stop(); err != nil {
			s.unexpectedEnds = append(s.unexpectedEnds, trial.Line{Bot: b.Name, Text: err.Error()})
		}
	}
}

// killFeeds makes the pod forget the bots' feed every few seconds. Events that wait in a feed are
// lost with it, on a real pod too.
func (s *soak) killFeeds(ctx context.Context) error {
	if s.Faults != Heavy || !s.plan[0].isOpening {
		return nil
	}
	const every = 5 * time.Second
	for trial.Pause(ctx, every) == nil {
		if err := s.killFeed(ctx); err != nil && ctx.Err() == nil {
			return err
		}
	}
	return nil
}

func (s *soak) killFeed(ctx context.Context) error {
	old, ok, err := s.waitForFeeds(ctx, 4*s.Visibility, func(feeds []client.Feed) bool { return len(feeds) > 0 })
	if err != nil || !ok {
		return err
	}
	if err := s.trial.Pod.Fail(ctx, client.Fault{Kind: "feed-killed", Count: 1}); err != nil {
		return err
	}
	// The fault strikes the next read. Small talk ends the read that is waiting.
	talk := client.ChatterRequest{As: s.plan[0].As, To: s.plan[0].roomID, Text: trial.SmallTalk}
	if _, err := s.trial.Pod.Chatter(ctx, talk); err != nil {
		return err
	}
	_, ok, err = s.waitForFeeds(ctx, time.Minute, func(feeds []client.Feed) bool {
		return len(feeds) > 0 && feeds[0].ID != old[0].ID
	})
	if ok {
		s.feedsKilled++
	}
	return err
}

// waitForFeeds waits until the feeds are as wanted, and reports whether they are.
func (s *soak) waitForFeeds(ctx context.Context, limit time.Duration, wanted func([]client.Feed) bool) ([]client.Feed, bool, error) {
	for begin := time.Now(); time.Since(begin) < limit; {
		feeds, err := s.trial.Pod.Feeds(ctx)
		if err != nil || wanted(feeds) {
			return feeds, err == nil, err
		}
		if err := trial.Pause(ctx, 20*time.Millisecond); err != nil {
			return nil, false, err
		}
	}
	return nil, false, nil
}

func (s *soak) countFaults(ctx context.Context) error {
	list, err := s.trial.Pod.Faults(ctx)
	for _, f := range list {
		if f.Hits > 0 {
			s.faults[faultName(f)] += f.Hits
		}
	}
	return err
}
