package bot

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/rs/zerolog"

	"roombot/bot/engine"
	"roombot/commands"
	"roombot/commands/syntax"
	"roombot/symphony"
)

// laneOfForm is the lane of a form that was sent. A button that acts on a request waits for
// nothing.
func laneOfForm(e symphony.FormSubmitted) engine.Lane {
	if commands.IsAct(e.FormID, e.Values) || requestFromForm(e).isAboutAnother() {
		return engine.NoLane
	}
	return engine.MainLane
}

// reportWaiting tells the user at once which request of the chat comes before theirs.
func (b *Bot) reportWaiting(ctx context.Context, job *engine.Attempt, ahead []engine.Job) error {
	ctx, a, err := b.newAttempt(ctx, job)
	if err != nil || a.request.Surplus != "" || a.mayBeUnknown() { // what is not known may be answered already
		return err
	}
	if reason, err := a.checkForm(ctx); err != nil || reason != "" {
		return err
	}
	return a.Do(ctx, a.inSeries(stepTurn), nil, func(ctx context.Context) (any, error) {
		a.ShowFirst(ctx, commands.TellTurn(b.describeAhead(ctx, a.request, ahead)))
		return nil, nil
	})
}

// describeAhead describes what a request waits for. Other people's words are not repeated, nor what
// was filled into a form.
func (b *Bot) describeAhead(ctx context.Context, waiting storedRequest, ahead []engine.Job) commands.AheadOf {
	d := commands.AheadOf{Request: commands.NewRequestID(ahead[0].ID), More: len(ahead) - 1}
	if done, ok := b.timesLeft.Load(ahead[0].ID); ok && d.More == 0 {
		d.Left = max(time.Until(done.(time.Time)), 0)
	}
	var first storedRequest
	err := json.Unmarshal(ahead[0].Payload, &first)
	if err == nil && first.From.ID == waiting.From.ID && first.Form == nil {
		d.Room, err = b.typedRoomName(first)
	}
	if err != nil {
		zerolog.Ctx(ctx).Warn().Err(err).Msg("the request that comes first could not be read")
	}
	return d
}

// typedRoomName is the name of the room that a message asks for, empty where it asks for none.
func (b *Bot) typedRoomName(r storedRequest) (string, error) {
	typed, err := r.typedMessage()
	if err != nil {
		return "", err
	}
	result := b.parse(typed)
	if result.Command == nil || result.Command.Command != commands.CommandNewRoom {
		return "", nil
	}
	return result.Command.Name, nil
}

// refuseSecond is the refusal of a message of which another version, or another click, came first.
func (a *attempt) refuseSecond(ctx context.Context, owner string, typed syntax.Message) error {
	working, err := a.bot.engine.IsUnfinished(ctx, owner)
	switch {
	case err != nil:
		return err
	case working:
		return commands.StillWorking(commands.NewRequestID(owner), typed)
	}
	return commands.AlreadyDone(commands.NewRequestID(owner), typed)
}

// checkStop carries out a click on Stop. The request that it stops is answered; where that has
// ended already, the click is.
func (a *attempt) checkStop(ctx context.Context) (ignoreReason, error) {
	if !a.request.isAct() || a.request.Surplus != "" {
		return "", nil
	}
	m, err := a.readMessage(ctx)
	if _, refused := errors.AsType[*commands.Refusal](err); refused { // which is the answer
		return "", nil
	}
	if err != nil || m.act != commands.ActStop {
		return "", err
	}
	var stopped bool
	err = a.Do(ctx, stepAct, &stopped, func(ctx context.Context) (any, error) {
		err := a.bot.engine.Stop(ctx, m.job)
		if errors.Is(err, engine.ErrEnded) || errors.Is(err, engine.ErrUnknown) {
			return false, nil
		}
		return err == nil, err
	})
	if err != nil || !stopped {
		return "", err
	}
	zerolog.Ctx(ctx).Info().Str("job", m.job).Msg("request was stopped by who asked for it")
	return ignoreStop, nil
}

// answerAct is the answer to a button that acts on a request, and has not stopped it.
func (a *attempt) answerAct(ctx context.Context, o commands.Offer) (commands.Reply, error) {
	working, err := a.bot.engine.IsUnfinished(ctx, o.Job)
	switch {
	case err != nil:
		return commands.Reply{}, err
	case o.Act == commands.ActStop, !working:
		return commands.Reply{}, commands.AlreadyEnded(commands.NewRequestID(o.Job))
	}
	return commands.KeepTrying(commands.NewRequestID(o.Job)), nil
}

// The room of a stopped request is looked for so often, and with such a pause, where Symphony does
// not let it be looked for.
const (
	stopLooks     = 6
	stopLookPause = 10 * time.Second
)

// findStoppedRoom finds out whether a request that was stopped has a room. It reports false where
// that could not be found out.
func (a *attempt) findStoppedRoom(ctx context.Context, cause error) (sure bool, err error) {
	if !errors.Is(cause, engine.ErrStopped) {
		return true, nil
	}
	if decided, err := a.Result(a.inSeries(stepOutcome), new(outcome)); err != nil || decided {
		return true, err
	}
	err = a.bot.env.FindStoppedRoom(ctx, a, a.newRequest())
	if wait, ok := errors.AsType[*commands.WaitError](err); ok {
		a.showInstead(ctx, replaceByStop, commands.TellStop(wait.After))
		return false, engine.Postpone(wait.After)
	}
	if err == nil || ctx.Err() != nil {
		return true, err
	}
	_, times, failed := a.Intentions(ctx, a.inSeries(intentStopLook))
	if failed != nil || times >= stopLooks {
		return false, failed
	}
	zerolog.Ctx(ctx).Warn().Err(err).Msg("room of a stopped request could not be looked for, will retry")
	if err := a.Intend(ctx, a.inSeries(intentStopLook)); err != nil {
		return false, err
	}
	return false, engine.RepeatAfter(min(stopLookPause, a.bot.env.Limits.Settle()))
}
