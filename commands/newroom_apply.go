package commands

import (
	"context"
	"slices"
)

// Apply opens the room, adds everybody and replies with the outcome.
func (p *roomPlan) Apply(ctx context.Context, attempt Attempt) (Reply, error) {
	defer p.beginMentionLookup(ctx)()
	room, fresh, err := p.createOnce(ctx, attempt)
	if err != nil {
		return Reply{}, err
	}
	adder := p.env.newMemberAdder(room)
	absent, err := p.addEverybody(ctx, attempt, adder, fresh)
	if err != nil {
		return Reply{}, err
	}
	answer := func(late []absentee) Reply {
		now := adder.members.correctAbsentees(p.allInvitees(), slices.Concat(absent, late))
		return p.finalReply(room, now, adder.members)
	}
	late, err := adder.awaitOutsiders(ctx, attempt, p.outsiders(absent), func(notYet []absentee) {
		attempt.ShowFirst(ctx, answer(notYet))
	})
	if err != nil {
		return Reply{}, err
	}
	return answer(late), nil
}

// addEverybody returns the absentees. A job that has added everybody before returns them at once.
func (p *roomPlan) addEverybody(ctx context.Context, attempt Attempt, adder *memberAdder, fresh bool) ([]absentee, error) {
	before, err := hasAddedAll(ctx, attempt)
	if err != nil {
		return nil, err
	}
	if !fresh && !before {
		if err := adder.loadPresent(ctx); err != nil {
			return nil, err
		}
	}
	absent, err := adder.addRequester(ctx, attempt, p.requester())
	if err != nil {
		return nil, err
	}
	add := p.addOthers
	if before {
		add = func(ctx context.Context, attempt Attempt, adder *memberAdder, others []invitee) ([]absentee, error) {
			return adder.addAll(ctx, attempt, others)
		}
	}
	more, err := add(ctx, attempt, adder, p.inviteesAfterRequester(len(absent) == 0))
	return append(absent, more...), err
}
