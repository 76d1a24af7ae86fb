package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/rs/zerolog"

	"roombot/commands"
	"roombot/symphony"
)

// What is said while the bot has no feed is in no feed: Symphony forgets one
// that nobody has read for half an hour, with all that waits in it. So whenever
// the bot reads another feed than the one it is known to have heard, it looks
// for what it has missed in the history of its conversations. A click on a
// button leaves no trace there and is lost.

// heard is the note of what has been heard: everything up to a time, and what
// has come through a feed since. Next is another feed that was found since
// then: what was said between the two is still to be looked for.
type heard struct {
	Feed  symphony.DatafeedID `json:"feed"`
	Until time.Time           `json:"until"`
	Next  symphony.DatafeedID `json:"next,omitempty"`
	Found time.Time           `json:"found,omitzero"`
}

const heardNote = "heard"

// found is the feed that is read, and how many failures there had been when it
// was found.
type found struct {
	feed     symphony.DatafeedID
	failures int64
}

const (
	// heardEvery is how often the time is noted.
	heardEvery = time.Minute
	// heardMargin is for what was read shortly before a feed was lost, and not
	// stored: it would have come again with the same feed.
	heardMargin = 2 * time.Minute
	// missedFor is how far back is looked. Nobody waits longer for a bot.
	missedFor = 24 * time.Hour
	// mostLooked bounds how many messages of each kind of conversation are
	// looked at, the newest first.
	mostLooked = 10_000
	// missedAtOnce is how many messages are looked up and kept together, so that
	// what the feed brings meanwhile does not wait long.
	missedAtOnce = 100
)

// hearAll sees to it, until ctx ends, that nothing goes unheard.
func (b *Bot) hearAll(ctx context.Context) {
	wait := backoff.NewExponentialBackOff()
	wait.MaxInterval = heardEvery
	for ctx.Err() == nil {
		next := heardEvery
		if err := b.hear(ctx); err == nil {
			wait.Reset()
		} else if ctx.Err() == nil {
			next = wait.NextBackOff()
			zerolog.Ctx(ctx).WithLevel(b.worth(err, next)).Err(err).Dur("again", next).Msg("what was missed is not known yet")
		}
		timer := time.NewTimer(next)
		select {
		case <-ctx.Done():
		case <-b.fresh:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// worth is the level at which a failure to catch up is told: operators hear of
// one that lasts, and of which nothing else tells.
func (b *Bot) worth(err error, wait time.Duration) zerolog.Level {
	_, search := errors.AsType[*symphony.Error](err)
	if search && wait >= heardEvery/2 && b.feed.Stats().DownSince.IsZero() {
		return zerolog.WarnLevel
	}
	return zerolog.DebugLevel
}

// beginHearing makes the first note of all: what was said before that, to an
// account without a bot, is nobody's command.
func (b *Bot) beginHearing(ctx context.Context) error {
	known, err := b.engine.Note(ctx, heardNote, new(heard))
	if err != nil || known {
		return err
	}
	return b.engine.SetNote(ctx, heardNote, heard{Until: b.started.Add(heardMargin)})
}

// hear notes how far the feed was heard, after it has caught up with what came
// before that feed.
func (b *Bot) hear(ctx context.Context) error {
	feed := b.feed.Stats()
	if feed.Feed == "" {
		return nil
	}
	if b.found.feed != feed.Feed {
		b.found = found{feed.Feed, feed.Failures}
	}
	var last heard
	if _, err := b.engine.Note(ctx, heardNote, &last); err != nil {
		return err
	}
	until := feed.LastRead.Add(-feed.Lag) // what waits in the feed is younger than what was read last
	switch {
	case last.Feed == feed.Feed && (b.gate.reason() != nil || !until.After(last.Until)): // what was not taken comes again
		return nil
	case last.Feed == feed.Feed:
		return b.engine.SetNote(ctx, heardNote, heard{Feed: feed.Feed, Until: until})
	case last.Next != feed.Feed:
		last.Next, last.Found = feed.Feed, time.Now()
		if err := b.engine.SetNote(ctx, heardNote, last); err != nil {
			return err
		}
	}
	if err := b.catchUp(ctx, last); err != nil {
		return err
	}
	return b.engine.SetNote(ctx, heardNote, heard{Feed: feed.Feed, Until: last.Found})
}

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
		case commands.Refused(err):
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
		known, err := b.engine.Known(ctx, a.id)
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
			said = append(said, arrival{id, in})
		}
	}
	return said, nil
}
