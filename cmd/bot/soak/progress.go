package soak

import (
	"context"
	"fmt"
	"time"

	"roombot/cmd/bot/trial"
)

// printProgress prints every second how many requests are sent and answered. It is an error when
// nobody reads that any more.
func (s *soak) printProgress(ctx context.Context) error {
	for trial.Pause(ctx, time.Second) == nil {
		sent, answered := s.ledger.counts()
		of := fmt.Sprintf(" of %d", s.Commands)
		var stage string
		if now := s.stage.Load(); now != nil { // as many are sent as the outages take
			of, stage = "", "; "+*now
		}
		_, err := fmt.Fprintf(s.Progress, "%4ds  %d%s sent, %d answered%s\n",
			int(time.Since(s.started).Seconds()), sent, of, answered, stage)
		if err != nil {
			return fmt.Errorf("print the progress: %w", err)
		}
	}
	return nil
}

// setStage says which part of the soak begins.
func (s *soak) setStage(stage string) { s.stage.Store(&stage) }
