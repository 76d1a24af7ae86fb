package soak

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"roombot/cmd/bot/trial"
)

// healthLog is what the bots reported about their health, over time.
type healthLog struct {
	mu     sync.Mutex // guards checks
	checks []healthCheck
}

// healthCheck is one answer of one bot's health page.
type healthCheck struct {
	bot             string
	asked, answered time.Time
	ready           bool
	problems        []string
}

const healthCheckEvery = 100 * time.Millisecond

// watchBots asks the bots for their health until ctx ends. One that does not answer is not ready.
func (p *healthLog) watchBots(ctx context.Context, bots []*trial.Bot) error {
	group, ctx := errgroup.WithContext(ctx)
	for _, b := range bots {
		group.Go(func() error {
			for trial.Pause(ctx, healthCheckEvery) == nil {
				one := healthCheck{bot: b.Name, asked: time.Now()}
				if h, err := b.Health(ctx); err == nil {
					one.ready, one.problems = h.Ready, h.Problems
				}
				one.answered = time.Now()
				p.add(one)
			}
			return nil
		})
	}
	return group.Wait()
}

func (p *healthLog) add(b healthCheck) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.checks = append(p.checks, b)
}

// firstReport is when a bot first reported, within a time, a problem whose sentence contains a
// text, and all problems reported in that time. The moment is zero when none did.
func (p *healthLog) firstReport(text string, from, to time.Time) (at time.Time, problems []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, b := range p.checks {
		if b.answered.Before(from) || b.asked.After(to) {
			continue
		}
		for _, problem := range b.problems {
			if at.IsZero() && strings.Contains(problem, text) {
				at = b.answered
			}
			if !slices.Contains(problems, problem) {
				problems = append(problems, problem)
			}
		}
	}
	return at, problems
}

// hasClaimedReady reports whether a bot said within a time that it was ready, after it had said
// that it was not.
func (p *healthLog) hasClaimedReady(from, to time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	troubled := map[string]bool{}
	for _, b := range p.checks {
		within := b.asked.After(from) && b.answered.Before(to)
		if within && b.ready && troubled[b.bot] {
			return true
		}
		troubled[b.bot] = troubled[b.bot] || within && !b.ready
	}
	return false
}

// readySince is since when all bots have been ready, counted from a moment: zero if they are not.
func (p *healthLog) readySince(bots []*trial.Bot, from time.Time) (since time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	alive := map[string]time.Time{}
	for _, b := range p.checks {
		switch _, known := alive[b.bot]; {
		case b.asked.Before(from):
		case !b.ready:
			delete(alive, b.bot)
		case !known:
			alive[b.bot] = b.answered
		}
	}
	if len(alive) < len(bots) {
		return time.Time{}
	}
	for _, at := range alive {
		if at.After(since) {
			since = at
		}
	}
	return since
}
