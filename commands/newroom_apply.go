package commands

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"roombot/symphony"
)

// stepRoom is the creation: the step that must not happen twice.
const stepRoom = "room"

// roomRef is what later steps need to know of the room.
type roomRef struct {
	ID       symphony.StreamID `json:"id"`
	Name     string            `json:"name"`
	External bool              `json:"external"`
}

// created is the kept result of the creation: the room, or why Symphony
// certainly made none.
type created struct {
	Room    roomRef  `json:"room"`
	Refused *Refusal `json:"refused,omitempty"`
}

// Apply opens the room, lets everybody in and says what came of it. The link
// goes out as soon as the requester is in, while the others are let in.
func (p *roomPlan) Apply(ctx context.Context, w Attempt) (Reply, error) {
	room, fresh, err := p.create(ctx, w)
	if err != nil {
		return Reply{}, err
	}
	entry := p.desk.entry(room)
	if !fresh {
		if err := entry.look(ctx); err != nil {
			return Reply{}, err
		}
	}
	absent, err := entry.admitFirst(ctx, w, p.requester())
	if err != nil {
		return Reply{}, err
	}
	others := p.others(len(absent) == 0)
	var telling sync.WaitGroup
	telling.Go(func() { p.tell(ctx, w, room, absent, entry.outside(others)) })
	missing, err := entry.admitAll(ctx, w, others)
	telling.Wait()
	if err != nil {
		return Reply{}, err
	}
	return p.done(room, append(absent, missing...)), nil
}

// tell gives the link: with the whole answer where the rest is a matter of
// moments, else with how long it takes.
func (p *roomPlan) tell(ctx context.Context, w Attempt, room roomRef, absent []missing, adds int) {
	first := p.done(room, absent)
	if left := p.desk.Limits.estimate(adds); left > time.Second {
		first = p.inProgress(room, adds, left)
	}
	w.Say(ctx, first)
}

// Touched reports whether a request may have changed something.
func Touched(ctx context.Context, w Attempt) (bool, error) {
	_, times, err := w.Intended(ctx, stepRoom)
	return times > 0, err
}

// create makes the room exactly once. Symphony has no idempotency key, so the
// intention is committed before each call; where an earlier call may have
// taken effect, the room is looked for by its request keyword first, and not
// before that call can no longer arrive and the search index has caught up.
// A room is fresh when this very call made it: nobody else is in it yet.
func (p *roomPlan) create(ctx context.Context, w Attempt) (room roomRef, fresh bool, err error) {
	var result created
	err = w.Do(ctx, stepRoom, &result, func(ctx context.Context) (any, error) {
		last, times, err := w.Intended(ctx, stepRoom)
		if err != nil {
			return nil, err
		}
		if times > 0 || p.req.Missed {
			if found, err := p.recover(ctx, last); err != nil || found != nil {
				return found, err
			}
		}
		if err := w.Intend(ctx, stepRoom); err != nil {
			return nil, err
		}
		fresh = times == 0
		made, err := p.call(ctx, times)
		if symphony.VerdictOf(err).MayRepeat() {
			err = errors.Join(err, w.Withdraw(ctx, stepRoom))
		}
		return made, err
	})
	if err != nil {
		return roomRef{}, false, err
	}
	if result.Refused != nil {
		return roomRef{}, false, result.Refused
	}
	return result.Room, fresh, nil
}

// call tries once to make the room. Waiting for Symphony's pace or for a new
// session counts as part of the call: nothing is sent later than CallTimeout
// after the intention, or whoever looks for the room would look too early.
func (p *roomPlan) call(ctx context.Context, times int) (*created, error) {
	bounded, cancel := context.WithTimeout(ctx, p.desk.Limits.CallTimeout)
	defer cancel()
	room, err := p.desk.Symphony.CreateRoom(bounded, p.room)
	switch {
	case err == nil:
		return &created{Room: ref(room)}, nil
	case taken(err) && times > 0:
		return p.perhapsOurs(ctx, err, times)
	}
	return p.notMade(ctx, err)
}

// perhapsOurs answers for a name that is taken after an earlier call got no
// answer: the room that has the name may be our own and not searchable yet. It
// is looked for a few times more before somebody else is taken for its owner.
func (p *roomPlan) perhapsOurs(ctx context.Context, err error, times int) (*created, error) {
	const looks = 3
	found, searching := p.find(ctx)
	switch {
	case searching != nil || found != nil:
		return found, searching
	case times < looks:
		return nil, &WaitError{After: p.desk.Limits.Settle(), Why: "the room with this name may be our own"}
	}
	return p.notMade(ctx, err)
}

func (p *roomPlan) notMade(ctx context.Context, err error) (*created, error) {
	if refusal := p.refused(ctx, err); refusal != nil {
		return &created{Refused: refusal}, nil
	}
	return nil, fmt.Errorf("create room: %w", err)
}

