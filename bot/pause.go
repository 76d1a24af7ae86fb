package bot

import (
	"context"
	"errors"

	"github.com/rs/zerolog"

	"roombot/bot/engine"
	"roombot/commands"
)

// A pause lets no request begin to change anything in Symphony. Requests are read, planned and
// asked of the policy as ever, so that mistakes are told at once; at its first write a request is
// held, or refused where the pause keeps none. What has begun is carried to its end. Clicks on Undo
// are held as well, by a pause of all and by one of commands.KindUndo.

// IntendFirst is the first intention of a request that a pause may hold.
func (a *attempt) IntendFirst(ctx context.Context, step string) error {
	a.Kind, a.Permit = a.pausedKind(), a.permitUse()
	return a.holdIfPaused(ctx, a.Attempt.IntendFirst(ctx, step))
}

// pausedKind is the kind of the request by which a pause may hold it.
func (a *attempt) pausedKind() string {
	if a.request.isUndo() {
		return commands.KindUndo
	}
	return a.command
}

// holdIfPaused is the error of a first intention. Where that is of a pause, the request is held, or
// the error is a refusal.
func (a *attempt) holdIfPaused(ctx context.Context, err error) error {
	paused, ok := errors.AsType[*engine.PausedError](err)
	if !ok {
		return err
	}
	by, notKnown := a.pausedBy(ctx, paused.Pause)
	switch {
	case notKnown != nil:
		return notKnown
	case paused.Pause.Drop:
		return commands.PausedRefusal(by, a.said)
	}
	held := a.Hold(ctx, engine.HoldBounds{PerOwner: a.bot.bounds.HeldPerPerson, Total: a.bot.bounds.Held})
	switch {
	case errors.Is(held, engine.ErrHeldFull):
		return commands.TooManyHeld(by, a.said)
	case held != nil:
		return held
	}
	return err
}

// pausedBy is what the chat is told of a pause. People of other companies are not told whose it is.
func (a *attempt) pausedBy(ctx context.Context, p engine.Pause) (commands.PausedBy, error) {
	outside, err := a.hasOtherCompanies(ctx)
	if err != nil || outside || a.bot.env.IsExternal(a.request.From.ID) {
		return commands.PausedBy{}, err
	}
	return commands.PausedBy{Name: p.By, Reason: p.Reason}, nil
}

// waitForResume tells the user once that a pause holds the request, which then waits for its end.
func (a *attempt) waitForResume(ctx context.Context, p engine.Pause) error {
	zerolog.Ctx(ctx).Info().Str("command", a.Kind).Msg("request is held by a pause")
	by, err := a.pausedBy(ctx, p)
	if err != nil {
		return err
	}
	err = a.Do(ctx, a.inSeries(stepHeld), nil, func(ctx context.Context) (any, error) {
		first, err := a.tellApprovalMeanwhile(ctx, commands.TellHeld(a.subject(), a.ID, by))
		if err != nil {
			return nil, err
		}
		a.showInstead(ctx, replaceByHeld, first)
		return nil, nil
	})
	if err != nil {
		return err
	}
	return engine.WaitForResume()
}

// PausableKinds are the kinds of requests that a pause of one kind may name.
func PausableKinds() []string { return []string{commands.CommandNewRoom, commands.KindUndo} }
