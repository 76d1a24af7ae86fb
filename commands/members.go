package commands

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"roombot/symphony"
)

// Adds that Symphony does not answer are tried again while none of the part succeeds, and less
// often where others succeed: then it is that account, not Symphony.
const (
	maxTriesNobodyAdded = 5
	maxTriesSomeAdded   = 3
)

// memberAdder adds accounts to one room at the vendor's pace.
type memberAdder struct {
	env  *Env
	room storedRoom
	pace *rate.Limiter
	// members are those in the room, also by earlier attempts.
	members *knownMembers
	// answerDue is until when the answer waits for the adding. A part that is due before it is not
	// put off.
	answerDue time.Time
	// requesterTook is how long it took to add the requester; 0 if an earlier attempt did it.
	requesterTook time.Duration
}

func (env *Env) newMemberAdder(room storedRoom) *memberAdder {
	return &memberAdder{
		env: env, room: room, pace: rate.NewLimiter(rate.Limit(env.Limits.AddsPerSecond), addBurst), members: newKnownMembers(),
	}
}

// addRequester adds one account ahead of the others. Its result is stored, since it decides who the
// others are: the steps of their parts are numbered.
func (a *memberAdder) addRequester(ctx context.Context, attempt Attempt, who invitee) (absent []absentee, err error) {
	err = attempt.Do(ctx, stepRequester, &absent, func(ctx context.Context) (any, error) {
		begin := a.env.Clock.Now()
		defer func() { a.requesterTook = a.env.Clock.Now().Sub(begin) }()
		return a.addAudited(ctx, attempt, stepRequester, []invitee{who})
	})
	if err == nil {
		a.members.noteResults(a.env.withoutOutsiders(who), absent)
	}
	return absent, err
}

// addAll adds all invitees and returns the absentees in their order. An invitee who cannot be added
// does not stop the others. It returns a *WaitError after a part when the next one has to wait.
func (a *memberAdder) addAll(ctx context.Context, attempt Attempt, invitees []invitee) ([]absentee, error) {
	var all []absentee
	begun := false
	for first, part := range splitIntoParts(invitees) {
		if wait := a.waitBefore(first, part); begun && a.env.Clock.Now().Add(wait).After(a.answerDue) {
			return nil, &WaitError{After: wait, Why: "the next people are added then", Planned: true}
		}
		var absent []absentee
		step := stepMembers(first)
		err := attempt.Do(ctx, step, &absent, func(ctx context.Context) (any, error) {
			begun = true
			if err := a.intendPart(ctx, attempt, first, part); err != nil {
				return nil, err
			}
			return a.addAudited(ctx, attempt, step, part)
		})
		if err != nil {
			return nil, err
		}
		a.members.noteResults(a.env.withoutOutsiders(part...), absent)
		all = append(all, absent...)
	}
	return all, nil
}

// addPart adds a few invitees at once. It returns an error where another attempt may add who is
// left.
func (a *memberAdder) addPart(ctx context.Context, attempt Attempt, step string, invitees []invitee) ([]absentee, error) {
	causes, failures := a.addConcurrently(ctx, invitees)
	added, absent, failed := sortResults(invitees, causes, failures)
	if failed == nil {
		return absent, nil
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := a.storeInvitations(ctx, attempt, added); err != nil {
		return nil, err
	}
	tries := maxTriesNobodyAdded
	if slices.Contains(failures, nil) {
		tries = maxTriesSomeAdded
	}
	return absent, countFailedTry(ctx, attempt, step, tries, failed)
}

// sortResults tells who was added and who was not. It returns the last failure, if there is one.
func sortResults(invitees []invitee, causes []Cause, failures []error) (added []invitee, absent []absentee, failed error) {
	absent = []absentee{}
	for i, who := range invitees {
		switch {
		case failures[i] != nil:
			failed = failures[i]
			absent = append(absent, absentee{ID: who.ID, Name: who.Name, Cause: CauseNoAnswer})
		case causes[i] != "":
			absent = append(absent, absentee{ID: who.ID, Name: who.Name, Cause: causes[i]})
		default:
			added = append(added, who)
		}
	}
	return added, absent, failed
}

func (a *memberAdder) addConcurrently(ctx context.Context, invitees []invitee) ([]Cause, []error) {
	causes, failures := make([]Cause, len(invitees)), make([]error, len(invitees))
	var all sync.WaitGroup
	for i, who := range invitees {
		all.Go(func() {
			causes[i], failures[i] = a.ensureMember(ctx, who)
			if causes[i] != "" {
				a.members.noteRefused(who.ID, causes[i])
			}
		})
	}
	all.Wait()
	return causes, failures
}

// countFailedTry counts the failures of a step and returns the failure until there have been so
// many.
func countFailedTry(ctx context.Context, attempt Attempt, step string, tries int, failure error) error {
	step = stepFailedTries(step)
	_, before, err := attempt.Intentions(ctx, step)
	if err != nil || before+1 >= tries {
		return err
	}
	if err := attempt.Intend(ctx, step); err != nil {
		return err
	}
	return failure
}

// ensureMember makes one account a member, and an owner where that is wanted. It returns no cause
// when that worked, the cause when Symphony refused, and an error when trying again may help.
func (a *memberAdder) ensureMember(ctx context.Context, who invitee) (Cause, error) {
	if !who.IsMember && !a.members.hasByName(who) {
		if cause, err := a.addMember(ctx, who); cause != "" || err != nil {
			return cause, err
		}
		if !a.env.comesLater(who) {
			a.members.noteAdded(who)
		}
	}
	if !who.Owner || a.members.isOwner(who.ID) || a.env.comesLater(who) { // see awaitOutsiders
		return "", nil
	}
	return a.promoteMember(ctx, who)
}

func (a *memberAdder) addMember(ctx context.Context, who invitee) (Cause, error) {
	if who.ID == 0 { // the profile manager tells no account for this list
		return CauseGroup, nil
	}
	if err := a.pace.Wait(ctx); err != nil {
		return "", err
	}
	err := a.env.Symphony.AddMember(ctx, a.room.ID, who.ID)
	switch {
	case err == nil:
		return "", nil
	case symphony.VerdictOf(err) != symphony.Refused:
		return "", fmt.Errorf("add member: %w", err)
	}
	return a.env.diagnoseAdd(ctx, a.room, who, err), nil
}
