package commands

import (
	"context"
	"slices"
)

// Whoever is of another company and was asked to come into a room may do so after the request has
// ended. Who was asked follows from the results of the parts. A part without a result may have
// asked some of its people.

// invitations are the outsiders who may still come into the room of a request that has ended.
type invitations struct {
	invited []invitee // Symphony has answered the call that adds them
	perhaps []invitee // whether they were invited is not known
}

// listInvitations reads who was invited. Parts follow each other: none has begun after one that has
// no result.
func (p *roomPlan) listInvitations(ctx context.Context, attempt Attempt) (invitations, error) {
	var found invitations
	var absent []absentee
	done, err := found.readPart(p.env, attempt, stepRequester, []invitee{p.requester()}, &absent)
	if err != nil || !done {
		return found, err
	}
	for first, part := range splitIntoParts(p.inviteesAfterRequester(len(absent) == 0)) {
		step := stepMembers(first)
		begun, err := hasBegun(ctx, attempt, first)
		if err != nil || !begun {
			return found, err
		}
		absent = nil
		if done, err := found.readPart(p.env, attempt, step, part, &absent); err != nil || !done {
			return found, err
		}
	}
	return found, nil
}

// readPart adds those of a part who may come in. It reports whether the part has a result, which it
// reads into absent.
func (i *invitations) readPart(env *Env, attempt Attempt, step string, part []invitee, absent *[]absentee) (done bool, err error) {
	if done, err = attempt.Result(step, absent); err != nil {
		return false, err
	}
	for _, who := range part {
		if !env.comesLater(who) || who.IsMember {
			continue
		}
		told, err := isInvitationStored(attempt, who)
		if err != nil {
			return false, err
		}
		switch cause := who.cause(*absent); {
		case told, done && cause == "":
			i.invited = append(i.invited, who)
		case !done, cause == CauseNoAnswer:
			i.perhaps = append(i.perhaps, who)
		}
	}
	return done, nil
}

// hasBegun reports whether a part may have asked somebody to come in, once the one before it has a
// result. The first follows at once, later ones after a wait.
func hasBegun(ctx context.Context, attempt Attempt, first int) (bool, error) {
	if first == 0 {
		return true, nil
	}
	if done, err := attempt.Result(stepMembers(first), new([]absentee)); err != nil || done {
		return done, err
	}
	_, times, err := attempt.Intentions(ctx, stepMembers(first))
	return times > 0, err
}

// intendPart stores that a later part begins, where it has outsiders.
func (a *memberAdder) intendPart(ctx context.Context, attempt Attempt, first int, part []invitee) error {
	if first == 0 || !slices.ContainsFunc(part, a.env.comesLater) {
		return nil
	}
	if begun, err := hasBegun(ctx, attempt, first); err != nil || begun {
		return err
	}
	return attempt.Intend(ctx, stepMembers(first))
}

// storeInvitations stores which outsiders were invited by a part that has to be tried again.
func (a *memberAdder) storeInvitations(ctx context.Context, attempt Attempt, invited []invitee) error {
	for _, who := range invited {
		if !a.env.comesLater(who) || who.IsMember {
			continue
		}
		step := stepInvitation(who.ID)
		err := attempt.Do(ctx, step, new(bool), func(ctx context.Context) (any, error) {
			attempt.AuditMembers(ctx, a.room.ID, step, []AuditedMember{auditedMember(who, CauseInvited)})
			return true, nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func isInvitationStored(attempt Attempt, who invitee) (bool, error) {
	return attempt.Result(stepInvitation(who.ID), new(bool))
}

// auditEnd tells of the outsiders of a request that has ended before they were looked for to the
// end: who is in the room by now, and of whom it is not known whether they were invited.
func (a *memberAdder) auditEnd(ctx context.Context, attempt Attempt, of invitations) error {
	if told, err := attempt.Result(stepOutside, new([]absentee)); err != nil || told {
		return err
	}
	var told []AuditedMember
	for _, who := range slices.Concat(of.invited, of.perhaps) {
		switch {
		case a.members.has(who):
			told = append(told, AuditedMember{ID: who.ID, Owner: a.members.isOwner(who.ID)})
		case slices.Contains(of.perhaps, who):
			told = append(told, auditedMember(who, CauseEnded))
		}
	}
	attempt.AuditMembers(ctx, a.room.ID, StepEnd, told)
	return nil
}
