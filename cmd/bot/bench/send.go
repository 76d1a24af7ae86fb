package bench

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/errgroup"

	"roombot/cmd/bot/trial"
)

// sendAll sends the requests and waits for the last answer.
func (b *benchmark) sendAll(ctx context.Context) error {
	switch {
	case b.Flood > 0:
		return b.sendBesideFloods(ctx)
	case b.Rate > 0:
		return b.sendAtRate(ctx)
	default:
		return b.sendWhenAnswered(ctx)
	}
}

// comparedRounds is how many turns each of two programs has that cannot be loaded at once.
const comparedRounds = 10

// sendWhenAnswered has each person send the next request when the last one was answered. Of two
// programs one rests while the other one works, and the one that has begun a round ends the next.
func (b *benchmark) sendWhenAnswered(ctx context.Context) error {
	rounds := 1
	if len(b.subjects) > 1 {
		rounds = max(1, min(comparedRounds, b.Commands/b.AtOnce))
	}
	for n := range rounds {
		first, end := b.Commands*n/rounds, b.Commands*(n+1)/rounds
		for i := range b.subjects {
			s := b.subjects[(n+i)%len(b.subjects)]
			if err := s.sendRound(ctx, first+1, end+1, b.AtOnce); err != nil {
				return err
			}
			if rounds > 1 {
				if err := pauseAfterAnswers(ctx, b.RTT); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// sendRound sends the requests from one number up to another by so many people at once.
func (s *subject) sendRound(ctx context.Context, first, end, atOnce int) error {
	next := make(chan int)
	group, ctx := errgroup.WithContext(ctx)
	begin := time.Now()
	group.Go(func() error {
		defer close(next)
		for n := first; n < end; n++ {
			select {
			case next <- n:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	for who := range atOnce {
		group.Go(func() error {
			for n := range next {
				if _, err := s.sendAndAwait(ctx, n, who); err != nil {
					return err
				}
			}
			return nil
		})
	}
	err := group.Wait()
	s.rounds = append(s.rounds, round{end - first, time.Since(begin)})
	return err
}

// speakersAtRate is how many people write in turn.
const speakersAtRate = 32

// sendAtRate sends at the rate, whether the earlier ones are answered or not. Of two programs each
// gets the requests at this rate, the second one in the middle between those of the first.
func (b *benchmark) sendAtRate(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	begin := time.Now()
	for n := range b.Commands * len(b.subjects) {
		request, s := n/len(b.subjects), b.subjects[n%len(b.subjects)]
		due := begin.Add(time.Duration(float64(n) / float64(len(b.subjects)) / b.Rate * float64(time.Second)))
		if err := trial.Pause(ctx, time.Until(due)); err != nil {
			return errors.Join(err, group.Wait())
		}
		group.Go(func() error {
			_, err := s.sendAndAwait(ctx, request+1, request%speakersAtRate)
			return err
		})
	}
	err := group.Wait()
	for _, s := range b.subjects {
		s.rounds = []round{{b.Commands, time.Since(begin)}}
	}
	return err
}
