package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
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
		Act       string  `json:"act"` // one of the constants below, or an approval.Outcome
		N         int     `json:"n"`
		Rule      string  `json:"rule"`
		Version   string  `json:"version"`
		Hash      string  `json:"hash"`
		Approvers []int64 `json:"approvers,omitempty"`
		Room      string  `json:"room,omitempty"` // that has the card
		// Reason is why a question has ended without an answer, an approval.Cause, or why a click
		// decided nothing, an approval.Refusal.
		Reason string `json:"reason,omitempty"`
		// Wanted is what a click that decided nothing would have decided.
		Wanted approval.Outcome `json:"wanted,omitempty"`
		// Clicked is when somebody has clicked, by Symphony's clock; the entry follows when the bot has
		// read that.
		Clicked time.Time `json:"clicked,omitzero"`
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
		Lines    []string `json:"lines"`
		Name     string   `json:"name"`
		Hash     string   `json:"hash"` // of what the lines say
		Rejected []string `json:"rejected,omitempty"`
	}
)

// actAsked is the act of a question, actAskedAlso that of people who are asked it later, and
// actClicked that of a click that decided nothing.
const (
	actAsked     = "asked"
	actAskedAlso = "asked-also"
	actClicked   = "clicked"
)

func bodyOfApproval(act string, n int, asked approval.Asked) approvalBody {
	return approvalBody{Act: act, N: n, Rule: asked.Rule, Version: asked.Version, Hash: asked.Hash, Approvers: asked.Approvers, Room: asked.Room}
}

// requireApproval lets a request pass that somebody has approved as it is, and asks for that
// otherwise. The error is errWaitsForApproval while nobody has decided, and a refusal where it was
// not approved.
func (a *attempt) requireApproval(ctx context.Context, rules *policy.Policy, d *policy.Decision) error {
	hash := commands.PlanHash(a.planned, d.Rule)
	q, err := a.lastQuestion(ctx)
	if err == nil && q.N > 0 && q.IsOpen() {
		q, err = a.reconsider(ctx, q, hash, rules, d)
	}
	if err != nil {
		return err
	}
	if q.N > 0 {
		a.endCards(ctx, q)
	} else if err := a.checkBeforeAsking(ctx, hash); err != nil {
		return err
	}
	for q.N == 0 || q.answer.Outcome == approval.Ended || q.answer.Outcome == approval.Approved && q.asked.Hash != hash {
		if q, err = a.askAgain(ctx, q, hash, rules, d); err != nil {
			return err
		}
	}
	if q.answer.Outcome != approval.Approved {
		return a.refuseUnapproved(q, d.Contact)
	}
	d.Approve()
	a.approved = &q
	return nil
}

// checkBeforeAsking refuses a request about which nobody need be asked, and ends what is asked
// about earlier versions of its message.
func (a *attempt) checkBeforeAsking(ctx context.Context, hash string) error {
	if err := a.checkLimitsFirst(ctx); err != nil {
		return err
	}
	return a.replaceEarlierVersions(ctx, hash)
}

// reconsider has the open question of a request that would be approved go on, with who may decide
// by now. It ends where something else would be done by now, or another room be asked.
func (a *attempt) reconsider(ctx context.Context, q question, hash string, rules *policy.Policy, d *policy.Decision) (question, error) {
	if !time.Now().Before(q.Until) {
		return a.endQuestion(ctx, q, approval.Answer{Outcome: approval.Expired})
	}
	found, err := a.bot.findApprovers(ctx, rules, d.Rule, false)
	if err != nil {
		return q, err
	}
	if q.asked.Hash != hash || q.asked.Room != found.Room {
		return a.endQuestion(ctx, q, approval.Answer{Outcome: approval.Ended, Cause: approval.AskedAnew})
	}
	if look := found.look(a.request.From.ID); q.asked.IsOutdated(look) {
		if q, err = a.noteLook(ctx, q, look); err != nil {
			return q, err
		}
	}
	return a.waitForAnswer(ctx, q, found)
}

// noteLook stores another look at who may decide about an open question. Who was not asked before
// has an entry of the record.
func (a *attempt) noteLook(ctx context.Context, q question, look approval.Look) (question, error) {
	before := q.asked.Approvers
	q.asked = q.asked.LookAgain(look)
	var entries []engine.RecordEntry
	if len(q.asked.Approvers) > len(before) {
		also := q.asked
		also.Version, also.Approvers = look.Version, also.Approvers[len(before):]
		part := fmt.Sprintf("approval/%d/asked/%d", q.N, q.asked.Look.N)
		entry := audit.New(audit.Approval, string(a.id), part, bodyOfApproval(actAskedAlso, q.N, also))
		entry.Actor = int64(a.request.From.ID)
		entries = append(entries, engine.RecordEntry{Entry: entry})
	}
	return q, a.Ask(ctx, q.N, q.asked, 0, approvalBounds, entries...)
}

