package bot

import (
	"context"
	"errors"
	"time"

	"roombot/bot/engine"
	"roombot/commands"
)

// IntendRoom is the first intention of a room. In its transaction the room is counted as one of the
// requester's, over all replicas; a request that waits or is tried again counts once.
func (a *attempt) IntendRoom(ctx context.Context, step string) error {
	limit := a.bot.env.Limits.RoomsPerHour
	if limit <= 0 {
		return a.IntendFirst(ctx, step)
	}
	a.Kind = a.pausedKind()
	err := a.IntendWithin(ctx, step, engine.Quota{Key: roomsQuota(a.request.From.ID), Limit: limit, Span: time.Hour})
	if used, ok := errors.AsType[*engine.QuotaError](err); ok {
		return commands.TooManyRooms(limit, used.Next, a.said)
	}
	return a.holdIfPaused(ctx, err)
}

// releaseRoomCount ends that the request counts: it surely has opened no room.
func (a *attempt) releaseRoomCount(ctx context.Context) error {
	if a.bot.env.Limits.RoomsPerHour <= 0 {
		return nil
	}
	return a.ReleaseQuota(ctx)
}
