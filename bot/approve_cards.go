package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/rs/zerolog"

	"roombot/bot/approval"
	"roombot/bot/audit"
	"roombot/commands"
	"roombot/symphony"
)

// namesOf are the names of some people, in the order of the directory; none where it does not
// answer.
func (a *attempt) namesOf(ctx context.Context, who []int64) (names []string) {
	if len(who) == 0 {
		return nil
	}
	found, err := a.bot.client.UsersByID(ctx, userIDs(who)...)
	if err != nil { // they are asked all the same
		zerolog.Ctx(ctx).Warn().Err(err).Msg("names of the approvers could not be looked up")
		return nil
	}
	for _, u := range found {
		names = append(names, u.DisplayName)
	}
	return names
}

// errCardEnded says that a card tells how its question has ended, which the store has open: it was
// set back to before that.
var errCardEnded = errors.New("a card says that its question has ended")

// sendCards sends the cards of a question, each once, and returns who could not be given one; 0
// stands for a room. Administrators are told of these, and of who is gone.
func (a *attempt) sendCards(ctx context.Context, q question, found foundApprovers) (noCard []int64, err error) {
	why, before, err := a.whyAgain(ctx, q)
	if err != nil {
		return nil, err
	}
	var plan shownPlan
	if _, err := a.Result(stepShownPlan(q.N), &plan); err != nil {
		return nil, err
	}
	about := a.approvalOf(q)
	about.Why, about.Before, about.Rejected = why, before.Lines, plan.Rejected
	card := about.CardFor(plan.Lines)
	var unreached []string
	for _, id := range found.gone {
		unreached = append(unreached, a.bot.nameOf(ctx, id))
	}
	all := whoGetsCard(q)
	for _, id := range all {
		sent, err := a.sendCard(ctx, q, id, card)
		switch {
		case err != nil:
			return nil, err
		case sent.Message != "":
			continue
		case id == 0:
			unreached = append(unreached, "the room "+q.asked.Room+" (the bot is not in it, or people of other companies could read the card)")
		default:
			unreached = append(unreached, a.bot.nameOf(ctx, id))
		}
		noCard = append(noCard, int64(id))
	}
	a.addNotReachedEntry(ctx, q, noCard)
	a.bot.tellUnreached(ctx, q.asked.Rule, unreached, a.whyNobody(q, found, len(noCard) < len(all)))
	return noCard, a.checkCards(ctx, q)
}

// addNotReachedEntry adds an entry to the record about people of a question who have no card.
func (a *attempt) addNotReachedEntry(ctx context.Context, q question, who []int64) {
	if len(who) == 0 || q.asked.Room != "" {
		return
	}
	body := bodyOfApproval(commands.ApprovalNotReached, q.N, q.asked)
	body.Approvers = who
	a.addEntry(ctx, audit.New(audit.Approval, string(a.id), fmt.Sprintf("approval/%d/not-reached/%d", q.N, q.asked.Look.N), body), nil)
}

// whyNobody says why nobody decides about the request, empty where somebody may.
func (a *attempt) whyNobody(q question, found foundApprovers, isReached bool) string {
	switch {
	case !q.asked.Look.Nobody && isReached:
		return ""
	case !q.asked.Look.Nobody:
		return "so nobody can be asked, and its requests are refused until somebody can"
	case slices.Contains(found.people, a.request.From.ID):
		return "its only approver has asked for something, and nobody approves their own requests: name another one as well"
	}
	return "nobody who may approve its requests is there, so they are refused until the policy, or a group that it names, has somebody who may"
}

// whoGetsCard are those who may decide; 0 stands for a room. Nobody gets a card that nobody could
// use.
func whoGetsCard(q question) (all []symphony.UserID) {
	switch {
	case q.asked.Look.Nobody:
		return nil
	case q.asked.Room != "":
		return []symphony.UserID{0}
	}
	return userIDs(q.asked.Look.Approvers)
}

