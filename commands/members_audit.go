package commands

import (
	"context"
	"slices"
)

// addAudited is addPart, which has an audit line for each invitee once the part is over. A member
// whom it only made an owner has one where that failed.
func (a *memberAdder) addAudited(ctx context.Context, attempt Attempt, step string, invitees []invitee) ([]absentee, error) {
	absent, err := a.addPart(ctx, attempt, step, invitees)
	if err != nil {
		return nil, err
	}
	for _, who := range invitees {
		var cause Cause
		if i := slices.IndexFunc(absent, func(b absentee) bool { return b.ID == who.ID && b.Name == who.Name }); i >= 0 {
			cause = absent[i].Cause
		}
		if cause != "" || !who.IsMember {
			attempt.AuditMember(ctx, a.room.ID, who.ID, cause)
		}
	}
	return absent, nil
}
