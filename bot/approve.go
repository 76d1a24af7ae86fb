package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/rs/zerolog"

	"roombot/bot/approval"
	"roombot/bot/audit"
	"roombot/bot/engine"
	"roombot/bot/policy"
	"roombot/commands"
)

// A request that somebody has to approve stops before its first write, and its job asks: each
// approver gets a card, and the requester reads whom was asked. The job waits for the first answer
// like for the end of a pause, and holds nobody up. Then it plans anew. What is approved is carried
// out only if it would do the same as on the card, by the same rule; otherwise it asks again.

// maxAsked is how often one request asks.
const maxAsked = 5

// Open questions are bounded, for one person and in all.
var approvalBounds = engine.HoldBounds{PerOwner: 20, Total: 200}

// waitsForApproval says that the job has asked, and goes on with an answer.
var errWaitsForApproval = errors.New("somebody has to approve the request")

type (
	// approvalBody is the body of an entry of the record about an approval.
	approvalBody struct {
		Act       string  `json:"act"` // actAsked, or an approval.Outcome
		N         int     `json:"n"`
		Rule      string  `json:"rule"`
		Version   string  `json:"version"`
		Hash      string  `json:"hash"`
		Approvers []int64 `json:"approvers,omitempty"`
		Room      string  `json:"room,omitempty"` // that has the card
	}
	// approvalFacts are what is personal beside it.
	approvalFacts struct {
		Plan   []string `json:"plan,omitempty"`
		By     string   `json:"by,omitempty"` // name
		Reason string   `json:"reason,omitempty"`
	}
	// approvalDetail is the detail of an answer.
	approvalDetail struct {
		Name   string `json:"name,omitempty"`
		Reason string `json:"reason,omitempty"`
	}
	// shownPlan is the result of stepShownPlan: what the card said would be done, and the name of
	// the room.
	shownPlan struct {
		Lines []string `json:"lines"`
		Name  string   `json:"name"`
		Hash  string   `json:"hash"` // of what the lines say
	}
)

// actAsked is the act of a question.
const actAsked = "asked"

func bodyOfApproval(act string, n int, asked approval.Asked) approvalBody {
	return approvalBody{Act: act, N: n, Rule: asked.Rule, Version: asked.Version, Hash: asked.Hash, Approvers: asked.Approvers, Room: asked.Room}
}

// question is a question of the job, as it was asked.
type question struct {
	engine.Question
	asked  approval.Asked
	answer approval.Answer // zero while it is open
	detail approvalDetail
}

func (q question) state() commands.ApprovalState {
	return commands.ApprovalState{Outcome: string(q.answer.Outcome), By: q.detail.Name, At: q.Answered, Reason: q.detail.Reason}
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
	if err = json.Unmarshal(q.Text, &q.asked); err == nil && !q.IsOpen() {
		if err = json.Unmarshal(q.Answer, &q.answer); err == nil && q.Detail != nil {
			err = json.Unmarshal(q.Detail, &q.detail)
		}
	}
	if err != nil {
		return question{}, false, fmt.Errorf("read what was asked: %w", err)
	}
	return q, true, nil
}

// firstQuestion is the number of the first question in this series of attempts.
func (a *attempt) firstQuestion() int { return (max(a.series, 1)-1)*maxAsked + 1 }

// requireApproval lets a request pass that somebody has approved as it is, and asks for that
// otherwise. The error is errWaitsForApproval while nobody has decided, and a refusal where it was
// not approved.
func (a *attempt) requireApproval(ctx context.Context, rules *policy.Policy, d *policy.Decision) error {
	hash := commands.PlanHash(a.planned, d.Rule)
	q, err := a.lastQuestion(ctx)
	if err == nil && q.N > 0 && q.IsOpen() {
		q, err = a.waitForAnswer(ctx, q)
	}
	if err != nil {
		return err
	}
	if q.N > 0 {
		a.endCards(ctx, q)
	}
	if q.N == 0 || q.answer.Outcome == approval.Ended || q.answer.Outcome == approval.Approved && q.asked.Hash != hash {
		if q, err = a.askAgain(ctx, q.N, hash, rules, d); err != nil {
			return err
		}
	}
	if q.answer.Outcome != approval.Approved {
		return commands.NotApproved(a.stateForRequester(q), d.Contact, a.said)
	}
	d.Approve()
	a.approved = &q
	return nil
}

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

// askAgain asks after the question of a number, or for the first time after 0.
func (a *attempt) askAgain(ctx context.Context, after int, hash string, rules *policy.Policy, d *policy.Decision) (question, error) {
	first := a.firstQuestion()
	n := max(after+1, first)
	if n == first+maxAsked {
		return question{}, commands.TooManyChanges(a.said)
	}
	if n > first {
		zerolog.Ctx(ctx).Info().Msg("what was approved has changed, the approvers are asked again")
	}
	q, err := a.ask(ctx, n, hash, rules, d)
	if err == nil {
		a.endCards(ctx, q)
	}
	return q, err
}

