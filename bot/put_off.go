package bot

import (
	"context"
	"errors"
	"time"

	"github.com/rs/zerolog"

	"roombot/bot/engine"
	"roombot/commands"
)

// Reasons why a request waits, as the metrics name them.
const (
	waitFailure   = "failure"   // the attempt failed
	waitUnsettled = "unsettled" // an earlier write may still take effect
	waitThrottled = "throttled" // Symphony asked for it
	waitPace      = "pace"      // it is planned
)

// failingFor is for how long the attempts at the request have been failing, this one included.
func (a *attempt) failingFor() time.Duration {
	since := a.began
	if !a.FailingSince.IsZero() && a.FailingSince.Before(since) {
		since = a.FailingSince
	}
	return time.Since(since)
}

// waitAsAsked waits as long as Symphony has asked for, which is no failure. The user is told where
// that is long.
func (a *attempt) waitAsAsked(ctx context.Context, after time.Duration) error {
	if a.failingFor()+after >= a.bot.bounds.PutOff {
		a.showDelay(ctx, after)
	}
	return engine.Postpone(after)
}

// repeatLater has a failed attempt repeated: after a time of its own, or after the engine's, which
// is meant by 0. Where it goes on failing, the user is told that it takes longer, and later asked
// whether to go on; the attempts come in time for both.
func (a *attempt) repeatLater(ctx context.Context, cause error, after time.Duration) error {
	bounds, failing := a.bot.bounds, a.failingFor()
	next := bounds.PutOff - failing
	if next <= 0 {
		next = bounds.Ask - failing
		if next <= 0 {
			a.askToGoOn(ctx, failing)
		} else {
			a.showDelay(ctx, after)
		}
	}
	switch {
	case after > 0 && next > 0:
		return engine.RepeatAfter(min(after, next))
	case after > 0:
		return engine.RepeatAfter(after)
	case next > 0:
		return engine.RepeatWithin(cause, next)
	}
	return cause
}

// repeatReport is the error of a report. One that waits has not failed: it is repeated when the
// wait is over, and uses up none of the engine's reports, whose pauses know nothing of the wait.
func (a *attempt) repeatReport(err error) error {
	wait, ok := errors.AsType[*commands.WaitError](err)
	if !ok {
		return err
	}
	reason := waitUnsettled
	if wait.Planned {
		reason = waitPace
	}
	a.bot.metrics.postponed.WithLabelValues(reason).Inc()
	return engine.RepeatAfter(wait.After)
}

// showDelay tells that the request takes longer, once.
func (a *attempt) showDelay(ctx context.Context, after time.Duration) {
	told, err := a.Result(a.inSeries(stepTurn), new(any))
	switch {
	case err != nil:
		zerolog.Ctx(ctx).Warn().Err(err).Msg("first answer may not have been shown")
	case told:
		a.showInstead(ctx, replaceByDelay, commands.PutOff(a.subject(), after))
	default:
		a.ShowFirst(ctx, commands.PutOff(a.subject(), after))
	}
}

// subject is the request as a first answer names it.
func (a *attempt) subject() commands.Subject {
	s := commands.Subject{Request: a.id}
	if a.request.Form == nil {
		s.Room, _ = a.bot.typedRoomName(a.request) // what cannot be read has no name
	} else if !a.request.Room && a.facts != nil { // nobody else reads it
		s.Room = a.facts.Room.Name
	}
	return s
}

// askToGoOn asks once whether the request is still wanted.
func (a *attempt) askToGoOn(ctx context.Context, failing time.Duration) {
	question, err := a.bot.env.AskToGoOn(a, a.ID, a.subject(), failing)
	if err != nil {
		zerolog.Ctx(ctx).Warn().Err(err).Msg("first answer may not have been shown")
		return
	}
	a.showInstead(ctx, replaceByQuestion, question)
}
