package engine_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/bot/engine"
)

// threeAnHour is the quota of the tests; the other one is never used up.
func threeAnHour() []engine.Quota {
	return []engine.Quota{{Limit: 3, Span: time.Hour}, {Limit: 100, Span: 24 * time.Hour}}
}

// passes are which jobs passed a quota, and when the others may.
type passes struct {
	mu     sync.Mutex
	passed map[string]int
	next   map[string]time.Time
}

func newPasses() *passes { return &passes{passed: map[string]int{}, next: map[string]time.Time{}} }

// intend has a job pass the quota of its owner.
func (p *passes) intend(ctx context.Context, a *engine.Attempt, key string) error {
	err := a.IntendWithin(ctx, "create", key, threeAnHour()...)
	used, full := errors.AsType[*engine.QuotaError](err)
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case full:
		p.next[a.ID] = used.Next
		if _, n, _ := a.Intentions(ctx, "create"); n > 0 {
			return engine.GiveUp(errors.New("an intention is stored"))
		}
		return nil
	case err == nil:
		p.passed[a.ID]++
	}
	return err
}

func (p *passes) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.passed)
}

func TestAQuotaBoundsTheJobsOfOneKey(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		p := newPasses()
		h := func(ctx context.Context, a *engine.Attempt) error { return p.intend(ctx, a, string(a.ID[0])) }
		begin := time.Now()
		e, _ := start(t, quickConfig(store, h))
		if store.IsPostgres() { // another replica counts with it
			start(t, quickConfig(store, h))
		}
		for _, id := range numberedIDs("a", 12) { // conversations of their own, at once
			insert(t, e, newJob(id, id))
		}
		insert(t, e, newJob("b", "b"))
		waitIdle(t, e)
		require.Equal(t, 4, p.count(), "three of one key, and one of another")
		require.Equal(t, 1, p.passed["b"])
		require.Len(t, p.next, 9)
		for _, next := range p.next {
			require.WithinRange(t, next, begin.Add(time.Hour-time.Minute), time.Now().Add(time.Hour+time.Minute))
		}
		require.Len(t, listStates(t, e.List), 13)
		n, err := e.Count(context.Background(), "quota")
		require.NoError(t, err)
		require.Equal(t, 4, n)
	})
}

func TestAJobThatComesBackCountsOnce(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		p := newPasses()
		e, _ := start(t, quickConfig(store, func(ctx context.Context, a *engine.Attempt) error {
			if err := p.intend(ctx, a, "a"); err != nil || a.Number > 4 || a.ID != "comes back" {
				return err
			}
			return errors.Join(errors.New("again"), a.Withdraw(ctx, "create"))
		}))
		insert(t, e, newJob("comes back", "s"))
		waitIdle(t, e)
		require.Equal(t, 5, p.passed["comes back"])
		insert(t, e, newJob("second", "s"), newJob("third", "s"), newJob("fourth", "s"))
		waitIdle(t, e)
		require.Equal(t, 3, p.count())
		require.Contains(t, p.next, "fourth")
	})
}

func TestAReleasedQuotaIsFree(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		p := newPasses()
		e, _ := start(t, quickConfig(store, func(ctx context.Context, a *engine.Attempt) error {
			if err := p.intend(ctx, a, "a"); err != nil {
				return err
			}
			return errors.Join(a.ReleaseQuota(ctx), a.ReleaseQuota(ctx))
		}))
		for _, id := range numberedIDs("a", 8) {
			insert(t, e, newJob(id, "s"))
		}
		waitIdle(t, e)
		require.Equal(t, 8, p.count())
		require.Empty(t, p.next)
	})
}

// Times are by the database's clock. What was counted while it was ahead counts for nobody, or the
// next job could pass only at that time.
func TestAQuotaSlidesAndAClockThatJumpsLocksNobodyOut(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		ctx := context.Background()
		p := newPasses()
		e, _ := start(t, quickConfig(store, func(ctx context.Context, a *engine.Attempt) error { return p.intend(ctx, a, "a") }))
		for name, at := range map[string]time.Duration{
			"long ago": -61 * time.Minute, "an hour ago": -60 * time.Minute, "soon free": -50 * time.Minute,
			"ahead": time.Hour, "far ahead": 20 * 365 * 24 * time.Hour, "tomorrow": 24 * time.Hour,
		} {
			require.NoError(t, e.Exec(ctx, `INSERT INTO quota (command, key, at) VALUES ($1, 'a', $2)`, name, time.Now().Add(at).UnixMicro()))
		}
		insert(t, e, newJob("first", "s"), newJob("second", "s"), newJob("third", "s"))
		waitIdle(t, e)
		require.Equal(t, map[string]int{"first": 1, "second": 1}, p.passed)
		require.WithinDuration(t, time.Now().Add(10*time.Minute), p.next["third"], time.Minute)
	})
}

func TestQuotasOfPurgedJobsAreDeleted(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		p := newPasses()
		e, _ := start(t, quickConfig(store, func(ctx context.Context, a *engine.Attempt) error { return p.intend(ctx, a, "a") }))
		insert(t, e, newJob("a", "s"))
		waitIdle(t, e)
		require.NoError(t, e.Purge(context.Background(), time.Now().Add(time.Hour)))
		n, err := e.Count(context.Background(), "quota")
		require.NoError(t, err)
		require.Zero(t, n)
	})
}
