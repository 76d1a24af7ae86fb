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
	// missedFor is how far back is looked. Nobody waits longer for a bot.
	missedFor = 24 * time.Hour
	// mostLooked bounds how many messages of each kind of conversation are
	// looked at, the newest first.
	mostLooked = 10_000
	// missedAtOnce is how many messages are looked up and kept together, so that
	// what the feed brings meanwhile does not wait long.
	missedAtOnce = 100
)

// errUnread says that what waits in the feed itself has not been read yet.
var errUnread = errors.New("the feed is not read")

// catchUp takes in what was said and came through no feed. It begins when the
// search knows what was said last, and when what the new feed had to bring at
// once has been stored.
func (b *Bot) catchUp(ctx context.Context, last heard) error {
	since := last.Until.Add(-heardMargin)
	if oldest := time.Now().Add(-missedFor); since.Before(oldest) {
		since = oldest
	}
	lag := b.desk.Limits.SearchLag
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(min(lag, time.Until(last.Found.Add(lag)))): // the clock may have been set back
	}
	feed := b.feed.Stats()
	failing := feed.Failures > b.found.failures && feed.LastRead.Before(last.Found)
	if feed.Feed != last.Next || failing || b.gate.reason() != nil {
		return errUnread
	}
	said, err := b.allSaid(ctx, since)
	if err != nil {
		return err
	}
	missed, err := b.keepMissed(ctx, said)
	b.metrics.missed.Add(float64(missed))
	if err != nil {
		return err
	}
	zerolog.Ctx(ctx).Info().Time("since", since).Int("commands", missed).Msg("a feed is new, and the bot has looked for what was said before")
	return nil
}

// allSaid finds the commands in all conversations, the oldest first.
func (b *Bot) allSaid(ctx context.Context, since time.Time) ([]arrival, error) {
	var said []arrival
	for _, kind := range []symphony.StreamType{symphony.IM, symphony.MIM, symphony.RoomStream} {
		found, err := b.searchSaid(ctx, kind, since)
		switch {
		case symphony.VerdictOf(err) == symphony.Refused:
			zerolog.Ctx(ctx).Warn().Err(err).Str("in", string(kind)).Time("since", since).
				Msg("a feed is new, and Symphony does not let the bot search for what was said before: it stays unanswered")
		case err != nil:
			return nil, err
		}
		said = append(said, found...)
	}
	slices.Reverse(said) // of what was said in the same moment, the newest was found first
	slices.SortStableFunc(said, func(a, b arrival) int { return a.in.At.Compare(b.in.At) })
	return said, nil
}

// keepMissed stores the commands that the store does not know, and tells how
// many those were. Broken off, it can begin again.
func (b *Bot) keepMissed(ctx context.Context, said []arrival) (int, error) {
	kept := 0
	for part := range slices.Chunk(said, missedAtOnce) {
		missed, err := b.unknown(ctx, part)
		if err != nil {
			return kept, err
		}
		if len(missed) == 0 {
			continue
		}
		if err := b.take(ctx, missed); err != nil {
			return kept, fmt.Errorf("keep %d missed commands: %w", len(missed), err)
		}
		kept += len(missed)
	}
	return kept, nil
}

func (b *Bot) unknown(ctx context.Context, said []arrival) ([]arrival, error) {
	var missed []arrival
	for _, a := range said {
		known, err := b.engine.HasJob(ctx, a.id)
		if err != nil {
			return nil, err
		}
		if !known {
			a.in.Missed = true
			missed = append(missed, a)
		}
	}
	return missed, nil
}

// searchSaid finds the commands in the conversations of a kind.
func (b *Bot) searchSaid(ctx context.Context, kind symphony.StreamType, since time.Time) ([]arrival, error) {
	var said []arrival
	seen := map[symphony.MessageID]bool{}
	for m, err := range b.client.SearchMessages(ctx, symphony.MessageQuery{Type: kind, From: since}) {
		switch {
		case err != nil:
			return nil, fmt.Errorf("search what was missed: %w", err)
		case len(seen) >= mostLooked:
			zerolog.Ctx(ctx).Warn().Str("in", string(kind)).Time("until", m.Time).Msg("too much was said without a feed; what is older stays unanswered")
			return said, nil
		case seen[m.ID] || m.Time.Before(since):
			continue
		}
		seen[m.ID] = true
		if m.ReplacedBy != "" { // by a version that is found as well
			continue
		}
		m.Stream.Type = cmp.Or(m.Stream.Type, kind)
		if id, in, ok := b.acceptMessage(ctx, m); ok {
			said = append(said, arrival{id: id, in: in})
		}
	}
	return said, nil
}
