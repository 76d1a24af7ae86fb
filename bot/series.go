package bot

import "roombot/commands"

// A request that failed may be tried again by an operator, in another series of attempts. What it
// has done is not done again; but that it was given up does not hold any more, and the new outcome
// is told in a message of its own.

// outcomeSeries is the series whose outcome counts: an earlier one whose outcome was decided and
// only not delivered, or this.
func (a *attempt) outcomeSeries() (int, error) {
	for s := a.Series - 1; s >= 1; s-- {
		var earlier outcome
		decided, err := a.Result(stepInSeries(stepOutcome, s), &earlier)
		switch {
		case err != nil:
			return 0, err
		case decided && !earlier.isGivenUp():
			return s, nil
		}
	}
	return a.Series, nil
}

// isGivenUp reports whether the request ended without having been finished.
func (o outcome) isGivenUp() bool {
	return o.Code == commands.CodeGaveUp || o.Code == commands.CodeCancelled || o.Code == commands.CodeStopped
}

// inSeries is the name of a step, or of a part of an answer, in the series of the attempt.
func (a *attempt) inSeries(step string) string { return stepInSeries(step, a.series) }
