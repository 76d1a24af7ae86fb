package commands

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"roombot/symphony"
)

// Symphony may let people of other companies into a room later than it answers the call that adds
// them, with the same status and an undocumented text. So they count as in the room when the
// membership list says so. The list is read for all of them at once, right after everybody was
// added and again after each of outsideLooks. Between two looks the job waits, and the chat goes
// on.

// outsideLooks are the times of the looks, counted from when everybody was added.
var outsideLooks = []time.Duration{
	time.Second, 3 * time.Second, 10 * time.Second, 30 * time.Second,
	time.Minute, 2 * time.Minute, 3 * time.Minute, 4 * time.Minute, 5 * time.Minute,
	6 * time.Minute, 7 * time.Minute, 8 * time.Minute, 9 * time.Minute, 10 * time.Minute,
}

// outsideSlack is how much too early a look may be: the queue knows milliseconds.
const outsideSlack = 100 * time.Millisecond

// nextOutsideLook is how long after a look the next one is due; there is none after the last.
func nextOutsideLook(sinceAdded time.Duration) (wait time.Duration, more bool) {
	for _, look := range outsideLooks {
		if look > sinceAdded+outsideSlack {
			return look - sinceAdded, true
		}
	}
	return 0, false
}

// comesLater reports whether an invitee may come into the room later than Symphony answers.
func (env *Env) comesLater(who invitee) bool { return !who.Group && env.IsExternal(who.ID) }

// withoutOutsiders leaves out those who may come later.
func (env *Env) withoutOutsiders(invitees ...invitee) []invitee {
	return slices.DeleteFunc(slices.Clone(invitees), env.comesLater)
}

// outsiders are the people of other companies who were added, the requester among them.
func (p *roomPlan) outsiders(absent []absentee) []invitee {
	return slices.DeleteFunc(p.allInvitees(), func(who invitee) bool {
		return !p.env.comesLater(who) || slices.ContainsFunc(absent, func(a absentee) bool { return a.ID == who.ID })
	})
}

// hasAddedAll reports whether everybody was added and the job only waits for outsiders.
func hasAddedAll(ctx context.Context, attempt Attempt) (bool, error) {
	_, times, err := attempt.Intentions(ctx, stepOutside)
	return times > 0, err
}

// awaitOutsiders returns who of the outsiders is not in the room, or not an owner as wanted, once
// that is final. Until then it shows who is not in yet and returns a *WaitError.
func (a *memberAdder) awaitOutsiders(ctx context.Context, attempt Attempt, outsiders []invitee, show func([]absentee)) ([]absentee, error) {
	if len(outsiders) == 0 {
		return nil, nil
	}
	var absent []absentee
	err := attempt.Do(ctx, stepOutside, &absent, func(ctx context.Context) (any, error) {
		added, again, err := timeOfAdding(ctx, attempt)
		if err != nil {
			return nil, err
		}
		look, err := a.lookForOutsiders(ctx, attempt, outsiders, again)
		if err != nil {
			return nil, err
		}
		absent, err := a.judgeLook(look, time.Since(added), show)
		if err == nil {
			a.auditOutsiders(ctx, attempt, outsiders, absent)
		}
		return absent, err
	})
	if err == nil {
		a.members.noteResults(outsiders, absent)
	}
	return absent, err
}

// timeOfAdding is when everybody was added, stored at the first look; again is true at later ones.
func timeOfAdding(ctx context.Context, attempt Attempt) (added time.Time, again bool, err error) {
	added, times, err := attempt.Intentions(ctx, stepOutside)
	if err != nil || times > 0 {
		return added, true, err
	}
	return time.Now(), false, attempt.Intend(ctx, stepOutside)
}

// outsideLook is what one look found.
type outsideLook struct {
	outsiders []invitee  // who was looked for
	missing   []invitee  // who is not in the room
	refused   []absentee // who is in the room and could not be made an owner
	shutOut   bool       // the bot may not see the membership list any more
	failure   error      // why something is not known; another look may tell
}

