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
// a person count against the limits of the rule that admits this one, whichever rule admitted them,
// as far as some rule or the configuration had a limit then.
func (a *attempt) IntendRoom(ctx context.Context, step string) error {
	quotas := a.roomQuotas()
	if len(quotas) == 0 && !a.bot.rules.now().HasLimits() {
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

func (a *attempt) roomQuotas() []engine.Quota { return a.bot.roomQuotas(a.limits) }

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

// roomsUsed is how many rooms of somebody count now, and which limit is used up; nil for none.
func (b *Bot) roomsUsed(ctx context.Context, who symphony.UserID, rule policy.Limits) (policy.Used, *engine.QuotaError, error) {
	key := roomsQuota(who)
	counted, _, err := b.engine.QuotaUse(ctx, key, engine.Quota{Limit: 1, Span: time.Hour}, engine.Quota{Limit: 1, Span: day})
	if err != nil {
		return policy.Used{}, nil, err
	}
	_, usedUp, err := b.engine.QuotaUse(ctx, key, b.roomQuotas(rule)...)
	return policy.Used{Hour: counted[0], Day: counted[1]}, usedUp, err
}

// releaseRoomCount ends that the request counts: it surely has opened no room.
func (a *attempt) releaseRoomCount(ctx context.Context) error { return a.ReleaseQuota(ctx) }
