package commands

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"roombot/commands/syntax"
	"roombot/symphony"
)

// The button Undo of an answer renames the room that it tells of, so that its name is free again,
// and closes it, while nobody but the requester has written in it. The button is in the bot's own
// message, for the requester alone; that the room is the bot's shows in Symphony and in its proof.
// The writes may be repeated, but the owner may have changed the room in between: each is made only
// where a look shows that it is missing.

// UndoClick is a click on Undo.
type UndoClick struct {
	By symphony.UserID
	// At is when it was made, and Shown when the answer with the button was; both by Symphony's
	// clock.
	At, Shown time.Time
}

// undoOffer is the button for the room of a request. A room without a proof has none.
func (r *Request) undoOffer(room storedRoom, name string) *Undo {
	if r.BeforeProofs {
		return nil
	}
	return &Undo{Job: r.Job, Room: room.ID, Name: name, Chat: r.Chat.Stream}
}

// ClickedUndo is the room whose Undo was clicked, read from the stamp of the message.
func ClickedUndo(data string) (Undo, error) {
	e, ok := readStamp(data)
	if !ok || e.Undo == nil {
		return Undo{}, Expired()
	}
	return *e.Undo, nil
}

// checkUndo refuses what may not be undone. It changes nothing.
func (env *Env) checkUndo(ctx context.Context, u Undo, click UndoClick) error {
	if click.At.Sub(click.Shown) > env.Limits.UndoTime {
		return undoTooLate(env.Limits.UndoTime)
	}
	room, err := env.readUndoneRoom(ctx, u)
	switch {
	case err != nil:
		return err
	case u.isNewName(room.Attributes.Name) && !room.Active: // an earlier attempt did it, and the answer does not say so yet
		return nil
	case !room.Active:
		return undoOfClosedRoom()
	}
	written, err := env.hasForeignMessage(ctx, room, click.By)
	switch {
	case err != nil:
		return err
	case written:
		return undoOfUsedRoom()
	}
	return nil
}

// readUndoneRoom reads the room as it is now. One that the bot does not see any more, or has not
// opened for the job, is a refusal.
func (env *Env) readUndoneRoom(ctx context.Context, u Undo) (symphony.Room, error) {
	room, err := env.Symphony.Room(ctx, u.Room)
	switch {
	case symphony.VerdictOf(err) == symphony.Refused:
		return symphony.Room{}, undoRefused("I cannot see the room any more")
	case err != nil:
		return symphony.Room{}, fmt.Errorf("look at the room: %w", err)
	}
	keys, err := env.acceptedProofKeys()
	if err != nil {
		return symphony.Room{}, err
	}
	if room.CreatedBy != env.Self.ID || !hasProof(room, u.Job, keys) {
		return symphony.Room{}, undoRefused("I cannot tell any more that I have opened this room")
	}
	return room, nil
}

// hasForeignMessage reports whether somebody besides the requester and the bot has written in a
// room. A message whose sender cannot be read is somebody's.
func (env *Env) hasForeignMessage(ctx context.Context, room symphony.Room, requester symphony.UserID) (bool, error) {
	for m, err := range env.Symphony.MessagesSince(ctx, room.ID, room.CreatedAt.Add(-clockTolerance)) {
		switch {
		case symphony.VerdictOf(err) == symphony.Refused:
			return false, undoRefused("Symphony does not show me whether somebody has written in the room")
		case err != nil:
			return false, fmt.Errorf("look for messages of others: %w", err)
		case m.From.ID != env.Self.ID && m.From.ID != requester:
			return true, nil
		}
	}
	return false, nil
}

// newNames are the names for the room of an undone request, the best first: they follow from the
// request, so that each attempt finds what an earlier one did. The second is for a room that has
// the first by chance.
func (u Undo) newNames() []string {
	number := string(NewRequestID(u.Job))
	short, _, _ := strings.Cut(number, "-")
	names := make([]string, 0, 2)
	for _, number := range []string{short, number} {
		mark := " (undone " + number + ")"
		base := []rune(u.Name)
		base = base[:min(len(base), syntax.MaxName-len(mark))]
		names = append(names, strings.TrimSpace(string(base))+mark)
	}
	return names
}

func (u Undo) isNewName(name string) bool { return slices.Contains(u.newNames(), name) }

