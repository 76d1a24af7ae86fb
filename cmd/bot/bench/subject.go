package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"roombot/cmd/bot/trial"
	"roombot/symphony/sandbox/client"
)

// subjectSetup describes what is measured.
type subjectSetup struct {
	name       string // in the report
	program    string // path; empty for this one
	stored     int    // finished commands in the store
	crowd      int
	cpuProfile string // file; empty for none
}

// subject is what is measured: a bot on a pod of its own.
type subject struct {
	Config
	subjectSetup
	dir     string
	trial   *trial.Trial
	pod     *client.Client
	bot     *trial.Bot
	timings *timings
	people  *people
	size    PodSize

	before, after reading
	rounds        []round
	rooms         []client.Room   // at the end
	mostWaiting   int             // the most events that waited in the datafeed
	atRest        time.Duration   // how long it was measured at rest
	alone, beside []time.Duration // from the message to the link, without a flood and with one
}

// round is a part of the requests, and how long it took until all of them were answered.
type round struct {
	commands int
	took     time.Duration
}

// smallCrowd is the default crowd. Of a greater one so many write and are named as well, so that
// pods of all sizes can be compared.
const smallCrowd = 80

func startSubject(ctx context.Context, c Config, setup subjectSetup) (s *subject, err error) {
	s = &subject{Config: c, subjectSetup: setup}
	if s.dir, err = os.MkdirTemp("", "roombot-bench-"); err != nil {
		return nil, fmt.Errorf("folder of the benchmark: %w", err)
	}
	if err = s.fillStore(ctx); err == nil {
		err = s.start(ctx, s.podSetup(), s.Workers)
	}
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// podSetup is a pod with groups and rooms in proportion.
func (s *subject) podSetup() trial.PodSetup {
	p := trial.PodSetup{Crowd: s.crowd, RTT: s.RTT}
	if s.crowd > smallCrowd {
		p.Groups, p.Rooms = s.crowd/5, s.crowd
	}
	return p
}

// start starts pod and bot on the store that is there.
func (s *subject) start(ctx context.Context, pod trial.PodSetup, workers int) (err error) {
	program := s.program
	if program != "" {
		if program, err = filepath.Abs(program); err != nil {
			return err
		}
	}
	s.trial, err = trial.Start(ctx, trial.Setup{
		Dir: s.dir, Pod: pod,
		Bots: trial.BotSetup{Program: program, Store: s.Store, Workers: workers, Bounded: s.Flood > 0, CPUProfile: s.cpuProfile},
	})
	if err != nil {
		return err
	}
	if err := s.trial.WaitUntilReady(ctx); err != nil {
		return err
	}
	state, err := s.trial.Pod.State(ctx)
	if err != nil {
		return err
	}
	s.pod, s.bot, s.timings, s.people = s.trial.Pod, s.trial.Bots[0], newTimings(), newPeople(state)
	s.size = PodSize{People: len(state.People), Groups: len(state.Groups), Rooms: len(state.Rooms)}
	return nil
}

// writeCPUProfile ends the bot, if it is to be profiled: its profile is written then.
func (s *subject) writeCPUProfile() error {
	if s.cpuProfile == "" {
		return nil
	}
	return s.bot.Stop()
}

func (s *subject) close() (err error) {
	if s.trial != nil {
		err = s.trial.Close()
	}
	return errors.Join(err, os.RemoveAll(s.dir))
}

// fillWorkers is enough for a machine without a network to be busy.
const fillWorkers = 32

// fillStore has the bot execute as many commands as are to be in its store, on a small pod without
// a network, and ends both. So the store is what this program leaves of them.
func (s *subject) fillStore(ctx context.Context) error {
	if s.stored == 0 {
		return nil
	}
	fmt.Fprintf(s.Progress, "%s: %d commands are executed first, so that they are in the store\n", s.name, s.stored)
	if err := s.start(ctx, trial.PodSetup{Crowd: smallCrowd}, fillWorkers); err != nil {
		return err
	}
	filling := &benchmark{Config: s.Config, subjects: []*subject{s}}
	filling.Commands, filling.AtOnce = s.stored, fillWorkers
	err := filling.follow(ctx, func(ctx context.Context) error {
		if err := filling.sendWhenAnswered(ctx); err != nil {
			return err
		}
		return s.waitUntilIdle(ctx)
	})
	if err == nil {
		err = s.bot.Stop()
	}
	if err = errors.Join(err, s.trial.Close()); err != nil {
		return fmt.Errorf("fill the store: %w", err)
	}
	s.trial, s.rounds = nil, nil
	return nil
}

// warmUpCommands is how many requests are not measured: the first ones open chats and connections
// and fill caches.
const warmUpCommands = 8

func (s *subject) warmUp(ctx context.Context) error {
	for n := range warmUpCommands {
		if _, err := s.sendAndAwait(ctx, -n, n); err != nil {
			return fmt.Errorf("warm up %s: %w", s.name, err)
		}
	}
	return s.waitUntilIdle(ctx)
}

// sendAndAwait sends one request, waits until it is answered, and gives how long the link took.
func (s *subject) sendAndAwait(ctx context.Context, n, who int) (time.Duration, error) {
	newcomer := s.people.hasNewcomer(n, s.People)
	said, err := s.pod.Says(ctx, s.people.speaker(who), s.people.command(n, s.People, s.Groups))
	if err != nil {
		return 0, err
	}
	link, err := s.timings.awaitAnswer(ctx, said.Message, s.Patience)
	if err == nil {
		s.timings.noteLink(link, newcomer, s.RTT)
	}
	return link, err
}

// waitUntilIdle waits until the bot has nothing left to do, and its own events have come back.
func (s *subject) waitUntilIdle(ctx context.Context) error {
	limit := time.Now().Add(s.Patience)
	for !s.trial.IsIdle(ctx) {
		if time.Now().After(limit) {
			return fmt.Errorf("%s had not done with what it was sent after %s", s.name, s.Patience)
		}
		if err := trial.Pause(ctx, 20*time.Millisecond); err != nil {
			return err
		}
	}
	return pauseAfterAnswers(ctx, s.RTT)
}

// pauseAfterAnswers waits until what the bot did last has come back to it as events.
func pauseAfterAnswers(ctx context.Context, rtt time.Duration) error {
	return trial.Pause(ctx, 4*rtt+200*time.Millisecond)
}
