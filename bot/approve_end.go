package bot

import (
	"context"
	"errors"
	"time"

	"github.com/rs/zerolog"

	"roombot/bot/approval"
	"roombot/bot/engine"
	"roombot/bot/policy"
	"roombot/commands"
	"roombot/symphony"
)

// checkAnswered refuses a request of which the policy in force wants no approval any more, but that
// was not approved when it did: who has rejected it was told that nothing is created, and who has
// asked for it when the time ends.
func (a *attempt) checkAnswered(ctx context.Context, d policy.Decision) error {
	last, err := a.endApproval(ctx, nil)
	if err != nil {
		return err
	}
	switch last.answer.Outcome {
	case "", approval.Approved, approval.Ended:
		return nil
	}
	a.decided = nil // what the policy would allow by now is not what was decided
	return a.refuseUnapproved(last, d.Contact)
}

// refuseUnapproved is the refusal of a request whose question nobody has answered with a yes.
func (a *attempt) refuseUnapproved(q question, contact string) error {
	state := a.stateForRequester(q)
	var err error
	if state.Waited, err = a.wasTold(q); err != nil {
		return err
	}
	return commands.NotApproved(state, contact, a.said)
}

// replyToUnapproved is refuseUnapproved for a request that does not go on.
func (a *attempt) replyToUnapproved(ctx context.Context, q question) (commands.Reply, error) {
	if m, err := a.readMessage(ctx); err == nil {
		a.said = m.Message
	}
	err := a.refuseUnapproved(q, a.bot.env.Contact)
	refusal, ok := errors.AsType[*commands.Refusal](err)
	if !ok {
		return commands.Reply{}, err
	}
	return a.withNextStep(ctx, refusal), nil
}

// waitOn has a request that waits for an approval wait on, where an attempt to decide it anew has
// failed: it has failed in nothing that it needs yet. The next look at all that wait has it try
// again. It reports false for any other request.
func (a *attempt) waitOn(ctx context.Context, cause error) (bool, error) {
	q, err := a.lastQuestion(ctx)
	if err != nil || q.N == 0 || !q.IsOpen() || !time.Now().Before(q.Until) {
		return false, err
	}
	if told, err := a.wasTold(q); err != nil || !told {
		return false, err
	}
	zerolog.Ctx(ctx).Warn().Err(cause).Msg("request that waits for an approval could not be decided anew, will retry")
	q.asked.Look.Version = ""
	return true, a.Ask(ctx, q.N, q.asked, 0, approvalBounds)
}

// endByRefusal ends the question of a request that is refused. What the policy refuses after a wait
// says so.
func (a *attempt) endByRefusal(ctx context.Context, refusal *commands.Refusal) (*commands.Refusal, error) {
	last, err := a.endApproval(ctx, refusal)
	if err != nil || last.answer.Outcome != approval.Ended || a.refused.Denial == "" {
		return refusal, err
	}
	told, err := a.wasTold(last)
	if told {
		refusal = commands.RefusedAfterWait(refusal)
	}
	return refusal, err
}

// endApproval answers the open question of a request that ends without an answer to it, or goes on
// without one, and has the cards of all its questions say what has become of them. It returns the
// last question, the zero value without any.
func (a *attempt) endApproval(ctx context.Context, cause error) (last question, err error) {
	all, err := a.readQuestions(ctx)
	if err != nil {
		return last, err
	}
	for _, q := range all {
		if q.IsOpen() {
			if q, err = a.endQuestion(ctx, q, endWithoutAnswer(q, cause)); err != nil {
				return last, err
			}
		}
		a.endCards(ctx, q)
		last = q
	}
	return last, nil
}

