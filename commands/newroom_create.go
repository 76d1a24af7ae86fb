package commands

import (
	"context"
	"errors"
	"fmt"
	"slices"
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
		return created, err
	})
	if err != nil {
		return storedRoom{}, false, err
	}
	if result.Refused != nil {
		return storedRoom{}, false, result.Refused
	}
	return result.Room, fresh, nil
}

// findOrCreate searches the room where an earlier call may have created it, and else creates it.
// first is true if this was the first call. The policy is asked once more right before the first
// intention: nothing waits between the two.
func (p *roomPlan) findOrCreate(ctx context.Context, attempt Attempt) (room *storedCreation, first bool, err error) {
	last, times, err := attempt.Intended(ctx, stepRoom)
	if err != nil {
		return nil, false, err
	}
	if times > 0 || p.req.Missed {
		if found, err := p.searchEarlierRoom(ctx, last); err != nil || found != nil {
			return found, false, err
		}
	}
	if times == 0 { // nothing may have been written: now it is decided for good
		if err := attempt.CheckPolicy(ctx, p.req); err != nil {
			return nil, false, err
		}
	}
	if err := attempt.Intend(ctx, stepRoom); err != nil {
		return nil, false, err
	}
	room, err = p.callCreate(ctx, times)
	if symphony.VerdictOf(err).MayRepeat() {
		err = errors.Join(err, attempt.Withdraw(ctx, stepRoom))
	}
	return room, times == 0, err
}

// callCreate makes one call. Waiting for Symphony's pace or for a new session counts as part of it:
// nothing is sent later than CallTimeout after the intention, or a later attempt would search too
// early.
func (p *roomPlan) callCreate(ctx context.Context, times int) (*storedCreation, error) {
	bounded, cancel := context.WithTimeout(ctx, p.env.Limits.CallTimeout)
	defer cancel()
	room, err := p.env.Symphony.CreateRoom(bounded, p.room)
	switch {
	case err == nil:
		return &storedCreation{Room: storedRoomOf(room)}, nil
	case isNameTaken(err) && times > 0:
		return p.searchTakenName(ctx, err, times)
	}
	return p.creationFailed(ctx, err)
}

// searchTakenName decides about a name that is taken after an earlier call got no answer: the room
// of that name may be our own and not searchable yet. It is searched a few times more before the
// name counts as taken by somebody else.
func (p *roomPlan) searchTakenName(ctx context.Context, err error, times int) (*storedCreation, error) {
	const maxSearches = 3
	found, searching := p.searchRoom(ctx)
	switch {
	case searching != nil || found != nil:
		return found, searching
	case times < maxSearches:
		return nil, &WaitError{After: p.env.Limits.Settle(), Why: "the room with this name may be our own"}
	}
	return p.creationFailed(ctx, err)
}

func (p *roomPlan) creationFailed(ctx context.Context, err error) (*storedCreation, error) {
	if refusal := p.creationRefusal(ctx, err); refusal != nil {
		return &storedCreation{Refused: refusal}, nil
	}
	return nil, fmt.Errorf("create room: %w", err)
}

// searchEarlierRoom searches the room that an earlier, unanswered call may have created, once that
// call can no longer arrive.
func (p *roomPlan) searchEarlierRoom(ctx context.Context, last time.Time) (*storedCreation, error) {
	if wait := time.Until(last.Add(p.env.Limits.Settle())); wait > 0 {
		return nil, &WaitError{After: wait, Why: "an earlier call may still create the room"}
	}
	return p.searchRoom(ctx)
}

// searchRoom returns the room that carries the request's id, the oldest of several, or nil.
func (p *roomPlan) searchRoom(ctx context.Context) (*storedCreation, error) {
	id := string(p.req.ID)
	var found *symphony.Room
	for room, err := range p.env.Symphony.SearchRooms(ctx, symphony.RoomQuery{
		Text:            id,
		Labels:          []string{RequestKeyword}, // for pods that do not know SearchFields
		SearchFields:    []string{"keywords_value"},
		Member:          p.env.Self.ID,
		NonDiscoverable: true,
		Complete:        true, // a second room would follow from one that is overlooked
	}) {
		if err != nil {
			return nil, fmt.Errorf("search the room of the request: %w", err)
		}
		own := slices.Contains(room.Attributes.Keywords, symphony.Keyword{Key: RequestKeyword, Value: id})
		if own && (found == nil || room.CreatedAt.Before(found.CreatedAt)) {
			found = &room
		}
	}
	if found == nil {
		return nil, nil
	}
	return &storedCreation{Room: storedRoomOf(*found)}, nil
}

func storedRoomOf(room symphony.Room) storedRoom {
	return storedRoom{ID: room.ID, Name: room.Attributes.Name, External: room.Attributes.CrossPod}
}
