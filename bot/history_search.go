package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/rs/zerolog"

	"roombot/symphony"
)

const (
	// searchBack is how far back is searched. Nobody waits longer for a bot.
	searchBack = 24 * time.Hour
	// maxSearched bounds how many messages of each kind of chat are looked at, the newest first.
	maxSearched = 10_000
	// missedAtOnce is how many messages are looked up and stored together, so that what the feed
	// brings meanwhile does not wait long.
	missedAtOnce = 100
)

// errFeedUnread says that what waits in the feed itself has not been read yet.
var errFeedUnread = errors.New("the feed is not read")

// takeMissed takes in what was said and came through no feed. It begins when the search knows what
// was said last, and when what the new feed had to bring at once has been stored.
func (h *history) takeMissed(ctx context.Context, last feedProgress) error {
	since := last.searchFrom(time.Now())
	isNew := last.Feed != last.Next
	lag := h.bot.env.Limits.SearchLag
	if !isNew { // what was read before the start and not stored comes again meanwhile
		lag = h.bot.env.Limits.Settle()
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(min(lag, time.Until(last.Found.Add(lag)))): // the clock may have been set back
	}
	if !h.isFeedRead(last) {
		return errFeedUnread
	}
	found, err := h.searchAll(ctx, since)
	if err != nil {
		return err
	}
	missed, err := h.storeMissed(ctx, found)
	h.bot.metrics.missed.Add(float64(missed))
	if err != nil {
		return err
	}
	line := func(level zerolog.Level) *zerolog.Event {
		return zerolog.Ctx(ctx).WithLevel(level).Time("since", since).Int("requests", missed)
	}
	switch {
	case isNew:
		line(zerolog.InfoLevel).Msg("feed is new, history was searched for missed requests")
	case missed > 0:
		line(zerolog.InfoLevel).Msg("history had requests that the store did not have, which may have been set back")
	default:
		line(zerolog.DebugLevel).Msg("history was searched, no request was missed")
	}
	return nil
}

// searchFrom is the time of the oldest message that is searched for.
func (p feedProgress) searchFrom(now time.Time) time.Time {
	from := p.Until.Add(-progressMargin)
	for _, oldest := range []time.Time{now.Add(-searchBack), p.Since} {
		if from.Before(oldest) {
			from = oldest
		}
	}
	return from
}

// isFeedRead reports whether the new feed is still the one that is read, and what it had to bring
// at once has been stored.
func (h *history) isFeedRead(last feedProgress) bool {
	feed := h.bot.feed.Stats()
	failing := feed.Failures > h.failures && feed.LastRead.Before(last.Found)
	return feed.Feed == last.Next && !failing && h.bot.admission.refusal() == nil
}

// searchAll finds the requests in all chats, the oldest first.
func (h *history) searchAll(ctx context.Context, since time.Time) ([]arrival, error) {
	var all []arrival
	for _, kind := range []symphony.StreamType{symphony.IM, symphony.MIM, symphony.RoomStream} {
		found, err := h.search(ctx, kind, since)
		switch {
		case symphony.VerdictOf(err) == symphony.Refused:
			zerolog.Ctx(ctx).Warn().Err(err).Str("kind", string(kind)).Time("since", since).
				Msg("feed is new, and Symphony does not let the bot search for missed requests: they stay unanswered")
		case err != nil:
			return nil, err
		}
		all = append(all, found...)
	}
	slices.Reverse(all) // of what was said in the same moment, the newest was found first
	slices.SortStableFunc(all, func(a, b arrival) int { return a.request.At.Compare(b.request.At) })
	return all, nil
}

// search finds the requests in the chats of a kind.
func (h *history) search(ctx context.Context, kind symphony.StreamType, since time.Time) ([]arrival, error) {
	var found []arrival
	seen := map[symphony.MessageID]bool{}
	for m, err := range h.bot.client.SearchMessages(ctx, symphony.MessageQuery{Type: kind, From: since}) {
		switch {
		case err != nil:
			return nil, fmt.Errorf("search what was missed: %w", err)
		case len(seen) >= maxSearched:
			zerolog.Ctx(ctx).Warn().Str("kind", string(kind)).Time("until", m.Time).
				Msg("too many messages were missed, older ones stay unanswered")
			return found, nil
		case seen[m.ID] || m.Time.Before(since):
			continue
		}
		seen[m.ID] = true
		if m.ReplacedBy != "" { // by a version that is found as well
			continue
		}
		m.Stream.Type = cmp.Or(m.Stream.Type, kind)
		if a, ok := h.bot.requestOfMessage(ctx, m); ok {
			found = append(found, a)
		}
	}
	return found, nil
}

// storeMissed stores the requests that the store does not know, and returns how many those were. It
// can be repeated after an error.
func (h *history) storeMissed(ctx context.Context, found []arrival) (int, error) {
	stored := 0
	for part := range slices.Chunk(found, missedAtOnce) {
		missed, err := h.selectMissed(ctx, part)
		if err != nil {
			return stored, err
		}
		if len(missed) == 0 {
			continue
		}
		if _, err := h.bot.admission.take(ctx, missed); err != nil {
			return stored, fmt.Errorf("store %d missed requests: %w", len(missed), err)
		}
		stored += len(missed)
	}
	return stored, nil
}

// selectMissed selects the requests that the store does not know.
func (h *history) selectMissed(ctx context.Context, found []arrival) ([]arrival, error) {
	var missed []arrival
	for _, a := range found {
		known, err := h.bot.engine.HasJob(ctx, a.id)
		if err != nil {
			return nil, err
		}
		if !known {
			a.request.Missed = true
			missed = append(missed, a)
		}
	}
	return missed, nil
}
