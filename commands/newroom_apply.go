package commands

import "context"

// Apply opens the room, adds everybody and replies with the outcome.
func (p *roomPlan) Apply(ctx context.Context, attempt Attempt) (Reply, error) {
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
	more, err := p.addOthers(ctx, attempt, adder, p.inviteesAfterRequester(len(absent) == 0))
	if err != nil {
		return Reply{}, err
	}
	absent = adder.members.correctAbsentees(p.allInvitees(), append(absent, more...))
	return p.finalReply(room, absent, adder.members), nil
}
