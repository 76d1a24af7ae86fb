package soak

import (
	"context"
	"errors"

	"roombot/bot/engine"
	"roombot/cmd/bot/trial"
)

// breakage is how something that the bots need is put out of order, and in order again.
type breakage struct {
	kind string
	sign string // what the sentence about it in the bots' health has in it
	begin
}

type begin func(context.Context) (end func() error, err error)

// breakages are login, feed and store. A session that still holds would hide
// that nobody can sign in, so that one is ended.
func (s *session) breakages() []breakage {
	return []breakage{
		{"login", "signing in", s.faulty(
			trial.Fault{Path: "/login/*", Status: 503},
			trial.Fault{Kind: "session-expired", Count: 1},
		)},
		{"feed", "the feed", s.faulty(trial.Fault{Path: "/agent/v5/datafeeds*", Status: 503})},
		{"store", "the store", s.occupied},
	}
}

// faulty has the pod make trouble.
func (s *session) faulty(faults ...trial.Fault) begin {
	return func(ctx context.Context) (func() error, error) {
		for _, f := range faults {
			if err := s.trial.Pod.Break(ctx, f); err != nil {
				return nil, err
			}
		}
		return func() error { return s.trial.Pod.Mend(context.WithoutCancel(ctx)) }, nil
	}
}

// occupied keeps the bots from writing into their stores.
func (s *session) occupied(ctx context.Context) (func() error, error) {
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