// lookForOutsiders reads the membership list once, and makes owners of those who are in.
// At a later look nobody was added in this attempt, so that the list tells of all others as well.
func (a *memberAdder) lookForOutsiders(ctx context.Context, attempt Attempt, outsiders []invitee, again bool) (outsideLook, error) {
	members, seen, failure := a.listMembers(ctx)
	look := outsideLook{outsiders: outsiders, failure: failure, shutOut: failure == nil && !seen}
	switch {
	case seen && again:
		a.members.noteLaterList(members)
	case seen:
		a.members.noteList(members)
	}
	for _, who := range outsiders {
		switch {
		case !a.members.has(who):
			look.missing = append(look.missing, who)
		case who.Owner && !a.members.isOwner(who.ID):
			cause, failure, err := a.promoteOnce(ctx, attempt, who)
			if err != nil {
				return outsideLook{}, err
			}
			look.failure = cmp.Or(look.failure, failure)
			if cause != "" {
				look.refused = append(look.refused, absentee{ID: who.ID, Name: who.Name, Cause: cause})
			}
		}
	}
	return look, ctx.Err()
}

// promoteOnce makes an outsider an owner, and stores the cause of a refusal, so that no later look
// asks again. The failure is one of Symphony's: a later look may succeed.
func (a *memberAdder) promoteOnce(ctx context.Context, attempt Attempt, who invitee) (cause Cause, failure, err error) {
	err = attempt.Do(ctx, stepPromotion(who.ID), &cause, func(ctx context.Context) (any, error) {
		var refusal Cause
		refusal, failure = a.promoteMember(ctx, who)
		return refusal, failure
	})
	if failure != nil {
		return "", failure, nil
	}
	return cause, nil, err
}

// judgeLook decides whether a look was the last. It returns a *WaitError where it was not.
func (a *memberAdder) judgeLook(look outsideLook, sinceAdded time.Duration, show func([]absentee)) ([]absentee, error) {
	wait, more := nextOutsideLook(sinceAdded)
	cause := CauseNotJoined
	switch {
	case len(look.missing) == 0 && look.failure != nil:
		return nil, look.failure // the engine tries again
	case len(look.missing) == 0:
	case look.shutOut:
		cause = CauseUnseen
	case more:
		cause = CauseInvited
	case look.failure != nil:
		return nil, look.failure
	}
	absent := slices.Concat([]absentee{}, look.refused)
	for _, who := range look.missing {
		absent = append(absent, absentee{ID: who.ID, Name: who.Name, Cause: cause})
	}
	if cause == CauseInvited {
		if len(look.missing) == len(look.outsiders) || look.failure == nil { // who owns the room is known
			show(absent)
		}
		return nil, &WaitError{After: wait, Why: "people of other companies are looked for then", Planned: true, FreesChat: true}
	}
	return absent, nil
}

// promoteMember makes a member an owner. It returns no cause when that worked.
func (a *memberAdder) promoteMember(ctx context.Context, who invitee) (Cause, error) {
	err := a.env.Symphony.PromoteOwner(ctx, a.room.ID, who.ID)
	switch {
	case symphony.VerdictOf(err) == symphony.Refused:
		return a.diagnosePromotion(ctx, who, err), nil
	case err != nil:
		return "", fmt.Errorf("promote owner: %w", err)
	}
	a.members.notePromoted(who.ID)
	return "", nil
}

// diagnosePromotion finds out why Symphony refused to make somebody an owner. An owner of a public
// room needs an entitlement of their own, which Symphony shows to nobody: it is the cause where the
// bot is an owner and they are a member.
func (a *memberAdder) diagnosePromotion(ctx context.Context, who invitee, refused error) Cause {
	if !a.room.Public || !errors.Is(refused, symphony.ErrForbidden) {
		return CauseNotOwner
	}
	members, err := a.env.Symphony.Members(ctx, a.room.ID)
	if err != nil || !isOwner(members, a.env.Self.ID) || !isMember(members, who.ID) {
		return CauseNotOwner
	}
	return CauseOwnerEntitlement
}
