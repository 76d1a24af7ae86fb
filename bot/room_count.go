package bot

import (
	"context"
	"errors"
	"time"

	"roombot/bot/engine"
	"roombot/commands"
)

// IntendRoom is the first intention of a room. In its transaction the room is counted as one of the
// requester's, over all replicas; a request that waits or is tried again counts once. All rooms of
// a person that were bounded count against the limits of the rule that admits this one, whichever
// rule admitted them.
func (a *attempt) IntendRoom(ctx context.Context, step string) error {
	quotas := a.roomQuotas()
	if len(quotas) == 0 {
		return a.IntendFirst(ctx, step)
	}
	a.Kind = a.pausedKind()
	err := a.IntendWithin(ctx, step, roomsQuota(a.request.From.ID), quotas...)
	if used, ok := errors.AsType[*engine.QuotaError](err); ok {
		if err := a.addLimitEntry(ctx); err != nil {
			return err
		}
		return commands.TooManyRooms(used.Quota.Limit, used.Quota.Span, used.Next, a.said)
	}
	return a.holdIfPaused(ctx, err)
}

// roomQuotas are the limits of the configuration, which no rule lifts, and those of the rule.
func (a *attempt) roomQuotas() []engine.Quota {
	var quotas []engine.Quota
	add := func(limit int, span time.Duration) {
		if limit > 0 {
			quotas = append(quotas, engine.Quota{Limit: limit, Span: span})
		}
	}
	add(a.bot.env.Limits.RoomsPerHour, time.Hour)
	add(a.limits.PerHour, time.Hour)
	add(a.limits.PerDay, 24*time.Hour)
	return quotas
}

// releaseRoomCount ends that the request counts: it surely has opened no room.
func (a *attempt) releaseRoomCount(ctx context.Context) error { return a.ReleaseQuota(ctx) }