// askAgain asks after a question, or for the first time after the zero one.
func (a *attempt) askAgain(ctx context.Context, last question, hash string, rules *policy.Policy, d *policy.Decision) (question, error) {
	first := a.firstQuestion()
	n := max(last.N+1, first)
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
	found, err := a.bot.findApprovers(ctx, rules, d.Rule, true)
	if err != nil {
		return q, err
	}
	a.bot.tellTooMany(ctx, d.Rule, found)
	plan, err := a.keepShownPlan(ctx, n, hash)
	if err != nil {
		return q, err
	}
	q.N = n
	look := found.look(a.request.From.ID)
	q.asked = approval.Asked{
		Rule: d.Rule, Version: rules.Version(), Requester: int64(a.request.From.ID), Approvers: look.Approvers, Room: found.Room, Look: look,
		Message: string(a.request.Origin), Sent: a.request.At,
		Hash: plan.Hash, // where an attempt before this one has stored another plan, that is asked about, and then this one
	}
	if err = a.addDecisionEntry(ctx, a.decided); err != nil {
		return q, err
	}
	part := fmt.Sprintf("approval/%d/asked", n)
	entry, facts := audit.New(audit.Approval, string(a.id), part, bodyOfApproval(actAsked, n, q.asked)).WithFacts(approvalFacts{Plan: append(slices.Clip(plan.Lines), plan.Rejected...)})
	entry.Actor = int64(a.request.From.ID)
	switch err = a.Ask(ctx, n, q.asked, found.Within, approvalBounds, engine.RecordEntry{Entry: entry, Facts: &facts}); {
	case errors.Is(err, engine.ErrHeldFull):
		return q, commands.ApprovalsFull(approvalBounds.PerOwner, a.said)
	case err != nil:
		return q, err
	}
	zerolog.Ctx(ctx).Info().Str("rule", d.Rule).Int("approvers", len(q.asked.Approvers)).Msg("request waits for an approval")
	if q, _, err = a.readQuestion(ctx, n); err != nil {
		return q, err
	}
	return a.waitForAnswer(ctx, q, found)
}

// keepShownPlan stores what the card of a question says.
func (a *attempt) keepShownPlan(ctx context.Context, n int, hash string) (plan shownPlan, err error) {
	err = a.Do(ctx, stepShownPlan(n), &plan, func(ctx context.Context) (any, error) {
		lines, err := a.bot.env.DescribePlan(ctx, a.planned)
		if err != nil {
			return nil, err
		}
		rejected, err := a.findRejections(ctx, hash)
		return shownPlan{Lines: lines, Name: a.facts.Room.Name, Hash: hash, Rejected: rejected}, err
	})
	return plan, err
}

// waitForAnswer has the cards of an open question sent, and the job wait. Where its time has
// passed, or nobody could be asked, it returns the question with that for an answer.
func (a *attempt) waitForAnswer(ctx context.Context, q question, found foundApprovers) (question, error) {
	if !time.Now().Before(q.Until) {
		return a.endQuestion(ctx, q, approval.Answer{Outcome: approval.Expired})
	}
	noCard, err := a.sendCards(ctx, q, found)
	switch {
	case errors.Is(err, errCardEnded):
		zerolog.Ctx(ctx).Warn().Msg("card says that somebody has decided, but the store does not know: it was set back")
		return a.endQuestion(ctx, q, approval.Answer{Outcome: approval.Ended})
	case err != nil:
		return q, err
	case len(noCard) == len(whoGetsCard(q)):
		return a.endQuestion(ctx, q, approval.Answer{Outcome: approval.Unreached})
	}
	q.asked.NoCard = noCard
	a.tellAsked(ctx, q, found)
	if err := a.Ask(ctx, q.N, q.asked, 0, approvalBounds); err != nil { // it is held again
		return q, err
	}
	if q.asked.Look.Version != a.bot.rules.now().Version() { // the look at all that wait may have missed it
		a.bot.noteApprovalNews()
	}
	return q, errWaitsForApproval
}

// endQuestion answers a question for want of a decision, unless somebody has decided meanwhile.
func (a *attempt) endQuestion(ctx context.Context, q question, end approval.Answer) (question, error) {
	if _, err := a.bot.endQuestionOf(ctx, q.Question, q.asked, end, true); err != nil {
		return q, err
	}
	ended, _, err := a.readQuestion(ctx, q.N)
	return ended, err
}

// endQuestionOf answers a question of a job for want of a decision, and returns the outcome that
// counts: somebody may have decided first. Late is set by the job itself.
func (b *Bot) endQuestionOf(
	ctx context.Context, q engine.Question, asked approval.Asked, end approval.Answer, late bool,
) (counted approval.Outcome, err error) {
	body := bodyOfApproval(string(end.Outcome), q.N, asked)
	body.Reason = string(end.Cause)
	entry := audit.New(audit.Approval, string(commands.NewRequestID(q.Job)), fmt.Sprintf("approval/%d/decided", q.N), body)
	entry.Actor = asked.Requester
	answer := engine.Answer{Text: end, Detail: approvalDetail{}, Entry: entry, Late: late}
	q, first, err := b.engine.Answer(ctx, q.Job, q.N, answer)
	if err != nil {
		return "", err
	}
	if first {
		b.metrics.approvals.WithLabelValues(string(end.Outcome)).Inc()
	}
	var stored approval.Answer
	err = json.Unmarshal(q.Answer, &stored)
	return stored.Outcome, err
}
