package bench

import (
	"context"
	"fmt"

	"roombot/symphony/sandbox/client"
)

// sendBesideFloods measures each request twice: alone, and sent right after somebody else has sent
// very many at once in another chat.
func (b *benchmark) sendBesideFloods(ctx context.Context) error {
	for n := range b.Commands {
		for _, s := range b.subjects {
			if err := s.sendBesideFlood(ctx, n); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *subject) sendBesideFlood(ctx context.Context, n int) error {
	const asker, flooder = 0, 1
	took, err := s.sendAndAwait(ctx, 2*n+1, asker)
	if err != nil {
		return err
	}
	s.alone = append(s.alone, took)
	if err := s.waitUntilIdle(ctx); err != nil {
		return err
	}
	text := fmt.Sprintf("/newroom \"Flood %d.{n}\" @%s", n, s.people.speaker(asker))
	if _, err := s.pod.Chatter(ctx, client.ChatterRequest{As: s.people.speaker(flooder), Text: text, Count: s.Flood}); err != nil {
		return err
	}
	if took, err = s.sendAndAwait(ctx, 2*n+2, asker); err != nil {
		return fmt.Errorf("beside a flood: %w", err)
	}
	s.beside = append(s.beside, took)
	return s.waitUntilIdle(ctx)
}
