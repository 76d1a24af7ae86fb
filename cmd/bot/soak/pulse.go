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

// pulse is what the bots say about their health, over time.
type pulse struct {
	mu    sync.Mutex // guards beats
	beats []beat
}

// beat is one look at one bot.
type beat struct {
	bot             string
	asked, answered time.Time
	ready           bool
	problems        []string
}

const pulseEvery = 100 * time.Millisecond

// watch asks the bots again and again until ctx ends. One that does not answer
// is not ready.
func (p *pulse) watch(ctx context.Context, bots []*trial.Bot) error {
	group, ctx := errgroup.WithContext(ctx)
	for _, b := range bots {
		group.Go(func() error {
			for trial.Pause(ctx, pulseEvery) == nil {
				one := beat{bot: b.Name, asked: time.Now()}
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

func (p *pulse) add(b beat) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.beats = append(p.beats, b)
}

// told is when a bot first said, within a time, a sentence with the sign in it,
// and all that was said in that time. The time is zero when none did.
func (p *pulse) told(sign string, from, to time.Time) (at time.Time, said []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, b := range p.beats {
		if b.answered.Before(from) || b.asked.After(to) {
			continue
		}
		for _, problem := range b.problems {
			if at.IsZero() && strings.Contains(problem, sign) {
				at = b.answered
			}
			if !slices.Contains(said, problem) {
				said = append(said, problem)
			}
		}
	}
	return at, said
}

// denied is true when a bot said within a time that it was ready, after it had
// itself said that it was not.
func (p *pulse) denied(from, to time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	troubled := map[string]bool{}
	for _, b := range p.beats {
		within := b.asked.After(from) && b.answered.Before(to)
		if within && b.ready && troubled[b.bot] {
			return true
		}
		troubled[b.bot] = troubled[b.bot] || within && !b.ready
	}
	return false
}

// ready is since when, after a time, all bots have been ready: zero if they are not.
func (p *pulse) ready(bots []*trial.Bot, from time.Time) (since time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	alive := map[string]time.Time{}
	for _, b := range p.beats {
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
