package world

import (
	"slices"
	"time"
)

func (f *Feed) push(e *Event, copies int) {
	for range copies {
		f.Queue = append(f.Queue, &Delivery{Event: e})
	}
	if len(f.Queue) > maxQueue {
		f.Queue = slices.Clone(f.Queue[len(f.Queue)-maxQueue:])
	}
}

// Acknowledge drops the batch that was handed out with this id. An id of another batch, and "", do
// nothing.
func (f *Feed) Acknowledge(ackID string) {
	f.Queue = slices.DeleteFunc(f.Queue, func(d *Delivery) bool { return ackID != "" && d.Batch == ackID })
}

// Take hands out what is visible in a datafeed, as one batch with an id to acknowledge it by. Each
// take keeps the datafeed alive.
func (w *World) Take(f *Feed) (ackID string, batch []*Event) {
	ackID, now := uuid(), w.Now()
	f.LastRead = now
	for _, d := range f.Queue {
		if len(batch) < maxBatch && !now.Before(d.Visible) {
			d.Batch, d.Visible = ackID, now.Add(w.cfg.Visibility)
			batch = append(batch, d.Event)
		}
	}
	if len(batch) > 0 {
		w.notify(Change{Kind: FeedsChanged})
	}
	return ackID, batch
}

// GiveBack makes a batch visible at once: its reader went away before the answer reached it.
func (w *World) GiveBack(f *Feed, ackID string) {
	for _, d := range f.Queue {
		if d.Batch == ackID {
			d.Batch, d.Visible = "", time.Time{}
		}
	}
	w.notify(Change{Kind: FeedsChanged, Feeds: []string{f.ID}})
}

// UntilVisible is how long until an event that was handed out comes again; 0 when there is none.
func (w *World) UntilVisible(f *Feed) time.Duration {
	var next time.Duration
	for _, d := range f.Queue {
		if wait := d.Visible.Sub(w.Now()); wait > 0 && (next == 0 || wait < next) {
			next = wait
		}
	}
	return next
}

// HasTakenSince reports whether events of a datafeed were handed out since then and are neither
// acknowledged nor visible again.
func (w *World) HasTakenSince(f *Feed, since time.Time) bool {
	now, given := w.Now(), since.Add(w.cfg.Visibility)
	return slices.ContainsFunc(f.Queue, func(d *Delivery) bool { return d.Visible.After(now) && !d.Visible.Before(given) })
}

// CountEvents says how many events of a datafeed wait, and how many are handed out and not
// acknowledged.
func (w *World) CountEvents(f *Feed) (waiting, taken int) {
	now := w.Now()
	for _, d := range f.Queue {
		if now.Before(d.Visible) {
			taken++
		} else {
			waiting++
		}
	}
	return waiting, taken
}

// OldestEvent is when the oldest event that is not acknowledged happened, in milliseconds since
// 1970; 0 when there is none.
func (f *Feed) OldestEvent() int64 {
	if len(f.Queue) == 0 {
		return 0
	}
	return f.Queue[0].Event.Time
}
