package bench

import (
	"context"
	"fmt"
	"time"

	"roombot/cmd/bot/trial"
	"roombot/symphony/sandbox/client"
)

// sendBesideFloods measures each request twice: alone, and sent right after somebody else has sent
// very many at once in another chat.
func (r *benchmark) sendBesideFloods(ctx context.Context) error {
	const asker, flooder = 0, 1
	for n := range r.Commands {
		took, err := r.sendAndAwait(ctx, 2*n+1, asker)
		if err != nil {
			return err
		}
		r.alone = append(r.alone, took)
		if err := r.waitUntilIdle(ctx); err != nil {
			return err
		}
		text := fmt.Sprintf("/newroom \"Flood %d.{n}\" @%s", n, r.people.speaker(asker))
		if _, err := r.pod.Chatter(ctx, client.ChatterRequest{As: r.people.speaker(flooder), Text: text, Count: r.Flood}); err != nil {
			return err
		}
		if took, err = r.sendAndAwait(ctx, 2*n+2, asker); err != nil {
			return fmt.Errorf("beside a flood: %w", err)
		}
		r.beside = append(r.beside, took)
		if err := r.waitUntilIdle(ctx); err != nil {
			return err
		}
	}
	return nil
}

// waitUntilIdle waits until the bot has nothing left to do, and its own events have come back.
func (r *benchmark) waitUntilIdle(ctx context.Context) error {
	limit := time.Now().Add(r.Patience)
	for !r.isIdle(ctx) {
		if time.Now().After(limit) {
			return fmt.Errorf("the bot had not done with what it was sent after %s", r.Patience)
		}
		if err := trial.Pause(ctx, 20*time.Millisecond); err != nil {
			return err
		}
	}
	return trial.Pause(ctx, 4*r.RTT+200*time.Millisecond)
}
