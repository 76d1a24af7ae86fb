package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/rs/zerolog"

	"roombot/bot/approval"
	"roombot/bot/engine"
	"roombot/commands"
	"roombot/symphony"
)

// question is a question of the job, as it was asked.
type question struct {
	engine.Question
	asked  approval.Asked
	answer approval.Answer // zero while it is open
	detail approvalDetail
}

// isRefusal reports whether the request is refused for the answer.
func (q question) isRefusal() bool {
	return slices.Contains([]approval.Outcome{approval.Rejected, approval.Expired, approval.Unreached, approval.Replaced}, q.answer.Outcome)
}

func (q question) state() commands.ApprovalState {
	return commands.ApprovalState{
		Outcome: string(q.answer.Outcome), Cause: string(q.answer.Cause), By: q.detail.Name, At: q.Answered, Reason: q.detail.Reason,
	}
}

// stateForRequester is the state as the requester reads it. People of other companies read no
// names.
func (a *attempt) stateForRequester(q question) commands.ApprovalState {
	state := q.state()
	if a.bot.env.IsExternal(a.request.From.ID) && state.By != "" {
		state.By = "An approver"
	}
	return state
}

// readQuestion reads a question with its answer.
func (a *attempt) readQuestion(ctx context.Context, n int) (q question, found bool, err error) {
	q.Question, found, err = a.bot.engine.Question(ctx, a.ID, n)
	if err != nil || !found {
		return question{}, false, err
	}
	if err := q.read(); err != nil {
		return question{}, false, err
	}
	return q, true, nil
}

// read reads what the store has of the question.
func (q *question) read() error {
	err := json.Unmarshal(q.Text, &q.asked)
	if err == nil && !q.IsOpen() {
		if err = json.Unmarshal(q.Answer, &q.answer); err == nil && q.Detail != nil {
			err = json.Unmarshal(q.Detail, &q.detail)
		}
	}
	if err != nil {
		return fmt.Errorf("read what was asked: %w", err)
	}
	return nil
}

// firstQuestion is the number of the first question in this series of attempts.
func (a *attempt) firstQuestion() int { return (max(a.series, 1)-1)*maxAsked + 1 }

// lastQuestion is the last question of the request in this series of attempts, which alone counts:
// who has rejected what would be done now is not overruled by an approval of before. N is 0 where
// nothing was asked.
func (a *attempt) lastQuestion(ctx context.Context) (last question, err error) {
	all, err := a.readQuestions(ctx)
	if len(all) > 0 {
		last = all[len(all)-1]
	}
	return last, err
}

// readQuestions are all questions of the request in this series of attempts.
func (a *attempt) readQuestions(ctx context.Context) (all []question, err error) {
	first := a.firstQuestion()
	for n := first; n < first+maxAsked; n++ {
		if shown, err := a.Result(stepShownPlan(n), new(shownPlan)); err != nil || !shown {
			return all, err
		}
		q, asked, err := a.readQuestion(ctx, n)
		if err != nil || !asked {
			return all, err
		}
		all = append(all, q)
	}
	return all, nil
}

// findRejections describes the rejections of earlier requests that would have done the same, the
// newest ones: whoever is asked now may not know of them.
func (a *attempt) findRejections(ctx context.Context, hash string) (found []string, err error) {
	all, err := a.bot.engine.AnsweredQuestions(ctx, ownerOf(a.request.From.ID))
	if err != nil {
		return nil, err
	}
	for _, stored := range all {
		q := question{Question: stored}
		if err := q.read(); err != nil {
			return nil, err
		}
		if q.asked.Hash == hash && q.answer.Outcome == approval.Rejected {
			by := a.bot.nameOf(ctx, symphony.UserID(q.answer.By))
			found = append(found, commands.DescribeRejection(by, q.Answered, commands.NewRequestID(q.Job)))
		}
	}
	return found[max(len(found)-maxRejectionsShown, 0):], nil
}

// maxRejectionsShown bounds how many earlier rejections a card has.
const maxRejectionsShown = 5

// whyAgain says why a question is asked again, empty for the first one and for what was asked once.
func (a *attempt) whyAgain(ctx context.Context, q question) (why commands.WhyAgain, before shownPlan, err error) {
	if q.N <= a.firstQuestion() {
		return "", shownPlan{}, nil
	}
	var now shownPlan
	if _, err := a.Result(stepShownPlan(q.N), &now); err != nil {
		return "", shownPlan{}, err
	}
	if _, err := a.Result(stepShownPlan(q.N-1), &before); err != nil {
		return "", shownPlan{}, err
	}
	last, _, err := a.readQuestion(ctx, q.N-1)
	switch {
	case err != nil:
		return "", shownPlan{}, err
	case !slices.Equal(now.Lines, before.Lines):
		return commands.PlanChanged, before, nil
	case last.asked.Version != q.asked.Version:
		return commands.PolicyChanged, shownPlan{}, nil
	}
	return commands.AnswerLost, shownPlan{}, nil
}

// tellAsked tells the requester whom was asked, once for each change of that: who has a card, or
// may decide on that in a room. People of other companies read of nobody.
func (a *attempt) tellAsked(ctx context.Context, q question, found foundApprovers) {
	look := q.asked.Look.N
	if look > maxLooksTold {
		return
	}
	err := a.Do(ctx, stepAskedTold(q.N, look), nil, func(ctx context.Context) (any, error) {
		outside, err := a.hasOtherCompanies(ctx)
		if err != nil {
			return nil, err
		}
		whom := commands.WhomAsked{InRoom: q.asked.Room != "", IsListed: !a.bot.env.IsExternal(a.request.From.ID)}
		if !outside {
			asked := q.asked.WithCard()
			if whom.InRoom {
				asked = found.mayDecide(a.request.From.ID)
			}
			whom.Names = a.namesOf(ctx, asked)
		}
		why, _, err := a.whyAgain(ctx, q)
		if err != nil {
			return nil, err
		}
		if look > 0 {
			why = commands.ApproversChanged
		}
		a.showInstead(ctx, replaceByApproval(q.N, look), commands.TellAsked(a.subject(), a.ID, whom, q.Until, why))
		return nil, nil
	})
	if err != nil {
		zerolog.Ctx(ctx).Warn().Err(err).Msg("first answer may not have been shown")
	}
}

// maxLooksTold bounds how often the requester is told that other people may decide.
const maxLooksTold = 20

// wasTold reports whether the requester has read that the question waits.
func (a *attempt) wasTold(q question) (bool, error) {
	return a.Result(stepAskedTold(q.N, 0), new(json.RawMessage))
}
