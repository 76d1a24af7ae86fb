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
		answer, err := a.findAnswer(ctx)
		switch {
		case err != nil:
			return nil, err
		case answer.isLast:
			return lateness{Answered: true}, a.restoreClaim(ctx, answer)
		case answer.isOpen: // what was begun is finished, whenever that is
			return lateness{}, nil
		}
		return a.measureLateness(ctx)
	})
	switch {
	case err != nil:
		return "", err
	case found.Answered:
		return ignoreAnswered, nil
	}
	a.late = found
	return "", nil
}

// measureLateness is how late a missed request is. One whose room is there is finished, whenever
// that is, and so has no lateness.
func (a *attempt) measureLateness(ctx context.Context) (lateness, error) {
	flooded, err := a.mayBeSurplus(ctx)
	late := lateness{Ago: time.Since(a.request.At), Flooded: flooded}
	if err != nil || !a.isTooLate(late) {
		return late, err
	}
	if err := a.bot.env.RecoverRoom(ctx, a, a.newRequest()); err != nil {
		return lateness{}, err
	}
	begun, err := commands.MayHaveWritten(ctx, a)
	if begun {
		late = lateness{}
	}
	return late, err
}

// mayBeSurplus reports whether a missed request may have been left out as surplus, which a bot with
// another memory has told its sender. One notice answers for a whole flood, so any notice in the
// chat counts that is not much older than the request.
func (a *attempt) mayBeSurplus(ctx context.Context) (notice bool, err error) {
	for m, err := range a.bot.client.MessagesSince(ctx, a.request.Stream, a.request.At.Add(-a.bot.bounds.Late)) {
		switch {
		case symphony.VerdictOf(err) == symphony.Refused: // whether the chat can be answered at all shows when it is
			return false, nil
		case err != nil:
			return false, fmt.Errorf("look for a notice of surplus: %w", err)
		case m.From.ID != a.bot.self.ID:
		case commands.IsAbout(m.Data, a.id): // it was taken, and what was begun is finished
			return false, nil
		case commands.OutcomeOf(m.Data) == commands.CodeTooMany:
			notice = true
		}
	}
	return notice, nil
}

// isTooLate reports whether a missed request is so old, or so likely to have been left out, that
// its sender is asked first.
func (a *attempt) isTooLate(l lateness) bool { return l.Flooded || l.Ago > a.bot.bounds.Late }
