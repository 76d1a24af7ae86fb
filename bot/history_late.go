package bot

import (
	"context"
	"time"
)

// checkMissed finds out, before anything is done for a missed request, whether a bot with another
// memory has answered it (the store is new, or was restored), and how late it is.
func (a *attempt) checkMissed(ctx context.Context) (ignoreReason, error) {
	if !a.request.Missed {
		return "", nil
	}
	var found lateness
	err := a.Do(ctx, stepMissed, &found, func(ctx context.Context) (any, error) {
		answer, err := a.findAnswer(ctx)
		switch {
		case err != nil:
			return nil, err
		case answer.isLast:
			return lateness{Answered: true}, a.restoreClaim(ctx, answer)
		case answer.isOpen: // what was begun is finished, whenever that is
			return lateness{}, nil
		}
		return lateness{Ago: time.Since(a.request.At)}, nil
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
