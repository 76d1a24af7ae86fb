package bench

import (
	"context"
	"fmt"
	"time"

	"roombot/cmd/bot/trial"
	"roombot/symphony/sandbox/client"
)

// flood measures each command twice: alone, and sent right after somebody else
// has sent very many at once in another chat.
func (r *run) flood(ctx context.Context) error {
	const asks, floods = 0, 1
	for n := range r.Commands {
		took, err := r.exchange(ctx, 2*n+1, asks)
		if err != nil {
			return err
		}
		r.alone = append(r.alone, took)
		if err := r.ebb(ctx); err != nil {
			return err
		}
		text := fmt.Sprintf("/newroom \"Flood %d.{n}\" @%s", n, r.cast.speaker(asks))
		if _, err := r.pod.Chatter(ctx, client.ChatterRequest{As: r.cast.speaker(floods), Text: text, Count: r.Flood}); err != nil {
			return err
		}
		if took, err = r.exchange(ctx, 2*n+2, asks); err != nil {
			return fmt.Errorf("beside a flood: %w", err)
		}
		r.beside = append(r.beside, took)
		if err := r.ebb(ctx); err != nil {
			return err
		}
	}
	return nil
}

// ebb waits until the bot has nothing left to do and reads a quiet feed.
func (r *run) ebb(ctx context.Context) error {
	limit := time.Now().Add(r.Patience)
	for !r.idle(ctx) {
		if time.Now().After(limit) {
			return fmt.Errorf("the bot had not done with what it was sent after %s", r.Patience)
		}
		if err := trial.Pause(ctx, 20*time.Millisecond); err != nil {
			return err
		}
	}
	return trial.Pause(ctx, 4*r.RTT+200*time.Millisecond) // what it has done comes back as events
}