// ask asks the approvers. In one transaction the question is stored, with the decision and an entry
// of the record, and the job held; the cards follow.
func (a *attempt) ask(ctx context.Context, n int, hash string, rules *policy.Policy, d *policy.Decision) (q question, err error) {
	if hash == "" {
		return q, fmt.Errorf("a plan of /%s cannot be approved", a.command)
	}
	approvers, found := rules.ApproversOf(d.Rule)
	if !found {
		return q, fmt.Errorf("rule %q has no approvers", d.Rule)
	}
	people, err := a.findApprovers(ctx, approvers)
	if err != nil {
		return q, err
	}
	asked := approval.Asked{
		Rule: d.Rule, Version: rules.Version(), Hash: hash, Requester: int64(a.request.From.ID), Room: approvers.Room,
	}
	for _, p := range people {
		asked.Approvers = append(asked.Approvers, int64(p.ID))
	}
	plan, err := a.keepShownPlan(ctx, n, hash)
	if err != nil {
		return q, err
	}
	asked.Hash = plan.Hash // where an attempt before this one has stored another plan, that is asked about, and then this one
	if err = a.addDecisionEntry(ctx, a.decided); err != nil {
		return q, err
	}
	part := fmt.Sprintf("approval/%d/asked", n)
	entry, facts := audit.New(audit.Approval, string(a.id), part, bodyOfApproval(actAsked, n, asked)).WithFacts(approvalFacts{Plan: plan.Lines})
	a.addEntry(ctx, entry, &facts)
	err = a.Ask(ctx, n, asked, approvers.Within, approvalBounds)
	switch {
	case errors.Is(err, engine.ErrHeldFull):
		return q, commands.ApprovalsFull(approvalBounds.PerOwner, a.said)
	case err != nil:
		return q, err
	}
	zerolog.Ctx(ctx).Info().Str("rule", d.Rule).Int("approvers", len(people)).Msg("request waits for an approval")
	if q, _, err = a.readQuestion(ctx, n); err != nil {
		return q, err
	}
	return a.waitForAnswer(ctx, q)
}

// keepShownPlan stores what the card of a question says.
func (a *attempt) keepShownPlan(ctx context.Context, n int, hash string) (plan shownPlan, err error) {
	err = a.Do(ctx, stepShownPlan(n), &plan, func(ctx context.Context) (any, error) {
		lines, err := a.bot.env.DescribePlan(ctx, a.planned)
		return shownPlan{Lines: lines, Name: a.facts.Room.Name, Hash: hash}, err
	})
	return plan, err
}

// waitForAnswer has the cards of an open question sent, and the job wait. Where its time has
// passed, or nobody could be asked, it returns the question with that for an answer.
func (a *attempt) waitForAnswer(ctx context.Context, q question) (question, error) {
	outcome := approval.Expired
	if time.Now().Before(q.Until) {
		reached, err := a.sendCards(ctx, q)
		if err != nil {
			return q, err
		}
		outcome = approval.Unreached
		if reached {
			a.tellAsked(ctx, q)
			if err := a.Ask(ctx, q.N, q.asked, 0, approvalBounds); err != nil { // it is held again
				return q, err
			}
			return q, errWaitsForApproval
		}
	}
	return a.endQuestion(ctx, q, outcome)
}

// endQuestion answers a question for want of a decision, unless somebody has decided meanwhile.
func (a *attempt) endQuestion(ctx context.Context, q question, outcome approval.Outcome) (question, error) {
	part := fmt.Sprintf("approval/%d/decided", q.N)
	entry := audit.New(audit.Approval, string(a.id), part, bodyOfApproval(string(outcome), q.N, q.asked))
	entry.Actor = int64(a.request.From.ID)
	answer := engine.Answer{Text: approval.Answer{Outcome: outcome}, Detail: approvalDetail{}, Entry: entry, Late: true}
	if _, first, err := a.bot.engine.Answer(ctx, a.ID, q.N, answer); err != nil {
		return q, err
	} else if first {
		a.bot.metrics.approvals.WithLabelValues(string(outcome)).Inc()
	}
	ended, _, err := a.readQuestion(ctx, q.N)
	return ended, err
}

// tellAsked tells the requester once whom was asked. People of other companies read of nobody.
func (a *attempt) tellAsked(ctx context.Context, q question) {
	err := a.Do(ctx, stepAskedTold(q.N), nil, func(ctx context.Context) (any, error) {
		outside, err := a.hasOtherCompanies(ctx)
		if err != nil {
			return nil, err
		}
		var names []string
		if !outside {
			names = a.approverNames(ctx, q)
		}
		again := q.N > a.firstQuestion()
		a.showInstead(ctx, replaceByApproval(q.N), commands.TellAsked(a.subject(), a.ID, names, q.Until, again))
		return nil, nil
	})
	if err != nil {
		zerolog.Ctx(ctx).Warn().Err(err).Msg("first answer may not have been shown")
	}
}
