package bench

import (
	"context"
	"fmt"

	"roombot/cmd/bot/trial"
	"roombot/symphony/sandbox/client"
)

// reading is what a bot has used up to a moment.
type reading struct {
	trial.Sample
	commits        float64
	commitsUnknown bool  // the bot is of a version that does not count them
	store          int64 // bytes
}

// begin forgets what was before, and reads what was used for it.
func (s *subject) begin(ctx context.Context) (err error) {
	s.timings.reset()
	if s.before.store, err = s.trial.StoreSize(ctx); err != nil {
		return err
	}
	if err := s.before.readCommits(ctx, s.bot); err != nil {
		return err
	}
	s.before.Sample = s.bot.Sample()
	return nil
}

// end reads what was used, and how large the store is once nothing is left to do.
func (s *subject) end(ctx context.Context) (err error) {
	s.after.Sample = s.bot.Sample()
	if err := s.after.readCommits(ctx, s.bot); err != nil {
		return err
	}
	if s.rooms, err = s.waitForMembers(ctx); err != nil {
		return err
	}
	if err := s.waitUntilIdle(ctx); err != nil {
		return err
	}
	s.after.store, err = s.trial.StoreSize(ctx)
	return err
}

// commitsMetric is the bot's count of transactions.
const commitsMetric = "roombot_store_commits_total"

func (r *reading) readCommits(ctx context.Context, b *trial.Bot) error {
	value, known, err := b.Metric(ctx, commitsMetric)
	if err != nil {
		return fmt.Errorf("commits of %s: %w", b.Name, err)
	}
	r.commits, r.commitsUnknown = value, !known
	return nil
}

// waitForMembers gives the rooms once nobody is added any more: the last answers may come before
// the last people.
func (s *subject) waitForMembers(ctx context.Context) ([]client.Room, error) {
	for last := -1; ; {
		state, err := s.pod.State(ctx)
		if err != nil {
			return nil, err
		}
		inside := 0
		for _, room := range state.Rooms {
			inside += len(room.Members)
		}
		if inside == last {
			return state.Rooms, nil
		}
		last = inside
		if err := pauseAfterAnswers(ctx, s.RTT); err != nil {
			return nil, err
		}
	}
}
