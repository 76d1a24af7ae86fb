package commands

import (
	"context"
	"sync"
	"time"
)

// Apply opens the room, adds everybody and replies with the outcome. The link is shown as soon as
// the requester is a member, while the others are being added.
func (p *roomPlan) Apply(ctx context.Context, attempt Attempt) (Reply, error) {
	defer p.beginMentionLookup(ctx)()
	room, fresh, err := p.createOnce(ctx, attempt)
	if err != nil {
		return Reply{}, err
	}
	adder := p.env.newMemberAdder(room)
	if !fresh {
		if err := adder.loadPresent(ctx); err != nil {
			return Reply{}, err
		}
	}
	absent, err := adder.addRequester(ctx, attempt, p.requester())
	if err != nil {
		return Reply{}, err
	}
	invitees := p.inviteesAfterRequester(len(absent) == 0)
	var progress sync.WaitGroup
	progress.Go(func() { p.showProgress(ctx, attempt, room, absent, adder.countAbsent(invitees)) })
	more, err := adder.addAll(ctx, attempt, invitees)
	progress.Wait()
	if err != nil {
		return Reply{}, err
	}
	return p.finalReply(room, append(absent, more...)), nil
}

// showProgress gives the link: with the whole reply where the rest takes a moment, else with how
// long it takes.
func (p *roomPlan) showProgress(ctx context.Context, attempt Attempt, room storedRoom, absent []absentee, adds int) {
	first := p.finalReply(room, absent)
	if left := p.env.Limits.estimateAdding(adds); left > time.Second {
		first = p.progressReply(room, adds, left)
	}
	attempt.ShowFirst(ctx, first)
}