func (a *attempt) sendCard(ctx context.Context, q question, who symphony.UserID, card commands.Reply) (sentMessage, error) {
	if who != 0 {
		return a.sendInChatWith(ctx, partCard(q.N, who), who, card)
	}
	room := symphony.StreamID(q.asked.Room)
	if isOpen, err := a.bot.isOpenToOthers(ctx, room); err != nil || isOpen {
		return sentMessage{}, err
	}
	return a.sendOnce(ctx, partCard(q.N, 0), room, a.renderFor(partCard(q.N, 0), 0, card))
}

// checkCards is errCardEnded where a card of an open question cannot be clicked any more, or is one
// of another question: more has happened than the store knows. It looks once in each process.
func (a *attempt) checkCards(ctx context.Context, q question) error {
	looked := fmt.Sprintf("%s/cards/%d", a.ID, q.N)
	if _, done := a.bot.lookedUp.Load(looked); done || !a.mayBeUnknown() {
		return nil
	}
	for _, id := range whoWasAsked(q) {
		sent, err := a.findCard(ctx, partCard(q.N, id), id, symphony.StreamID(q.asked.Room))
		if err != nil {
			return err
		}
		if sent.Message == "" {
			continue
		}
		isOpen, err := a.isOpenCard(ctx, q, sent)
		switch {
		case err != nil:
			return err
		case !isOpen:
			return errCardEnded
		}
	}
	a.bot.lookedUp.Store(looked, true)
	return nil
}

// whoWasAsked are those who may have a card of the question; 0 stands for a room.
func whoWasAsked(q question) (all []symphony.UserID) {
	if q.asked.Room != "" {
		return []symphony.UserID{0}
	}
	return userIDs(q.asked.Approvers)
}

// userIDs are numbers of the record and the store as user ids.
func userIDs(numbers []int64) (ids []symphony.UserID) {
	for _, n := range numbers {
		ids = append(ids, symphony.UserID(n))
	}
	return ids
}

// isOpenCard reports whether a card still asks the question, as it stands now.
func (a *attempt) isOpenCard(ctx context.Context, q question, card sentMessage) (bool, error) {
	shown, err := a.bot.client.Message(ctx, card.Message)
	if err == nil {
		shown, err = a.newestVersion(ctx, shown)
	}
	if err != nil {
		return false, fmt.Errorf("read a card: %w", err)
	}
	return commands.AsksFor(shown.Data, a.approvalOf(q).Card), nil
}

func (a *attempt) approvalOf(q question) commands.Approval {
	return commands.Approval{
		Card: commands.ApprovalCard{Job: a.ID, N: q.N, Hash: q.asked.Hash}, Request: a.id, From: a.request.From,
		Rule: q.asked.Rule, Version: q.asked.Version, Until: q.Until,
	}
}

// endCards has the cards of an answered question say at once what has become of it. A failure stops
// nothing: finishCards follows.
func (a *attempt) endCards(ctx context.Context, q question) {
	if err := a.endEachCard(ctx, q); ignoreWait(err) != nil {
		zerolog.Ctx(ctx).Debug().Err(err).Msg("card of an approval does not say yet that it has ended")
	}
}

// tellApprovalMeanwhile ends a first answer with who has approved the request. People of other
// companies, who may read those that tell nothing, are not told.
func (a *attempt) tellApprovalMeanwhile(ctx context.Context, first commands.Reply) (commands.Reply, error) {
	if first.Open {
		if outside, err := a.hasOtherCompanies(ctx); err != nil || outside {
			return first, err
		}
	}
	return a.tellApproval(ctx, first)
}

// tellApproval ends an answer with who has approved the request, in this attempt or an earlier one,
// or with that nobody had to in the end.
func (a *attempt) tellApproval(ctx context.Context, reply commands.Reply) (commands.Reply, error) {
	if approved := a.lastDecision().Approval; approved != nil {
		q, found, err := a.readQuestion(ctx, approved.N)
		if err == nil && found {
			reply = commands.AddApproval(reply, a.stateForRequester(q))
		}
		return reply, err
	}
	last, err := a.lastQuestion(ctx)
	if err == nil && last.answer.Outcome == approval.Ended {
		reply = commands.AddNoApproval(reply)
	}
	return reply, err
}
