package bot

import (
	"context"
	"fmt"
	"time"

	"roombot/commands"
	"roombot/symphony"
)

// checkMissed finds out, before anything is done for a missed request, whether a bot with another
// memory has answered it (the store is new, or was restored), and how late it is.
func (a *attempt) checkMissed(ctx context.Context) (ignoreReason, error) {
	if !a.request.Missed {
		return "", nil
	}
	var found lateness
	err := a.Do(ctx, stepMissed, &found, func(ctx context.Context) (any, error) {
		answered, err := a.hasAnswer(ctx)
		return lateness{Answered: answered, Ago: time.Since(a.request.At)}, err
	})
	switch {
	case err != nil:
		return "", err
	case found.Answered:
		return ignoreAnswered, nil
	}
	a.late = found.Ago
	return "", nil
}

// isTooLate reports whether a missed request is so old that its sender is asked first.
func (a *attempt) isTooLate() bool { return a.late > a.bot.bounds.Late }

// hasAnswer reports whether the last word on the request stands in its chat.
func (a *attempt) hasAnswer(ctx context.Context) (bool, error) {
	for m, err := range a.bot.client.MessagesSince(ctx, a.request.Stream, a.request.At) {
		switch {
		case symphony.VerdictOf(err) == symphony.Refused: // whether the chat can be answered at all shows when it is
			return false, nil
		case err != nil:
			return false, fmt.Errorf("look for an earlier answer: %w", err)
		}
		if m.From.ID == a.bot.self.ID && commands.IsFinalReply(m.Data, a.id) {
			return true, nil
		}
	}
	return false, nil
}
