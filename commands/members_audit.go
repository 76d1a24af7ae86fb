package commands

import "context"

// addAudited is addPart, which has an audit line for each invitee once the part is over. A member
// whom it only made an owner has one where that failed; an outsider whom Symphony has not refused
// has one when it is known whether they came in.
func (a *memberAdder) addAudited(ctx context.Context, attempt Attempt, step string, invitees []invitee) ([]absentee, error) {
	absent, err := a.addPart(ctx, attempt, step, invitees)
	if err != nil {
		return nil, err
	}
	for _, who := range invitees {
		cause := who.cause(absent)
		if cause != "" || !who.IsMember && !a.env.comesLater(who) {
			attempt.AuditMember(ctx, a.room.ID, who.ID, cause)
		}
	}
	return absent, nil
}

// auditOutsiders writes what became of outsiders who were waited for.
func (a *memberAdder) auditOutsiders(ctx context.Context, attempt Attempt, outsiders []invitee, absent []absentee) {
	for _, who := range outsiders {
		attempt.AuditMember(ctx, a.room.ID, who.ID, who.cause(absent))
	}
}
