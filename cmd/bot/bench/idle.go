package bench

import (
	"context"
	"time"

	"roombot/cmd/bot/trial"
)

// settling is how long a bot may be busy with what it does after its last request, before it is
// measured at rest.
const settling = 5 * time.Second

// measureAtRest measures what the bots use while nothing is asked for.
func (b *benchmark) measureAtRest(ctx context.Context) error {
	err := b.follow(ctx, func(ctx context.Context) error {
		for _, s := range b.subjects {
			if err := s.warmUp(ctx); err != nil {
				return err
			}
		}
		return trial.Pause(ctx, settling)
	})
	if err != nil {
		return err
	}
	begin := time.Now()
	for _, s := range b.subjects {
		if err := s.before.readCommits(ctx, s.bot); err != nil {
			return err
		}
		s.before.Sample = s.bot.Sample()
	}
	if err := trial.Pause(ctx, b.Idle); err != nil {
		return err
	}
	for _, s := range b.subjects {
		s.after.Sample, s.atRest = s.bot.Sample(), time.Since(begin)
		if err := s.after.readCommits(ctx, s.bot); err != nil {
			return err
		}
	}
	return nil
}
