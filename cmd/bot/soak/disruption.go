package soak

import (
	"context"
	"errors"

	"roombot/bot/engine"
	"roombot/symphony/sandbox/client"
)

// disruption is how something that the bots need is taken from them and given back.
type disruption struct {
	kind       string
	healthText string // part of the sentence that the bots' health has about it
	start      startFunc
}

// startFunc begins a disruption; end ends it.
type startFunc func(context.Context) (end func() error, err error)

// disruptions are those of login, feed and store. The session is ended as well: while it holds, a
// bot does not notice that nobody can sign in.
func (s *soak) disruptions() []disruption {
	return []disruption{
		{"login", "signing in", s.withFaults(
			client.Fault{Path: "/login/*", Status: 503},
			client.Fault{Kind: "session-expired", Count: 1},
		)},
		{"feed", "the feed", s.withFaults(client.Fault{Path: "/agent/v5/datafeeds*", Status: 503})},
		{"store", "the store", s.occupyStores},
	}
}

// withFaults is the disruption by faults of the pod.
func (s *soak) withFaults(faults ...client.Fault) startFunc {
	return func(ctx context.Context) (func() error, error) {
		if err := s.trial.Pod.Fail(ctx, faults...); err != nil {
			return nil, err
		}
		return func() error { return s.trial.Pod.Heal(context.WithoutCancel(ctx)) }, nil
	}
}

// occupyStores keeps the bots from writing into their stores.
func (s *soak) occupyStores(ctx context.Context) (func() error, error) {
	var releases []func() error
	end := func() error {
		var err error
		for _, release := range releases {
			err = errors.Join(err, release())
		}
		return err
	}
	seen := map[engine.Address]bool{}
	for _, b := range s.trial.Bots {
		if seen[b.Store] {
			continue
		}
		seen[b.Store] = true
		release, err := engine.LockStore(ctx, b.Store)
		if err != nil {
			return nil, errors.Join(err, end())
		}
		releases = append(releases, release)
	}
	return end, nil
}
