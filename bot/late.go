package bot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"roombot/commands"
	"roombot/symphony"
)

// errAnswered is a missed command that was answered by a bot with another
// memory: the store is new, or was restored.
var errAnswered = errors.New("the command was answered before")

// lateness is the kept decision about a command that was missed.
type lateness struct {
	Answered bool          `json:"answered"`
	Ago      time.Duration `json:"ago"`
}

// lookBack finds out, before anything is done for a missed command, whether it has
// been answered already, and notes how late it is.
func (w *work) lookBack(ctx context.Context) error {
	if !w.in.Missed {
		return nil
	}
	var found lateness
	err := w.Do(ctx, "missed", &found, func(ctx context.Context) (any, error) {
		answered, err := w.answered(ctx)
		return lateness{Answered: answered, Ago: time.Since(w.in.At)}, err
	})
	switch {
	case err != nil:
		return err
	case found.Answered:
		return errAnswered
	}
	w.late = found.Ago
	return nil
}

func (w *work) answered(ctx context.Context) (bool, error) {
	for m, err := range w.bot.client.MessagesSince(ctx, w.in.Stream, w.in.At) {
		switch {
		case symphony.VerdictOf(err) == symphony.Refused: // whether the chat can be answered at all shows when it is
			return false, nil
		case err != nil:
			return false, fmt.Errorf("look for an earlier answer: %w", err)
		}
		if m.From.ID == w.bot.self.ID && commands.IsFinalReply(m.Data, w.id) {
			return true, nil
		}
	}
	return false, nil
}
