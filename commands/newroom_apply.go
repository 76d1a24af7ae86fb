package commands

import (
	"context"
	"slices"
	"sync"
	"time"
)

// Apply opens the room, adds everybody and replies with the outcome. The link is shown as soon as
// the requester is a member, while the others are being added.
func (p *roomPlan) Apply(ctx context.Context, attempt Attempt) (Reply, error) {
	room, fresh, err := p.createOnce(ctx, attempt)
	if err != nil {
		return Reply{}, err
	}
	adder := p.env.newMemberAdder(room)
	absent, err := p.addEverybody(ctx, attempt, adder, fresh)
	if err != nil {
		return Reply{}, err
	}
	late, err := adder.awaitOutsiders(ctx, attempt, p.outsiders(absent), func(notYet []absentee) {
		attempt.ShowFirst(ctx, p.finalReply(room, slices.Concat(absent, notYet)))
	})
	if err != nil {
		return Reply{}, err
	}
	return p.finalReply(room, slices.Concat(absent, late)), nil
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
	invitees := p.inviteesAfterRequester(len(absent) == 0)
	var progress sync.WaitGroup
	if !before {
		progress.Go(func() { p.showProgress(ctx, attempt, adder.room, absent, adder.countAbsent(invitees)) })
	}
	more, err := adder.addAll(ctx, attempt, invitees)
	progress.Wait()
	return append(absent, more...), err
}

// showProgress gives the link: with the whole reply where the rest takes a moment, else with how
// long it takes. Where it takes a moment and outsiders are among the people, awaitOutsiders gives
// it.
func (p *roomPlan) showProgress(ctx context.Context, attempt Attempt, room storedRoom, absent []absentee, adds int) {
	first := p.finalReply(room, absent)
	if left := p.env.Limits.estimateAdding(adds); left > time.Second {
		first = p.progressReply(room, adds, left)
	} else if len(p.outsiders(absent)) > 0 {
		return
	}
	attempt.ShowFirst(ctx, first)
}
