package bot

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/rs/zerolog"

	"roombot/bot/approval"
	"roombot/bot/audit"
	"roombot/bot/engine"
	"roombot/commands"
	"roombot/symphony"
)

// A click on a card is a job of its own, which waits for no other. What it decides about stands in
// the card, a message of the bot; who decides is the account that Symphony says has clicked.

// isApproval reports whether the request is a click on a card.
func (r storedRequest) isApproval() bool {
	return r.Form != nil && r.Form.ID == commands.FormApproval
}

// answerApproval decides about another request, if the person may.
func (a *attempt) answerApproval(ctx context.Context, form *formMessage) (commands.Reply, error) {
	card, outcome, reason, err := commands.ClickedApproval(form.Data, a.request.Form.Values)
	if err != nil {
		return commands.Reply{}, err
	}
	stored, found, err := a.bot.engine.Question(ctx, card.Job, card.N)
	switch {
	case err != nil:
		return commands.Reply{}, err
	case !found:
		return commands.Reply{}, commands.MayNotDecide("I know this request no more.")
	}
	var asked approval.Asked
	if err := json.Unmarshal(stored.Text, &asked); err != nil {
		return commands.Reply{}, fmt.Errorf("read what was asked: %w", err)
	}
	decided, want := false, decisionOnCard{card, approval.Outcome(outcome), reason}
	err = a.Do(ctx, stepApproved, &decided, func(ctx context.Context) (any, error) {
		return a.decideApproval(ctx, form, stored, asked, want)
	})
	if err != nil {
		return commands.Reply{}, err
	}
	if !decided {
		return commands.Reply{}, a.refuseLateClick(ctx, asked, want)
	}
	return commands.ConfirmDecision(outcome, a.bot.nameOf(ctx, symphony.UserID(asked.Requester))), nil
}

// decisionOnCard is what somebody wants to decide.
type decisionOnCard struct {
	card    commands.ApprovalCard
	outcome approval.Outcome
	reason  string
}

// decideApproval stores the decision, unless the person may not decide. It reports false where
// another one came first, or it is too late.
func (a *attempt) decideApproval(ctx context.Context, form *formMessage, q engine.Question, asked approval.Asked, want decisionOnCard) (bool, error) {
	if !q.IsOpen() {
		var answer approval.Answer
		err := json.Unmarshal(q.Answer, &answer)
		return answer.Click == a.ID, err
	}
	if err := a.checkApprover(ctx, form, asked, want); err != nil {
		return false, err
	}
	name := a.bot.nameOf(ctx, a.request.From.ID)
	body := bodyOfApproval(string(want.outcome), q.N, asked)
	body.Clicked = a.request.At
	entry, facts := audit.New(audit.Approval, string(commands.NewRequestID(q.Job)), fmt.Sprintf("approval/%d/decided", q.N), body).
		WithFacts(approvalFacts{By: name, Reason: want.reason})
	entry.Actor = int64(a.request.From.ID)
	counted, first, err := a.bot.engine.Answer(ctx, q.Job, q.N, engine.Answer{
		Text:   approval.Answer{Outcome: want.outcome, By: int64(a.request.From.ID), Click: a.ID},
		Detail: approvalDetail{Name: name, Reason: want.reason}, Entry: entry, Facts: &facts,
	})
	switch {
	case errors.Is(err, engine.ErrLate), errors.Is(err, engine.ErrEnded), errors.Is(err, engine.ErrUnknown):
		return false, nil
	case err != nil:
		return false, err
	case first:
		a.bot.metrics.approvals.WithLabelValues(string(want.outcome)).Inc()
		zerolog.Ctx(ctx).Info().Str("job", q.Job).Str("outcome", string(want.outcome)).Msg("somebody has decided about a request")
		return true, nil
	}
	var answer approval.Answer
	err = json.Unmarshal(counted.Answer, &answer)
	return answer.Click == a.ID, err
}

