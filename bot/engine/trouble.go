package engine

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/rs/zerolog"
)

// trouble is what is known about a store that nobody can write to. Everybody who works on it feels that at once and again and again;
// the log hears when it begins, each minute, and when it ends.
type trouble struct {
	log *zerolog.Logger

	mu    sync.Mutex // guards what follows
	since time.Time  // zero when there is none
	until time.Time  // the end of the last one
	said  bool       // its beginning was told, so that its end should be
	told  time.Time  // the last line, of any trouble

	waiting int       // writes that have begun and not ended
	moved   time.Time // when one of them last got somewhere
}

const (
	reminder = time.Minute
	slow     = 2 * time.Second // a write that takes longer is a sign of trouble
)

// begins hears of a write.
func (t *trouble) begins() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.waiting == 0 {
		t.moved = time.Now()
	}
	t.waiting++
}

// ends hears how a write ended, and passes its error on.
func (t *trouble) ends(err error) error {
	outage := errors.Is(err, ErrOutOfOrder)
	t.mu.Lock()
	t.waiting--
	if !outage {
		t.moved = time.Now()
	}
	t.mu.Unlock()
	switch {
	case outage:
		t.failed(err)
	case err == nil:
		t.over()
	}
	return err
}

// watch tells of trouble that no error has told of yet, until ctx ends.
func (t *trouble) watch(ctx context.Context) {
	looks := time.NewTicker(slow / 2)
	defer looks.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-looks.C:
			if since := t.refuses(); !since.IsZero() {
				t.failed(fmt.Errorf("nothing was written for %s", time.Since(since).Round(time.Second)))
			}
		}
	}
}

func (t *trouble) failed(err error) {
	if errors.Is(err, context.Canceled) { // the process is about to end
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now()
	if t.since.IsZero() {
		t.since, t.said = now, false
	}
	if !t.told.IsZero() && now.Sub(t.told) < reminder {
		return
	}
	t.told, t.said = now, true
	t.log.Warn().Err(err).Dur("lasts", now.Sub(t.since)).Msg("store is out of order, commands wait")
}

func (t *trouble) over() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.since.IsZero() {
		return
	}
	now := time.Now()
	lasted := now.Sub(t.since)
	t.since, t.until = time.Time{}, now
	if t.said {
		t.log.Info().Dur("lasted", lasted).Msg("store works again")
	}
}

// refuses is since when nothing can be written, or nothing was though somebody wants to; zero when all is well.
func (t *trouble) refuses() time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.since.IsZero() && t.waiting > 0 && time.Since(t.moved) > slow {
		return t.moved
	}
	return t.since
}

func (t *trouble) lasts() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return !t.since.IsZero()
}

// explains is true for a failure at a time when there was trouble, or which turned out to be its beginning.
func (t *trouble) explains(at time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return !t.since.IsZero() || t.until.After(at)
}

// attended is a store whose writes and failures are reported to its trouble.
type attended struct {
	store
	trouble *trouble
}

func (a attended) write(ctx context.Context, w write) error {
	a.trouble.begins()
	return a.trouble.ends(a.store.write(ctx, w))
}

func (a attended) record(ctx context.Context, row func(scan) error, statement string, args ...any) error {
	a.trouble.begins()
	return a.trouble.ends(a.store.record(ctx, row, statement, args...))
}

func (a attended) query(ctx context.Context, row func(scan) error, statement string, args ...any) error {
	err := a.store.query(ctx, row, statement, args...)
	if errors.Is(err, ErrOutOfOrder) && ctx.Err() != context.Canceled { // then nobody waits for an answer any more
		a.trouble.failed(err)
	}
	return err
}
