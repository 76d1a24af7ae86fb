package bot

import (
	"context"
	"errors"
	"time"

	"roombot/bot/engine"
	"roombot/bot/policy"
	"roombot/commands"
	"roombot/symphony"
)

// IntendRoom is the first intention of a room. In its transaction the room is counted as one of the
// requester's, over all replicas; a request that waits or is tried again counts once. All rooms of
// a person count against the limits of the rule that admits this one, whichever rule or grant
// admitted them, and also those of a time without any limit.
func (a *attempt) IntendRoom(ctx context.Context, step string) error {
	a.Kind, a.Permit = a.pausedKind(), a.permitUse()
	err := a.IntendWithin(ctx, step, roomsQuota(a.request.From.ID), a.bot.roomQuotas(a.limits)...)
	if used, ok := errors.AsType[*engine.QuotaError](err); ok {
		return a.refuseByLimit(ctx, used)
	}
	return a.checkGrant(ctx, a.holdIfPaused(ctx, err))
}

func (a *attempt) refuseByLimit(ctx context.Context, used *engine.QuotaError) error {
	if err := a.addLimitEntry(ctx, used.Quota); err != nil {
		return err
	}
	return commands.TooManyRooms(used.Quota.Limit, used.Quota.Span, used.Next, a.said)
}

// checkLimitsFirst refuses a request whose limits are used up now, before anybody is asked to
// approve it. What counts is the count when the room is created.
func (a *attempt) checkLimitsFirst(ctx context.Context) error {
	_, usedUp, err := a.bot.roomsUsed(ctx, a.request.From.ID, a.limits)
	if err != nil || usedUp == nil {
		return err
	}
	return a.refuseByLimit(ctx, usedUp)
}

// roomQuotas are the limits of the configuration, which no rule lifts, and those of the rule.
func (b *Bot) roomQuotas(rule policy.Limits) []engine.Quota {
	var quotas []engine.Quota
	add := func(limit int, span time.Duration) {
		if limit > 0 {
			quotas = append(quotas, engine.Quota{Limit: limit, Span: span})
		}
	}
	add(b.env.Limits.RoomsPerHour, time.Hour)
	add(rule.PerHour, time.Hour)
	add(rule.PerDay, day)
	return quotas
}

const day = 24 * time.Hour

// QuotaCounter counts the jobs that quotas bound: an engine, or an inspector of its store.
type QuotaCounter interface {
	QuotaUse(ctx context.Context, key string, quotas ...engine.Quota) (used []int, last *engine.QuotaError, err error)
}

// CountRooms is how many rooms of somebody count now against limits.
func CountRooms(ctx context.Context, counter QuotaCounter, who symphony.UserID) (policy.Used, error) {
	counted, _, err := counter.QuotaUse(ctx, roomsQuota(who), engine.Quota{Limit: 1, Span: time.Hour}, engine.Quota{Limit: 1, Span: day})
	if err != nil {
		return policy.Used{}, err
	}
	return policy.Used{Hour: counted[0], Day: counted[1]}, nil
}

// roomsUsed is how many rooms of somebody count now, and which limit is used up; nil for none.
func (b *Bot) roomsUsed(ctx context.Context, who symphony.UserID, rule policy.Limits) (policy.Used, *engine.QuotaError, error) {
	used, err := CountRooms(ctx, b.engine, who)
	if err != nil {
		return policy.Used{}, nil, err
	}
	_, usedUp, err := b.engine.QuotaUse(ctx, roomsQuota(who), b.roomQuotas(rule)...)
	return used, usedUp, err
}

// releaseRoomCount ends that the request counts: it surely has opened no room.
func (a *attempt) releaseRoomCount(ctx context.Context) error { return a.ReleaseQuota(ctx) }
