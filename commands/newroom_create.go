package commands

import (
	"context"
	"errors"
	"fmt"
	"time"

	"roombot/symphony"
)

// createOnce creates the room exactly once. Symphony has no idempotency key, so the intention is
// stored before each call. Where an earlier call may have created the room, it is searched by its
// request keyword first, and not before that call can no longer arrive and the search index has
// caught up. A room is fresh when this very call created it: it has no members yet.
func (p *roomPlan) createOnce(ctx context.Context, attempt Attempt) (room storedRoom, fresh bool, err error) {
	var result storedCreation
	err = attempt.Do(ctx, stepRoom, &result, func(ctx context.Context) (any, error) {
		created, first, err := p.findOrCreate(ctx, attempt)
		fresh = first
		if err == nil && created.Refused == nil {
			attempt.AuditRoom(ctx, created.Room.ID)
		}
		return created, err
	})
	if fresh && err == nil { // nothing waits for it but a search for the room, after a crash
		attempt.SaveSoon()
	}
	if err != nil {
		return storedRoom{}, false, err
	}
	if result.Refused != nil {
		return storedRoom{}, false, result.Refused
	}
	return result.Room, fresh, nil
}

// findOrCreate searches the room where an earlier call may have created it, and else creates it.
// fresh is true if the first call did. The policy is asked once more right before the intention:
// nothing waits between the two.
func (p *roomPlan) findOrCreate(ctx context.Context, attempt Attempt) (result *storedCreation, fresh bool, err error) {
	last, times, err := attempt.Intentions(ctx, stepRoom)
	if err != nil {
		return nil, false, err
	}
	if times > 0 || p.req.Missed {
		if found, err := p.searchEarlierRoom(ctx, last); err != nil || found != nil {
			return found, false, err
		}
	}
	if err := attempt.CheckPolicy(ctx, p.req); err != nil { // there is no room yet
		return nil, false, err
	}
	intend := attempt.Intend
	if times == 0 {
		intend = attempt.IntendRoom
	}
	if err := intend(ctx, stepRoom); err != nil {
		return nil, false, err
	}
	result, err = p.callCreate(ctx)
	switch verdict := symphony.VerdictOf(err); {
	case verdict == symphony.Refused:
		result, err = p.explainRefusal(ctx, attempt, err, times)
		return result, false, err
	case verdict.MayRepeat():
		err = errors.Join(err, attempt.Withdraw(ctx, stepRoom))
	}
	return result, times == 0, err
}

// callCreate makes one call. Waiting for Symphony's pace or for a new session counts as part of it:
// nothing is sent later than CallTimeout after the intention, or a later attempt would search too
// early.
func (p *roomPlan) callCreate(ctx context.Context) (*storedCreation, error) {
	bounded, cancel := context.WithTimeout(ctx, p.env.Limits.CallTimeout)
	defer cancel()
	attributes, err := p.proveRoom()
	if err != nil {
		return nil, err
	}
	room, err := p.env.Symphony.CreateRoom(bounded, attributes)
	if err != nil {
		return nil, fmt.Errorf("create room: %w", err)
	}
	return creationOf(room), nil
}

// explainRefusal decides about a room that Symphony refused; times is how many calls came before.
// After an earlier call any refusal, whatever its text, may be due to our own room, which has the
// name and is not searchable yet. It is searched a few times more before the refusal counts,
// however many calls came before: they may all have been made by processes that ended soon after.
func (p *roomPlan) explainRefusal(ctx context.Context, attempt Attempt, refused error, times int) (*storedCreation, error) {
	const maxWaits = 2
	if times == 0 && !p.req.Missed {
		return p.refuseCreation(ctx, refused), nil
	}
	if found, err := p.searchRoom(ctx); err != nil || found != nil {
		return found, err
	}
	_, waits, err := attempt.Intentions(ctx, stepFailedTries(stepRoom))
	switch {
	case err != nil:
		return nil, err
	case waits >= maxWaits:
		return p.refuseCreation(ctx, refused), nil
	}
	if err := attempt.Intend(ctx, stepFailedTries(stepRoom)); err != nil {
		return nil, err
	}
	return nil, &WaitError{After: p.env.Limits.Settle(), Why: "Symphony refuses the room, which may exist already"}
}

// searchEarlierRoom searches the room that an earlier, unanswered call may have created, once that
// call can no longer arrive.
func (p *roomPlan) searchEarlierRoom(ctx context.Context, last time.Time) (*storedCreation, error) {
	if wait := time.Until(last.Add(p.env.Limits.Settle())); wait > 0 {
		return nil, &WaitError{After: wait, Why: "an earlier call may still create the room"}
	}
	return p.searchRoom(ctx)
}

// searchRoom returns our own room for the request, the oldest of several, or nil. The proof can
// be copied only once our room exists, so a younger room is never ours.
func (p *roomPlan) searchRoom(ctx context.Context) (*storedCreation, error) {
	keys, err := p.env.acceptedProofKeys()
	if err != nil {
		return nil, err
	}
	var found *symphony.Room
	for room, err := range p.env.Symphony.SearchRooms(ctx, symphony.RoomQuery{
		Text:            string(p.req.ID),
		Labels:          []string{RequestKeyword}, // for pods that do not know SearchFields
		SearchFields:    []string{"keywords_value"},
		Member:          p.env.Self.ID,
		NonDiscoverable: true,
		Complete:        true, // a second room would follow from one that is overlooked
	}) {
		if err != nil {
			return nil, fmt.Errorf("search the room of the request: %w", err)
		}
		if p.isOwnRoom(room, keys) && (found == nil || room.CreatedAt.Before(found.CreatedAt)) {
			found = &room
		}
	}
	if found == nil {
		return nil, nil
	}
	return creationOf(*found), nil
}

func creationOf(room symphony.Room) *storedCreation {
	return &storedCreation{Room: storedRoom{ID: room.ID, Name: room.Attributes.Name, External: room.Attributes.CrossPod, Public: room.Attributes.Public}}
}