// addClickEntry adds an entry to the record of a request about a click that has decided nothing.
func (a *attempt) addClickEntry(ctx context.Context, asked approval.Asked, want decisionOnCard, why approval.Refusal) {
	body := bodyOfApproval(actClicked, want.card.N, asked)
	body.Approvers, body.Reason, body.Wanted, body.Clicked = nil, string(why), want.outcome, a.request.At
	part := fmt.Sprintf("approval/%d/click/%s", want.card.N, a.id)
	entry, facts := audit.New(audit.Approval, string(commands.NewRequestID(want.card.Job)), part, body).
		WithFacts(approvalFacts{By: a.bot.nameOf(ctx, a.request.From.ID)})
	a.addEntry(ctx, entry, &facts)
}

// checkApprover refuses who may not decide. Whether they are an approver is asked of the directory
// now, and of the policy in force.
func (a *attempt) checkApprover(ctx context.Context, form *formMessage, asked approval.Asked, want decisionOnCard) error {
	who := a.request.From.ID
	click := approval.Click{
		Who: int64(who), External: a.bot.env.IsExternal(who), For: int64(commands.RequesterOf(form.Data)), Hash: want.card.Hash,
	}
	rules := a.bot.rules.now()
	if approvers, found := rules.ApproversOf(asked.Rule); found && !click.External {
		for _, key := range approvers.Groups {
			if _, err := a.bot.rules.groups.readAgain(ctx, key); err != nil {
				return err
			}
		}
		a.bot.users.remove(who)
		subject, err := a.bot.policySubject(ctx, who, approvers.Groups, true)
		if err != nil {
			return err
		}
		click.IsApprover = rules.IsApprover(asked.Rule, subject)
	}
	refusal := asked.Check(click)
	if refusal != approval.None { // who may decide may have changed
		a.bot.noteApprovalNews()
		a.addClickEntry(ctx, asked, want, refusal)
	}
	switch refusal {
	case approval.None:
		return nil
	case approval.OwnRequest:
		return commands.MayNotDecide("You cannot approve what you have asked for yourself.")
	case approval.ForAnother:
		return commands.MayNotDecide("This card is for " + cmp.Or(a.nameOfRequester(ctx, form.Data), "somebody else") + ".")
	case approval.AnotherPlan:
		return commands.MayNotDecide("What would be done is not what this card shows any more. There is a newer card.")
	case approval.NeverAsked, approval.NotAnApprover, approval.Late:
	}
	return commands.MayNotDecide("You are not one of those who may approve this now.")
}

// refuseLateClick says what has become of a request about which the click came too late. The record
// has the click, unless the same person has decided the same before.
func (a *attempt) refuseLateClick(ctx context.Context, asked approval.Asked, want decisionOnCard) error {
	q, found, err := a.bot.engine.Question(ctx, want.card.Job, want.card.N)
	if err != nil {
		return err
	}
	var answer approval.Answer
	if found && !q.IsOpen() {
		if err := json.Unmarshal(q.Answer, &answer); err != nil {
			return err
		}
	}
	if answer.By != int64(a.request.From.ID) || answer.Outcome != want.outcome {
		a.addClickEntry(ctx, asked, want, approval.Late)
	}
	state := commands.ApprovalState{Outcome: string(answer.Outcome), Cause: string(answer.Cause), At: q.Answered}
	if answer.By != 0 {
		state.By = a.bot.nameOf(ctx, symphony.UserID(answer.By))
	}
	if answer.Outcome == "" {
		state.Outcome = commands.ApprovalEnded
		if found && time.Now().After(q.Until) {
			state.Outcome = commands.ApprovalExpired
		}
	}
	return commands.DecidedAlready(state)
}

// nameOf is the name of somebody as the directory has it, some minutes ago at most for colleagues:
// whether they may decide was looked up with it. Where it is not told the number stands for it.
func (b *Bot) nameOf(ctx context.Context, who symphony.UserID) string {
	if user, known := b.users.find(who); known && user.DisplayName != "" {
		return user.DisplayName
	}
	found, err := b.client.UsersByID(ctx, who)
	if err != nil || len(found) != 1 || found[0].DisplayName == "" {
		return fmt.Sprintf("user %d", who)
	}
	return found[0].DisplayName
}