// Undo renames and closes the room, and replies with what has become of it. Where Symphony
// does not let the bot rename the room, it is left as it is: a closed room keeps its name from
// others. A refusal has a button that opens the room.
func (env *Env) Undo(ctx context.Context, attempt Attempt, u Undo, click UndoClick) (Reply, error) {
	reply, err := env.undo(ctx, attempt, u, click)
	if refusal, ok := errors.AsType[*Refusal](err); ok {
		refusal.Room = u.Room
	}
	return reply, err
}

func (env *Env) undo(ctx context.Context, attempt Attempt, u Undo, click UndoClick) (Reply, error) {
	begun, err := MayHaveUndone(ctx, attempt)
	if err != nil {
		return Reply{}, err
	}
	if !begun {
		if err := env.checkUndo(ctx, u, click); err != nil {
			return Reply{}, err
		}
	}
	var renamed storedRename
	err = attempt.Do(ctx, stepRename, &renamed, func(ctx context.Context) (any, error) { return env.renameUndone(ctx, attempt, u) })
	if err != nil {
		return Reply{}, err
	}
	if renamed.Name == "" {
		return Reply{}, undoRefused("Symphony does not let me rename the room")
	}
	var closed storedClosing
	err = attempt.Do(ctx, stepClose, &closed, func(ctx context.Context) (any, error) { return env.closeUndone(ctx, attempt, u, click) })
	if err != nil {
		return Reply{}, err
	}
	return undoneReply(u, renamed.Name, closed), nil
}

// renameUndone gives the room its new name. The result has no name where Symphony refuses it.
func (env *Env) renameUndone(ctx context.Context, attempt Attempt, u Undo) (storedRename, error) {
	name, err := env.findNewName(ctx, u)
	if name != "" || err != nil {
		return storedRename{Name: name}, err
	}
	_, times, err := attempt.Intentions(ctx, stepRename)
	if err != nil {
		return storedRename{}, err
	}
	intend := attempt.Intend
	if times == 0 {
		intend = attempt.IntendFirst
	}
	if err := intend(ctx, stepRename); err != nil {
		return storedRename{}, err
	}
	for _, name := range u.newNames() {
		_, err := env.Symphony.UpdateRoom(ctx, u.Room, symphony.RoomUpdate{Name: new(name)})
		switch {
		case err == nil:
			attempt.AuditRename(ctx, u.Room)
			return storedRename{Name: name}, nil
		case symphony.VerdictOf(err) != symphony.Refused:
			return storedRename{}, fmt.Errorf("rename the room: %w", err)
		case !errors.Is(err, symphony.ErrBadRequest): // another name does not help
			return storedRename{}, nil
		}
	}
	name, err = env.findNewName(ctx, u) // a try that got no answer may have done it
	return storedRename{Name: name}, err
}

// findNewName is the room's name if it is one of the new ones, and empty for any other.
func (env *Env) findNewName(ctx context.Context, u Undo) (string, error) {
	room, err := env.readUndoneRoom(ctx, u)
	if err != nil || !u.isNewName(room.Attributes.Name) {
		return "", err
	}
	return room.Attributes.Name, nil
}

// closeUndone closes the room, unless somebody has written in it since it was renamed.
func (env *Env) closeUndone(ctx context.Context, attempt Attempt, u Undo, click UndoClick) (storedClosing, error) {
	room, err := env.readUndoneRoom(ctx, u)
	switch {
	case IsRefusal(err):
		return storedClosing{Refused: true}, nil
	case err != nil || !room.Active:
		return storedClosing{}, err
	}
	written, err := env.hasForeignMessage(ctx, room, click.By)
	switch {
	case IsRefusal(err):
		return storedClosing{Refused: true}, nil
	case err != nil || written:
		return storedClosing{Written: written}, err
	}
	if err := attempt.Intend(ctx, stepClose); err != nil {
		return storedClosing{}, err
	}
	err = env.Symphony.SetRoomActive(ctx, u.Room, false)
	switch {
	case symphony.VerdictOf(err) == symphony.Refused:
		return storedClosing{Refused: true}, nil
	case err != nil:
		return storedClosing{}, fmt.Errorf("close the room: %w", err)
	}
	attempt.AuditClose(ctx, u.Room)
	return storedClosing{}, nil
}

// IsRefusal reports whether an error is for the user.
func IsRefusal(err error) bool {
	_, refused := errors.AsType[*Refusal](err)
	return refused
}

// MayHaveUndone reports whether a click on Undo may have changed the room.
func MayHaveUndone(ctx context.Context, attempt Attempt) (bool, error) {
	_, times, err := attempt.Intentions(ctx, stepRename)
	return times > 0, err
}
