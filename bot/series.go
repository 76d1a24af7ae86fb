package bot

import (
	"context"
	"strconv"

	"roombot/commands"
)

// A command that failed may be tried again by an operator, in another series of
// attempts. What it has done is not done again; but that it was given up does
// not hold any more, and the new outcome is told in a message of its own.

func (o outcome) givenUp() bool {
	return o.Code == commands.CodeGaveUp || o.Code == commands.CodeCancelled
}

// resume finds the series whose outcome counts: an earlier one that was decided
// and only not delivered, or this.
func (w *work) resume(ctx context.Context) error {
	w.series = w.Series
	for s := w.Series - 1; s >= 1; s-- {
		var earlier outcome
		decided, err := w.Result(inSeries("outcome", s), &earlier)
		switch {
		case err != nil:
			return err
		case decided && !earlier.givenUp():
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
