// Package bench measures how long users wait, and what the bot's process uses: the real bot against
// a pod of its own process, with the delay of a network in between.
package bench

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"roombot/bot/engine"
)

// Config describes a benchmark.
type Config struct {
	Commands int           // how many are measured, after some to warm up
	Rate     float64       // requests a second; 0 for as fast as they are answered
	AtOnce   int           // with Rate 0: how many people each send the next request when theirs is answered; default 32
	RTT      time.Duration // round trip of the network, on each call of the bot
	People   int           // named in each request, by mention
	Groups   int           // named in each request
	Chatter  int           // messages a second that are not for the bot
	Flood    int           // requests that somebody else sends at once, before every second request; Rate does not count then
	Idle     time.Duration // how long the bot is measured at rest, in place of all requests
	Workers  int           // the bot's roombot.limits.workers; 0 for its default
	Patience time.Duration // how long nothing may be answered before the benchmark gives up; default 60 s

	Store  engine.Address // a database for the bot; zero for a file
	Stored int            // finished commands in the store before anything is measured
	Crowd  int            // employees of the pod; default 80. Above that they have a fifth as many groups, and as many rooms

	// Against is the path of another build of the program, which is measured in turns with this one.
	Against string
	// AgainstSmall has this program measured in turns with itself on an empty store and the default
	// pod.
	AgainstSmall bool

	// CPUProfile is a file for a profile of this program's bot, in the format of pprof; empty for
	// none.
	CPUProfile string

	Progress io.Writer // what is done before anything is measured, for people
}

func (c Config) withDefaults() Config {
	c.AtOnce = cmp.Or(c.AtOnce, 32)
	c.Patience = cmp.Or(c.Patience, time.Minute)
	c.Crowd = cmp.Or(c.Crowd, smallCrowd)
	if c.Progress == nil {
		c.Progress = io.Discard
	}
	return c
}

// MostPeople and MostGroups are how many a request may name, MostFlood how many requests may be
// sent at once, MostAtOnce how many people there are who write, LeastCrowd the default crowd, and
// MostCrowd what the pod has ids for.
const (
	LeastCrowd = smallCrowd
	MostAtOnce = smallCrowd
	MostPeople = 40
	MostGroups = 4
	MostFlood  = 5000
	MostCrowd  = 40_000
)

// Run measures.
func Run(ctx context.Context, c Config) (result Report, err error) {
	b := &benchmark{Config: c.withDefaults()}
	defer func() {
		for _, s := range b.subjects {
			err = errors.Join(err, s.close())
		}
	}()
	for _, setup := range b.setups() {
		s, err := startSubject(ctx, b.Config, setup)
		if err != nil {
			return Report{}, err
		}
		b.subjects = append(b.subjects, s)
	}
	measure := b.measure
	if c.Idle > 0 {
		measure = b.measureAtRest
	}
	if err := measure(ctx); err != nil {
		return Report{}, err
	}
	report := b.report()
	for _, s := range b.subjects {
		if err := s.writeCPUProfile(); err != nil {
			return Report{}, err
		}
	}
	return report, nil
}

// benchmark is a benchmark that runs.
type benchmark struct {
	Config
	subjects []*subject // one, or two that are compared
}

// setups are what is measured: the program, and what it is compared with.
func (b *benchmark) setups() []subjectSetup {
	own := subjectSetup{name: "this program", stored: b.Stored, crowd: b.Crowd, cpuProfile: b.CPUProfile}
	switch {
	case b.AgainstSmall:
		small := subjectSetup{name: "small", crowd: smallCrowd}
		own.name = fmt.Sprintf("%d stored, crowd %d", b.Stored, b.Crowd)
		return []subjectSetup{own, small}
	case b.Against != "":
		other := own
		other.program, other.name, other.cpuProfile = b.Against, filepath.Base(b.Against), ""
		return []subjectSetup{own, other}
	}
	return []subjectSetup{own}
}

// measure sends the requests.
func (b *benchmark) measure(ctx context.Context) error {
	return b.follow(ctx, func(ctx context.Context) error {
		for _, s := range b.subjects {
			if err := s.warmUp(ctx); err != nil {
				return err
			}
		}
		for _, s := range b.subjects {
			if err := s.begin(ctx); err != nil {
				return err
			}
		}
		if err := b.sendBesideChatter(ctx); err != nil {
			return err
		}
		// What is not waited for by those who ask is also done for them.
		if err := pauseAfterAnswers(ctx, b.RTT); err != nil {
			return err
		}
		for _, s := range b.subjects {
			if err := s.end(ctx); err != nil {
				return err
			}
		}
		return nil
	})
}

// follow has the messages of the pods noted while work is done.
func (b *benchmark) follow(ctx context.Context, work func(context.Context) error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	group, ctx := errgroup.WithContext(ctx)
	for _, s := range b.subjects {
		group.Go(func() error { return s.pod.Follow(ctx, 5*time.Millisecond, s.timings.noteMessages) })
	}
	group.Go(func() error {
		defer stop()
		return work(ctx)
	})
	return group.Wait()
}

// sendBesideChatter sends the requests, and meanwhile what is not for the bots.
func (b *benchmark) sendBesideChatter(ctx context.Context) error {
	group, working := errgroup.WithContext(ctx)
	chatting, silence := context.WithCancel(working)
	defer silence()
	for _, s := range b.subjects {
		group.Go(func() error { return s.sendChatter(chatting) })
	}
	group.Go(func() error {
		defer silence()
		return b.sendAll(working)
	})
	return group.Wait()
}
