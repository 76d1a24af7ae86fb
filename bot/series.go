package bot

import (
	"context"
	"errors"
	"strconv"

	"roombot/bot/engine"
	"roombot/commands"
)

// A command that failed may be tried again by an operator, in another series of
// attempts. What it has done is not done again; but that it was given up does
// not hold any more, and the new outcome is told in a message of its own.

// The codes of commands that were given up.
const (
	codeGaveUp    = "gave-up"
	codeCancelled = "cancelled"
)

func (o outcome) givenUp() bool { return o.Code == codeGaveUp || o.Code == codeCancelled }

// errUndecided is an outcome that is not kept.
var errUndecided = errors.New("nothing was decided")

// resume finds the series whose outcome counts: an earlier one that was decided
// and only not delivered, or this.
func (w *work) resume(ctx context.Context) error {
	w.series = w.Series
	for s := w.Series - 1; s >= 1; s-- {
		var earlier outcome
		err := w.Job.Do(ctx, inSeries("outcome", s), &earlier, func(context.Context) (any, error) { return nil, errUndecided })
		switch {
		case errors.Is(err, errUndecided):
		case err != nil:
			return err
		case !earlier.givenUp():
			w.series = s
			return nil
		}
	}
	return nil
}

// own is the name of a step, or the part of a message, in its series.
func (w *work) own(step string) string { return inSeries(step, w.series) }

func inSeries(step string, series int) string {
	if series <= 1 {
		return step
	}
	return step + "/" + strconv.Itoa(series)
}

// lastWord is what the user is told of a command that ends without success.
func (w *work) lastWord(cause error, touched bool) commands.Reply {
	if !errors.Is(cause, engine.ErrCancelled) {
		return commands.GaveUp(w.id, touched)
	}
	r := &commands.Refusal{
		Code:    codeCancelled,
		Message: "Your administrators have ended this. Nothing was created.",
		Next:    "They can tell you why: request " + string(w.id) + ".",
	}
	if touched {
		r.Message = "Your administrators have ended this before it was finished. The room may be open with some of the people missing."
	}
	return r.Reply()
}
