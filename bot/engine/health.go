package engine

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"roombot/symphony/outage"
)

// storeHealth is whether the store can be written. Every goroutine that uses a broken store fails,
// and again and again; the log gets a line when that begins, each minute, and when it ends. To the
// outages that errors report it adds those that only show as writes that hang.
type storeHealth struct {
	log    *zerolog.Logger
	outage outage.Outage
	record outage.Outage // entries could not be added to the audit record, though the store works

	begun chan struct{} // holds a token when a write has begun since watchWrites looked

	mu       sync.Mutex // guards what follows
	pending  int        // writes that have begun and not ended
	progress time.Time  // when one of them last succeeded, or the first began
}

func newStoreHealth(log *zerolog.Logger) *storeHealth {
	return &storeHealth{log: log, begun: make(chan struct{}, 1)}
}

// maxWrite is how long a write may take before the store counts as out of order.
const maxWrite = 2 * time.Second

func (h *storeHealth) beginWrite() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.pending == 0 {
		h.progress = time.Now()
		h.noteBegun()
	}
	h.pending++
}

func (h *storeHealth) noteBegun() {
	select {
	case h.begun <- struct{}{}:
	default:
	}
}

// endWrite passes the error of the write on.
func (h *storeHealth) endWrite(err error) error {
	failed := errors.Is(err, ErrOutOfOrder)
	h.mu.Lock()
	h.pending--
	if !failed {
		h.progress = time.Now()
	}
	h.mu.Unlock()
	switch {
	case failed:
		h.noteFailure(err)
	case err == nil:
		h.noteSuccess()
	}
	return err
}

// watchWrites reports writes that hang, until ctx ends. While nothing is written it does not wake
// up.
func (h *storeHealth) watchWrites(ctx context.Context) {
	for h.waitForWrite(ctx) && sleep(ctx, maxWrite/2) {
		if since := h.outageSince(); !since.IsZero() {
			h.noteFailure(fmt.Errorf("nothing was written for %s", time.Since(since).Round(time.Second)))
			h.noteBegun() // until the outage is over
		}
	}
}

// waitForWrite waits until a write has begun or is under way; false when ctx ends first.
func (h *storeHealth) waitForWrite(ctx context.Context) bool {
	if h.isWriting() {
		return true
	}
	select {
	case <-ctx.Done():
		return false
	case <-h.begun:
		return true
	}
}

func (h *storeHealth) isWriting() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.pending > 0
}

func (h *storeHealth) noteFailure(err error) {
	if errors.Is(err, context.Canceled) { // the process is about to end
		return
	}
	if lasts, report := h.outage.Fail(time.Now()); report {
		h.log.Warn().Err(err).Dur("lasts", lasts).Msg("store is out of order, jobs wait")
	}
}

func (h *storeHealth) noteSuccess() {
	if lasted, _, report := h.outage.End(time.Now()); report {
		h.log.Info().Dur("lasted", lasted).Msg("store works again")
	}
}

// noteRecord logs why entries could not be added to the audit record where the store works, which
// no job waits for. It passes on the error of an outage.
func (h *storeHealth) noteRecord(err error) error {
	switch {
	case errors.Is(err, ErrOutOfOrder), errors.Is(err, context.Canceled):
		return err
	case err == nil:
		if lasted, _, report := h.record.End(time.Now()); report {
			h.log.Info().Dur("lasted", lasted).Msg("entries are added to the audit record again")
		}
	default:
		if lasts, report := h.record.Fail(time.Now()); report {
			h.log.Error().Err(err).Dur("lasts", lasts).Msg("entries could not be added to the audit record, jobs go on")
		}
	}
	return nil
}

// outageSince is when writes began to fail or to hang; zero when they succeed.
func (h *storeHealth) outageSince() time.Time {
	if since := h.outage.Since(); !since.IsZero() {
		return since
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.pending > 0 && time.Since(h.progress) > maxWrite {
		return h.progress
	}
	return time.Time{}
}

// monitoredStore is a store that reports its writes and failures to its health.
type monitoredStore struct {
	store
	health *storeHealth
}

func (m monitoredStore) write(ctx context.Context, t transaction) error {
	m.health.beginWrite()
	return m.health.endWrite(m.store.write(ctx, t))
}

func (m monitoredStore) writeStatement(ctx context.Context, row func(scan) error, statement string, args ...any) error {
	m.health.beginWrite()
	return m.health.endWrite(m.store.writeStatement(ctx, row, statement, args...))
}

func (m monitoredStore) query(ctx context.Context, row func(scan) error, statement string, args ...any) error {
	err := m.store.query(ctx, row, statement, args...)
	if errors.Is(err, ErrOutOfOrder) && ctx.Err() != context.Canceled { // then nobody waits for an answer any more
		m.health.noteFailure(err)
	}
	return err
}