// endWithoutAnswer is how the question of a request ends that has ended for a cause, or goes on for
// want of one.
func endWithoutAnswer(q question, cause error) approval.Answer {
	_, isRefused := errors.AsType[*commands.Refusal](cause)
	switch {
	case errors.Is(cause, engine.ErrStopped):
		return approval.Answer{Outcome: approval.Withdrawn}
	case !time.Now().Before(q.Until):
		return approval.Answer{Outcome: approval.Expired}
	case cause == nil:
		return approval.Answer{Outcome: approval.Ended, Cause: approval.NotNeeded}
	case isRefused:
		return approval.Answer{Outcome: approval.Ended, Cause: approval.WasRefused}
	}
	return approval.Answer{Outcome: approval.Ended}
}

// A card that could not be told what has become of it is looked after so often, with such a pause.
const (
	cardLooks     = 8
	cardLookPause = 10 * time.Second
)

// finishCards has the cards of all questions say what has become of them, once the request is
// answered: also those that were sent in an attempt that did not hear of it. What fails is done
// again: the error is a *WaitError, which holds nobody up.
func (a *attempt) finishCards(ctx context.Context) error {
	failed := a.tryCards(ctx)
	if failed == nil || ctx.Err() != nil {
		return failed
	}
	_, times, err := a.Intentions(ctx, a.inSeries(intentCardLook))
	if err != nil {
		return err
	}
	if times >= cardLooks {
		zerolog.Ctx(ctx).Warn().Err(failed).Msg("card of an approval may not say that it has ended")
		return nil
	}
	if err := a.Intend(ctx, a.inSeries(intentCardLook)); err != nil {
		return err
	}
	after := min(cardLookPause, a.bot.env.Limits.Settle())
	if wait, ok := errors.AsType[*commands.WaitError](failed); ok {
		after = wait.After
	}
	return &commands.WaitError{After: after, Why: "a card does not say yet that its question has ended", Planned: true, FreesChat: true}
}

// tryCards is one try of it, with the errors of all cards.
func (a *attempt) tryCards(ctx context.Context) (failed error) {
	all, failed := a.readQuestions(ctx)
	for _, q := range all {
		failed = errors.Join(failed, a.endEachCard(ctx, q))
	}
	return failed
}

// endEachCard has the cards of an answered question say what has become of it.
func (a *attempt) endEachCard(ctx context.Context, q question) (failed error) {
	var plan shownPlan
	if _, err := a.Result(stepShownPlan(q.N), &plan); err != nil {
		return err
	}
	ended := a.approvalOf(q).EndedCard(q.state(), plan.Name, plan.Lines)
	for _, id := range whoWasAsked(q) {
		failed = errors.Join(failed, a.endCard(ctx, q, id, ended))
	}
	return failed
}

// endCard has one card say it. What a card says already stays, where the store was set back to
// before that.
func (a *attempt) endCard(ctx context.Context, q question, who symphony.UserID, ended commands.Reply) error {
	sent, err := a.findCard(ctx, partCard(q.N, who), who, symphony.StreamID(q.asked.Room))
	if err != nil || sent.Message == "" {
		return err
	}
	if known, err := a.Result(stepCardEnded(q.N, who), new(sentMessage)); known || err != nil {
		return err
	}
	if a.mayBeUnknown() {
		if isOpen, err := a.isOpenCard(ctx, q, sent); !isOpen {
			return err
		}
	}
	_, err = a.replaceMessage(ctx, stepCardEnded(q.N, who), sent, a.renderFor(partCard(q.N, who), who, ended))
	return err
}

// findCard is the card of somebody, or of a room, with an empty Message where there is none. It is
// looked for where an attempt may have sent it without hearing of it.
func (a *attempt) findCard(ctx context.Context, part string, who symphony.UserID, room symphony.StreamID) (card sentMessage, err error) {
	if known, err := a.Result(part, &card); known || err != nil {
		return card, err
	}
	last, times, err := a.Intentions(ctx, part)
	if err != nil || times == 0 {
		return sentMessage{}, err
	}
	err = a.Do(ctx, part, &card, func(ctx context.Context) (any, error) {
		chat := room
		if chat == "" {
			if chat, err = a.bot.client.CreateIM(ctx, who); err != nil {
				return nil, err
			}
		}
		return a.findSent(ctx, part, chat, last)
	})
	return card, err
}
