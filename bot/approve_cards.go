package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rs/zerolog"

	"roombot/bot/policy"
	"roombot/commands"
	"roombot/symphony"
)

// findApprovers are the people whom a rule names for approvers, as the directory has them now:
// active accounts of people of the own company, never the requester.
func (a *attempt) findApprovers(ctx context.Context, rule policy.Approvers) ([]symphony.User, error) {
	if rule.Room != "" {
		return nil, nil
	}
	var ids []symphony.UserID
	add := func(id symphony.UserID) {
		if id != a.request.From.ID && id != a.bot.self.ID && !a.bot.env.IsExternal(id) && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	for _, id := range rule.Users {
		add(symphony.UserID(id))
	}
	for _, key := range rule.Groups {
		g, err := a.bot.rules.groups.readAgain(ctx, key)
		if err != nil {
			return nil, err
		}
		for id, active := range g.members {
			if active {
				add(id)
			}
		}
	}
	slices.Sort(ids)
	if more := len(ids) - policy.MaxApprovers; more > 0 {
		a.bot.tellAdmins(ctx, fmt.Sprintf("A rule has %d approvers, and only %d of them are asked: give it a \"room\" that gets the card.", len(ids), policy.MaxApprovers))
		ids = ids[:policy.MaxApprovers]
	}
	if len(ids) == 0 {
		return nil, nil
	}
	found, err := a.bot.client.LookupUsers(ctx, symphony.UserLookup{IDs: ids, Local: true, OnlyActive: true})
	if err != nil && symphony.VerdictOf(err) != symphony.Refused {
		return nil, fmt.Errorf("look up the approvers: %w", err)
	}
	return slices.DeleteFunc(found, func(u symphony.User) bool {
		return u.AccountType != symphony.PersonAccount || !slices.Contains(ids, u.ID)
	}), nil
}

// approverNames are the names of who was asked.
func (a *attempt) approverNames(ctx context.Context, q question) (names []string) {
	var ids []symphony.UserID
	for _, id := range q.asked.Approvers {
		ids = append(ids, symphony.UserID(id))
	}
	if len(ids) == 0 {
		return nil
	}
	found, err := a.bot.client.UsersByID(ctx, ids...)
	if err != nil { // they are asked all the same
		zerolog.Ctx(ctx).Warn().Err(err).Msg("names of the approvers could not be looked up")
		return nil
	}
	for _, u := range found {
		names = append(names, u.DisplayName)
	}
	return names
}

// sendCards sends the cards of a question, each once, and reports whether anybody has one.
// Administrators are told of who has none.
func (a *attempt) sendCards(ctx context.Context, q question) (reached bool, err error) {
	var plan, before shownPlan
	if _, err := a.Result(stepShownPlan(q.N), &plan); err != nil {
		return false, err
	}
	if q.N > a.firstQuestion() {
		if _, err := a.Result(stepShownPlan(q.N-1), &before); err != nil {
			return false, err
		}
	}
	about := a.approvalOf(q)
	about.Before = before.Lines
	card := about.CardFor(plan.Lines)
	if q.asked.Room != "" {
		sent, err := a.sendOnce(ctx, partCard(q.N, 0), symphony.StreamID(q.asked.Room), a.renderFor(partCard(q.N, 0), 0, card))
		if err == nil && sent.Message == "" {
			a.tellUnreached(ctx, q, []string{"the room " + q.asked.Room})
		}
		return sent.Message != "", err
	}
	var missed []string
	for _, id := range q.asked.Approvers {
		sent, err := a.sendInChatWith(ctx, partCard(q.N, symphony.UserID(id)), symphony.UserID(id), card)
		if err != nil {
			return false, err
		}
		reached = reached || sent.Message != ""
		if sent.Message == "" {
			missed = append(missed, fmt.Sprintf("user %d", id))
		}
	}
	if len(missed) > 0 || len(q.asked.Approvers) == 0 {
		a.tellUnreached(ctx, q, missed)
	}
	return reached, nil
}

func (a *attempt) approvalOf(q question) commands.Approval {
	return commands.Approval{
		Card: commands.ApprovalCard{Job: a.ID, N: q.N, Hash: q.asked.Hash}, Request: a.id, From: a.request.From,
		Rule: q.asked.Rule, Version: q.asked.Version, Until: q.Until,
	}
}

// tellUnreached tells the administrators of approvers who cannot be asked.
func (a *attempt) tellUnreached(ctx context.Context, q question, who []string) {
	text := fmt.Sprintf("Rule %q: ", q.asked.Rule)
	if len(who) == 0 {
		text += "nobody who may approve its requests is there."
	} else {
		text += "these cannot be asked for an approval: " + strings.Join(who, ", ") + "."
	}
	a.bot.tellAdmins(ctx, text)
}

// endCards has the cards of an answered question say at once what has become of it. A failure stops
// nothing: finishCards follows.
func (a *attempt) endCards(ctx context.Context, q question) {
	if err := a.endEachCard(ctx, q); ignoreWait(err) != nil {
		zerolog.Ctx(ctx).Debug().Err(err).Msg("card of an approval does not say yet that it has ended")
	}
}

// tellApproval ends an answer with who has approved the request, in this attempt or an earlier one.
func (a *attempt) tellApproval(ctx context.Context, reply commands.Reply) (commands.Reply, error) {
	approved := a.lastDecision().Approval
	if approved == nil {
		return reply, nil
	}
	q, found, err := a.readQuestion(ctx, approved.N)
	if err == nil && found {
		reply = commands.AddApproval(reply, a.stateForRequester(q))
	}
	return reply, err
}
