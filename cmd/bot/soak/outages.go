package soak

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/errgroup"

	"roombot/cmd/bot/trial"
)

// sendInterval is the time between two requests.
const sendInterval = time.Second / 3

// undisturbed is how long nothing is disrupted before an outage.
const undisturbed = time.Second

// requestsForOutages is how many requests may be needed for the outages and the recovery from each.
func (c Config) requestsForOutages() int {
	const kinds = 3
	return openingRequests + int(kinds*(c.Outages+undisturbed+c.Patience)/sendInterval)
}

// runOutages disrupts one thing after the other while requests keep coming.
func (s *soak) runOutages(ctx context.Context) error {
	working, stop := context.WithCancel(ctx)
	defer stop()
	group, working := errgroup.WithContext(working)
	enough := make(chan struct{})
	group.Go(func() error { return s.killBots(working) }) // KillEvery is 0: it only starts those again that have ended
	group.Go(func() error { return s.health.watchBots(working, s.trial.Bots) })
	group.Go(func() error {
		defer stop() // the last to end, so that no call of the others is cut off
		return s.sendSteadily(working, enough)
	})
	group.Go(func() error {
		defer close(enough)
		for _, b := range s.disruptions() {
			o, err := s.runOutage(working, b)
			if err != nil {
				return err
			}
			s.outageResults = append(s.outageResults, o)
		}
		return nil
	})
	err := ignoreOwnStop(ctx, group.Wait())
	sent, _ := s.ledger.counts()
	s.plan = s.plan[:sent]
	return err
}

// sendSteadily sends requests at a steady pace, answered or not, until enough is closed.
func (s *soak) sendSteadily(ctx context.Context, enough <-chan struct{}) error {
	pace := time.NewTicker(sendInterval)
	defer pace.Stop()
	for _, c := range s.plan {
		if c.isOpening {
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

// runOutage disrupts one thing for its time and measures the recovery.
func (s *soak) runOutage(ctx context.Context, b disruption) (Outage, error) {
	s.setStage("all is well")
	if err := trial.Pause(ctx, undisturbed); err != nil {
		return Outage{}, err
	}
	logs, err := s.logSizes()
	if err != nil {
		return Outage{}, err
	}
	before, _ := s.ledger.counts()
	end, err := b.start(ctx)
	if err != nil {
		return Outage{}, err
	}
	s.setStage("no " + b.kind)
	began := time.Now()
	err = trial.Pause(ctx, s.Outages)
	if err = errors.Join(err, end()); err != nil {
		return Outage{}, err
	}
	s.setStage(b.kind + " is back")
	sent, _ := s.ledger.counts()
	o := Outage{Kind: b.kind, Sent: sent - before}
	return s.measureRecovery(ctx, o, b.healthText, began, time.Now(), logs)
}

// measureRecovery waits for the recovery and completes the report of an outage.
func (s *soak) measureRecovery(ctx context.Context, o Outage, healthText string, began, ended time.Time, logs []int64) (Outage, error) {
	sent, _ := s.ledger.counts()
	done, err := s.waitForRecovery(ctx, ended, s.plan[:sent])
	if err != nil {
		return Outage{}, err
	}
	reported, problems := s.health.firstReport(healthText, began, ended)
	o.Lasted, o.ReportedAfter, o.Problems = ended.Sub(began), timeBetween(began, reported), problems
	o.ClaimedReady = s.health.hasClaimedReady(began, ended)
	o.ReadyAfter = timeBetween(ended, s.health.readySince(s.trial.Bots, ended))
	o.AnsweredAfter = timeBetween(ended, s.ledger.firstAnswerAfter(ended))
	o.DoneAfter = timeBetween(ended, done)
	for i, b := range s.trial.Bots {
		lines, err := b.WarningsAndErrors(logs[i])
		if err != nil {
			return Outage{}, err
		}
		o.Lines = append(o.Lines, lines...)
	}
	o.judge(len(s.trial.Bots))
	return o, nil
}

// waitForRecovery waits until the bots are ready and all of these requests are answered, and gives
// when they were answered: zero when they never were.
func (s *soak) waitForRecovery(ctx context.Context, ended time.Time, of []*Request) (done time.Time, err error) {
	for time.Since(ended) < s.Patience {
		if done.IsZero() && s.ledger.hasAnsweredAll(of) {
			done = time.Now()
		}
		if !done.IsZero() && !s.health.readySince(s.trial.Bots, ended).IsZero() {
			break
		}
		if err := trial.Pause(ctx, 50*time.Millisecond); err != nil {
			return time.Time{}, err
		}
	}
	return done, nil
}

// logSizes are the lengths of the bots' logs, in bytes.
func (s *soak) logSizes() (sizes []int64, err error) {
	for _, b := range s.trial.Bots {
		size, err := b.LogSize()
		if err != nil {
			return nil, err
		}
		sizes = append(sizes, size)
	}
	return sizes, nil
}

// firstAnswerAfter is when the first final answer after a moment came; zero without one.
func (l *ledger) firstAnswerAfter(from time.Time) time.Time {
	for _, m := range l.botMessages() {
		if at := time.UnixMilli(m.Timestamp); at.After(from) && trial.ReadStamp(m).IsFinal() {
			return at
		}
	}
	return time.Time{}
}

func (l *ledger) hasAnsweredAll(of []*Request) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range of {
		if l.pending[c.Number] != nil {
			return false
		}
	}
	return true
}
