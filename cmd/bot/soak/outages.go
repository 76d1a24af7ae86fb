package soak

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/errgroup"

	"roombot/cmd/bot/trial"
)

// steadily is the time between two commands of an outage's load.
const steadily = time.Second / 3

// lull is how long all is well before an outage.
const lull = time.Second

// commandsFor is how many commands may be needed: for three outages and for the
// recovery from each.
func (c Config) commandsFor() int {
	const kinds = 3
	return desks + int(kinds*(c.Outages+lull+c.Patience)/steadily)
}

// outages puts one thing after the other out of order while commands keep coming.
func (s *session) outages(ctx context.Context) error {
	working, stop := context.WithCancel(ctx)
	defer stop()
	group, working := errgroup.WithContext(working)
	enough := make(chan struct{})
	group.Go(func() error { return s.killBots(working) }) // it kills none, but starts those again that have ended
	group.Go(func() error { return s.pulse.watch(working, s.trial.Bots) })
	group.Go(func() error {
		defer stop() // by the last, so that nothing is cut off in the middle of a word
		return s.load(working, enough)
	})
	group.Go(func() error {
		defer close(enough)
		for _, b := range s.breakages() {
			o, err := s.outage(working, b)
			if err != nil {
				return err
			}
			s.felt = append(s.felt, o)
		}
		return nil
	})
	err := unlessStopped(ctx, group.Wait())
	sent, _ := s.ledger.counts()
	s.plan = s.plan[:sent]
	return err
}

// load sends commands at a steady pace, answered or not, until it is enough.
func (s *session) load(ctx context.Context, enough <-chan struct{}) error {
	pace := time.NewTicker(steadily)
	defer pace.Stop()
	for _, c := range s.plan {
		if c.opening {
			continue
		}
		select {
		case <-pace.C:
		case <-enough:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
		if err := s.send(ctx, c); err != nil {
			return err
		}
	}
	<-enough
	return nil
}

// outage puts something out of order for its time and watches the recovery.
func (s *session) outage(ctx context.Context, b breakage) (Outage, error) {
	s.enter("all is well")
	if err := trial.Pause(ctx, lull); err != nil {
		return Outage{}, err
	}
	logs, err := s.logs()
	if err != nil {
		return Outage{}, err
	}
	before, _ := s.ledger.counts()
	end, err := b.begin(ctx)
	if err != nil {
		return Outage{}, err
	}
	s.enter("no " + b.kind)
	began := time.Now()
	err = trial.Pause(ctx, s.Outages)
	if err = errors.Join(err, end()); err != nil {
		return Outage{}, err
	}
	s.enter(b.kind + " is back")
	sent, _ := s.ledger.counts()
	o := Outage{Kind: b.kind, Sent: sent - before}
	return s.aftermath(ctx, o, b.sign, began, time.Now(), logs)
}

// aftermath waits until all is well again and collects what there is to know.
func (s *session) aftermath(ctx context.Context, o Outage, sign string, began, ended time.Time, logs []int64) (Outage, error) {
	sent, _ := s.ledger.counts()
	done, err := s.recovered(ctx, ended, s.plan[:sent])
	if err != nil {
		return Outage{}, err
	}
	told, said := s.pulse.told(sign, began, ended)
	o.Lasted, o.Told, o.Said = ended.Sub(began), between(began, told), said
	o.Denied = s.pulse.denied(began, ended)
	o.Ready = between(ended, s.pulse.ready(s.trial.Bots, ended))
	o.Answered = between(ended, s.ledger.answeredAfter(ended))
	o.Done = between(ended, done)
	for i, b := range s.trial.Bots {
		lines, err := b.Troubles(logs[i])
		if err != nil {
			return Outage{}, err
		}
		o.Lines = append(o.Lines, lines...)
	}
	o.judge(len(s.trial.Bots))
	return o, nil
}

// recovered waits until the bots are ready and all of these commands are
// answered, and tells when they were. The time is zero when they never were.
func (s *session) recovered(ctx context.Context, ended time.Time, of []*Command) (done time.Time, err error) {
	for time.Since(ended) < s.Patience {
		if done.IsZero() && s.ledger.answeredAll(of) {
			done = time.Now()
		}
		if !done.IsZero() && !s.pulse.ready(s.trial.Bots, ended).IsZero() {
			break
		}
		if err := trial.Pause(ctx, 50*time.Millisecond); err != nil {
			return time.Time{}, err
		}
	}
	return done, nil
}

// logs is how long the bots' logs are by now.
func (s *session) logs() (sizes []int64, err error) {
	for _, b := range s.trial.Bots {
		size, err := b.Logged()
		if err != nil {
			return nil, err
		}
		sizes = append(sizes, size)
	}
	return sizes, nil
}

// answeredAfter is when, after a time, a command was answered first; zero if none was.
func (l *ledger) answeredAfter(from time.Time) time.Time {
	for _, m := range l.answers() {
		if at := time.UnixMilli(m.Timestamp); at.After(from) && trial.ReadStamp(m).IsFinal() {
			return at
		}
	}
	return time.Time{}
}

func (l *ledger) answeredAll(of []*Command) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range of {
		if l.pending[c.Request] != nil {
			return false
		}
	}
	return true
}