// recover looks for a room that an earlier, unanswered call may have made.
func (p *roomPlan) recover(ctx context.Context, last time.Time) (*created, error) {
	if wait := time.Until(last.Add(p.desk.Limits.Settle())); wait > 0 {
		return nil, &WaitError{After: wait, Why: "an earlier call may still create the room"}
	}
	return p.find(ctx)
}

// find returns the room that carries the request's id, the oldest if there
// should be several, or nil.
func (p *roomPlan) find(ctx context.Context) (*created, error) {
	id := string(p.req.ID)
	var found *symphony.Room
	for room, err := range p.desk.Symphony.SearchRooms(ctx, symphony.RoomQuery{
		Text:            id,
		Labels:          []string{RequestKeyword}, // for pods that do not know SearchFields
		SearchFields:    []string{"keywords_value"},
		Member:          p.desk.Self.ID,
		NonDiscoverable: true,
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
	return &created{Room: ref(*found)}, nil
}

// refused is what the user reads when Symphony certainly made no room; nil
// where trying again may help.
func (p *roomPlan) refused(ctx context.Context, err error) *Refusal {
	switch {
	case symphony.VerdictOf(err) != symphony.Refused:
		return nil
	case taken(err):
		return p.nameTaken(ctx)
	case errors.Is(err, symphony.ErrBlocked):
		return &Refusal{
			Code:    "blocked",
			Message: "A compliance rule blocks this room's name or description." + nothing,
			Next:    "Choose other words, or ask Compliance which rule it is.",
		}
	case errors.Is(err, symphony.ErrBarrier):
		return &Refusal{
			Code:    "barrier",
			Message: "An information barrier forbids this room." + nothing,
			Next:    "Only Compliance can change that.",
		}
	case errors.Is(err, symphony.ErrForbidden):
		return &Refusal{
			Code:    "entitlement",
			Message: "Symphony does not let me open " + p.kind() + "." + nothing,
			Next:    "Your Symphony administrators can give my account the entitlement.",
		}
	}
	refusal := &Refusal{
		Code:    "room-refused",
		Message: "Symphony does not accept a room with this name and these options." + nothing,
		Next:    "Try a plainer name, or fewer options.",
	}
	if p.room.CrossPod && p.room.ViewHistory {
		refusal.Next = "Many pods allow no history: in rooms for other companies. Without it:"
		refusal.Offers = createOrEdit(Compose(p.req.Message, without(p.req.Invocation, "history")))
	}
	return refusal
}

func (p *roomPlan) kind() string {
	switch {
	case p.room.CrossPod:
		return "rooms for other companies"
	case p.room.Public:
		return "public rooms"
	}
	return "rooms"
}

// nameTaken offers another name. It does not say whether a room of that name
// exists: that may be nobody's business.
func (p *roomPlan) nameTaken(ctx context.Context) *Refusal {
	refusal := &Refusal{
		Code:    "name-taken",
		Message: "Symphony does not accept the name “" + p.room.Name + "”: another room may have it." + nothing,
		Next:    "Please send the command again with another name.",
	}
	if other := p.freeName(ctx); other != "" {
		renamed := p.req.Invocation
		renamed.Name = other
		refusal.Next = "This name looks free:"
		refusal.Offers = createOrEdit(Compose(p.req.Message, renamed))
	}
	return refusal
}

// freeName tries "Name 2", "Name 3", … against the rooms that the bot can see.
func (p *roomPlan) freeName(ctx context.Context) string {
	known := map[string]bool{}
	for room, err := range p.desk.Symphony.SearchRooms(ctx, symphony.RoomQuery{Text: p.room.Name, NonDiscoverable: true}) {
		if err != nil || len(known) == 200 {
			break
		}
		known[plainName(room.Attributes.Name)] = true
	}
	base := []rune(p.room.Name)
	base = base[:min(len(base), 46)] // leaves room for the number within Symphony's 49
	for n := 2; n < 100; n++ {
		if name := fmt.Sprintf("%s %d", strings.TrimSpace(string(base)), n); !known[plainName(name)] {
			return name
		}
	}
	return ""
}

// plainName is a room name as Symphony compares it: without case and blanks.
func plainName(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), "")) }

// taken reports whether the creation failed for the name. The substring is the
// one documented sign.
func taken(err error) bool {
	refused, ok := errors.AsType[*symphony.Error](err)
	return ok && errors.Is(err, symphony.ErrBadRequest) &&
		strings.Contains(strings.ToLower(refused.Message), "choose another name")
}

func ref(room symphony.Room) roomRef {
	return roomRef{ID: room.ID, Name: room.Attributes.Name, External: room.Attributes.CrossPod}
}
