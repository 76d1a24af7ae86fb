package bot

import (
	"context"
	"errors"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/rs/zerolog"

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

// worth is the level at which a failure to catch up is logged: operators hear of
// one that lasts and that no other line explains.
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
	return b.engine.SetNote(ctx, heardNote, b.firstNote())
}

// firstNote is of a bot that has not found its feed yet.
func (b *Bot) firstNote() heard { return heard{Until: b.started.Add(heardMargin)} }

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
	switch {
	case last.Feed == feed.Feed:
		return b.hearOn(ctx, feed, last)
	case last.Feed == "" && last.Until.Equal(b.firstNote().Until): // the first start of all has missed nothing
		return b.engine.SetNote(ctx, heardNote, heard{Feed: feed.Feed, Until: time.Now()})
	}
	return b.hearAnew(ctx, feed.Feed, last)
}

// hearOn notes how far the feed was heard, which is the same as before.
func (b *Bot) hearOn(ctx context.Context, feed symphony.FeedStats, last heard) error {
	until := feed.LastRead.Add(-feed.Lag) // what waits in the feed is younger than what was read last
	if b.gate.reason() != nil || !until.After(last.Until) {
		return nil // what was not taken comes again
	}
	return b.engine.SetNote(ctx, heardNote, heard{Feed: feed.Feed, Until: until})
}

// hearAnew catches up with what was said before the feed, which is another one.
func (b *Bot) hearAnew(ctx context.Context, feed symphony.DatafeedID, last heard) error {
	if last.Next != feed {
		last.Next, last.Found = feed, time.Now()
		if err := b.engine.SetNote(ctx, heardNote, last); err != nil {
			return err
		}
	}
	if err := b.catchUp(ctx, last); err != nil {
		return err
	}
	return b.engine.SetNote(ctx, heardNote, heard{Feed: feed, Until: last.Found})
}
