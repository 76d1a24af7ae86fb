package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"roombot/bot/approval"
	"roombot/bot/engine"
	"roombot/commands"
	"roombot/symphony"
)

// Open are the requests that somebody may approve now, and those of their own that wait.
func (g governance) Open(ctx context.Context, who symphony.UserID) (forThem, own []commands.OpenApproval, err error) {
	questions, err := g.bot.engine.OpenQuestions(ctx)
	if err != nil {
		return nil, nil, err
	}
	for _, q := range questions {
		var asked approval.Asked
		if err := json.Unmarshal(q.Text, &asked); err != nil {
			return nil, nil, fmt.Errorf("read what was asked: %w", err)
		}
		isOwn := asked.Requester == int64(who)
		if !isOwn {
			if may, err := g.mayApprove(ctx, asked, who); err != nil {
				return nil, nil, err
			} else if !may {
				continue
			}
		}
		var plan shownPlan
		if isOpen, err := g.bot.engine.ResultOf(ctx, q.Job, stepShownPlan(q.N), &plan); err != nil {
			return nil, nil, err
		} else if !isOpen { // it has ended since
			continue
		}
		open := commands.OpenApproval{
			Request: commands.NewRequestID(q.Job), Name: plan.Name, Rule: asked.Rule, Until: q.Until, InRoom: asked.Room != "",
		}
		if isOwn {
			if open.Asked, err = g.whoWasAsked(ctx, asked); err != nil {
				return nil, nil, err
			}
			own = append(own, open)
			continue
		}
		open.From = g.bot.nameOf(ctx, symphony.UserID(asked.Requester))
		forThem = append(forThem, open)
	}
	return forThem, own, nil
}

// whoWasAsked are the names of those who have a card of a request and may decide, where a room
// was asked of those who may decide now. People of other companies read of nobody.
func (g governance) whoWasAsked(ctx context.Context, asked approval.Asked) (names []string, err error) {
	requester := symphony.UserID(asked.Requester)
	if g.bot.env.IsExternal(requester) {
		return nil, nil
	}
	ids := asked.WithCard()
	if asked.Room != "" {
		found, err := g.bot.findApprovers(ctx, g.bot.rules.now(), asked.Rule, false)
		if err != nil {
			return nil, err
		}
		ids = found.mayDecide(requester)
	}
	for _, id := range ids {
		names = append(names, g.bot.nameOf(ctx, symphony.UserID(id)))
	}
	return names, nil
}

// mayApprove reports whether somebody was asked, and is an approver of the rule as far as is known
// now. A click is judged anew.
func (g governance) mayApprove(ctx context.Context, asked approval.Asked, who symphony.UserID) (bool, error) {
	if g.bot.env.IsExternal(who) || asked.Room == "" && !slices.Contains(asked.Approvers, int64(who)) {
		return false, nil
	}
	rules := g.bot.rules.now()
	approvers, found := rules.ApproversOf(asked.Rule)
	if !found {
		return false, nil
	}
	subject, err := g.bot.policySubject(ctx, who, approvers.Groups, true)
	return err == nil && rules.IsApprover(asked.Rule, subject), err
}

// OpenAccess are the requests for access about which somebody has a card and may decide now, as far
// as is known, and those of their own that wait.
func (g governance) OpenAccess(ctx context.Context, who symphony.UserID) (forThem, own []commands.OpenAccess, err error) {
	permits, err := g.bot.engine.Permits(ctx)
	if err != nil {
		return nil, nil, err
	}
	var waiting []engine.Permit
	for _, p := range permits {
		switch {
		case p.State != engine.PermitAsked:
		case p.Owner == ownerOf(who):
			open, err := g.describeAccess(p)
			if err != nil {
				return nil, nil, err
			}
			own = append(own, open)
		case hasCard(p, who):
			waiting = append(waiting, p)
		}
	}
	if len(waiting) == 0 {
		return nil, own, nil
	}
	if is, err := g.bot.isAdmin(ctx, who); err != nil || !is {
		return nil, own, err
	}
	for _, p := range waiting {
		open, err := g.describeAccess(p)
		if err != nil {
			return nil, nil, err
		}
		open.From = g.bot.nameOfOwner(ctx, p.Owner)
		forThem = append(forThem, open)
	}
	return forThem, own, nil
}

func (g governance) describeAccess(p engine.Permit) (commands.OpenAccess, error) {
	_, text, err := readGrant(p)
	return commands.OpenAccess{N: p.N, Terms: termsOf(text), Since: p.Asked}, err
}

// hasCard reports whether somebody has a card about a request for access.
func hasCard(p engine.Permit, who symphony.UserID) bool {
	var cards []shownCard
	err := json.Unmarshal(p.Cards, &cards) // cards that cannot be read are nobody's
	return err == nil && slices.ContainsFunc(cards, func(c shownCard) bool { return c.Who == who && c.Message != "" })
}
