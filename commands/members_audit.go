package commands

import "context"

// addAudited is addPart, which tells the audit what became of each invitee once the part is over.
// An outsider whom Symphony has not refused is invited; whether they came in is told when it is
// known.
func (a *memberAdder) addAudited(ctx context.Context, attempt Attempt, step string, invitees []invitee) ([]absentee, error) {
	absent, err := a.addPart(ctx, attempt, step, invitees)
	if err != nil {
		return nil, err
	}
	var told []AuditedMember
	for _, who := range invitees {
		cause := who.cause(absent)
		if cause == "" && a.env.comesLater(who) {
			known, err := isInvitationStored(attempt, who)
			if err != nil {
				return nil, err
			}
			if known || who.IsMember {
				continue
			}
			cause = CauseInvited
		}
		told = append(told, auditedMember(who, cause))
	}
	attempt.AuditMembers(ctx, a.room.ID, step, told)
	return absent, nil
}

// auditOutsiders tells what became of outsiders who were waited for.
func (a *memberAdder) auditOutsiders(ctx context.Context, attempt Attempt, outsiders []invitee, absent []absentee) {
	var told []AuditedMember
	for _, who := range outsiders {
		told = append(told, auditedMember(who, who.cause(absent)))
	}
	attempt.AuditMembers(ctx, a.room.ID, stepOutside, told)
}

func auditedMember(who invitee, cause Cause) AuditedMember {
	return AuditedMember{ID: who.ID, Cause: cause, IsMember: who.IsMember, Owner: who.Owner && cause == ""}
}
