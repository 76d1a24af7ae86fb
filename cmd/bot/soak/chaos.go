package soak

import (
	"context"
	"time"

	"roombot/cmd/bot/trial"
	"roombot/symphony/sandbox/client"
)

// killBots kills the bots in turn, at once starts each again, and starts those
// again that ended by themselves, which is noted. A bot that has not come up yet is
// given the time: on a slow machine none would ever get anything done.
func (s *session) killBots(ctx context.Context) error {
	every := s.KillEvery
	if every <= 0 {
		every = time.Second // to see who has ended
	}
	for turn := 0; trial.Pause(ctx, every) == nil; turn++ {
		if err := s.revive(); err != nil {
			return err
		}
		if s.KillEvery <= 0 {
			continue
		}
		b := s.trial.Bots[turn%len(s.trial.Bots)]
		if err := comeUp(ctx, b); err != nil {
			return nil // all is done meanwhile
		}
		if b.Kill() {
			s.kills++
		}
		if err := b.Start(); err != nil {
			return err
		}
	}
	return nil
}

// comeUp waits until a bot that lives tells how it is.
func comeUp(ctx context.Context, b *trial.Bot) error {
	for b.Alive() {
		if _, err := b.Health(ctx); err == nil {
			return nil
		}
		if err := trial.Pause(ctx, 20*time.Millisecond); err != nil {
			return err
		}
	}
	return nil
}

// revive starts the bots that have ended without being told to.
func (s *session) revive() error {
	for _, b := range s.trial.Bots {
		if b.Alive() {
			continue
		}
		s.exits = append(s.exits, trial.Line{Bot: b.Name, Text: "ended by itself"})
		if err := b.Start(); err != nil {
			return err
		}
	}
	return nil
}

// killFeeds makes the pod forget the bots' feed every few seconds. What waits
// in a feed dies with it, on a real pod too.
func (s *session) killFeeds(ctx context.Context) error {
	if s.Faults != Heavy || !s.plan[0].opening {
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

func (s *session) killFeed(ctx context.Context) error {
	old, ok, err := s.feeds(ctx, 4*s.Visibility, func(feeds []client.Feed) bool { return len(feeds) > 0 })
	if err != nil || !ok {
		return err
	}
	if err := s.trial.Pod.Fail(ctx, client.Fault{Kind: "feed-killed", Count: 1}); err != nil {
		return err
	}
	// The fault strikes the next read, so a word that is not for the bot ends the parked one.
	if _, err := s.trial.Pod.Chatter(ctx, client.ChatterRequest{As: s.plan[0].As, To: s.plan[0].opened, Text: trial.SmallTalk}); err != nil {
		return err
	}
	_, ok, err = s.feeds(ctx, time.Minute, func(feeds []client.Feed) bool {
		return len(feeds) > 0 && feeds[0].ID != old[0].ID
	})
	if ok {
		s.feedsKilled++
	}
	return err
}

// feeds waits until the feeds are as wanted, and tells whether they are.
func (s *session) feeds(ctx context.Context, limit time.Duration, wanted func([]client.Feed) bool) ([]client.Feed, bool, error) {
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

func (s *session) countFaults(ctx context.Context) error {
	list, err := s.trial.Pod.Faults(ctx)
	for _, f := range list {
		if f.Hits > 0 {
			s.faults[nameOf(f)] += f.Hits
		}
	}
	return err
}
