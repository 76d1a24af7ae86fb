// Package bench measures how long users wait, and what the bot's process uses: the real bot against
// a pod of its own process, with the delay of a network in between.
package bench

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"roombot/cmd/bot/trial"
	"roombot/symphony/sandbox/client"
)

// Config describes a benchmark.
type Config struct {
	Commands      int           // how many are measured, after some to warm up
	Rate          float64       // requests a second; 0 for as fast as they are answered
	RTT           time.Duration // round trip of the network, on each call of the bot
	People        int           // named in each request, by mention
	Groups        int           // named in each request
	Chatter       int           // messages a second that are not for the bot
	Flood         int           // requests that somebody else sends at once, before every second request; Rate does not count then
	Conversations int           // people who talk to the bot, each in a chat of their own; default 32
	Workers       int           // the bot's roombot.limits.workers; 0 for its default
	Patience      time.Duration // how long nothing may be answered before the benchmark gives up; default 60 s
}

func (c Config) withDefaults() Config {
	if c.Conversations <= 0 {
		c.Conversations = 32
	}
	if c.Patience <= 0 {
		c.Patience = time.Minute
	}
	return c
}

// MostPeople and MostGroups are how many a request may name, and MostFlood how many may be sent at
// once.
const (
	MostPeople = 40
	MostGroups = 4
	MostFlood  = 5000
	crowd      = 80
)

// Run measures.
func Run(ctx context.Context, c Config) (result Report, err error) {
	c = c.withDefaults()
	t, err := trial.Start(ctx, trial.Setup{
		Pod:  trial.PodSetup{Crowd: crowd, RTT: c.RTT},
		Bots: trial.BotSetup{Workers: c.Workers, Bounded: c.Flood > 0},
	})
	if err != nil {
		return Report{}, err
	}
	defer func() { err = errors.Join(err, t.Close()) }()
	if err := t.WaitUntilReady(ctx); err != nil {
		return Report{}, err
	}
	state, err := t.Pod.State(ctx)
	if err != nil {
		return Report{}, err
	}
	r := &benchmark{Config: c, pod: t.Pod, bot: t.Bots[0], isIdle: t.IsIdle, timings: newTimings(), people: newPeople(state)}
	return r.execute(ctx)
}

// benchmark is a benchmark that runs.
type benchmark struct {
	Config
	pod         *client.Client
	bot         *trial.Bot
	isIdle      func(context.Context) bool // reports whether the bot has nothing left to do
	timings     *timings
	people      *people
	mostWaiting int // the most events that waited in the datafeed

	alone, beside []time.Duration // from the message to the link, without a flood and with one
}

// execute measures while the messages of the pod are followed.
func (r *benchmark) execute(ctx context.Context) (Report, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return r.pod.Follow(ctx, 5*time.Millisecond, r.timings.noteMessages) })
	var result Report
	group.Go(func() (err error) {
		defer stop()
		result, err = r.measure(ctx)
		return err
	})
	if err := group.Wait(); err != nil {
		return Report{}, err
	}
	return result, nil
}

// warmUpCommands is how many requests are not measured: the first ones open chats and connections
// and fill caches.
const warmUpCommands = 8

func (r *benchmark) measure(ctx context.Context) (Report, error) {
	for n := range warmUpCommands {
		if _, err := r.sendAndAwait(ctx, -n, n); err != nil {
			return Report{}, fmt.Errorf("warm up: %w", err)
		}
	}
	r.timings.reset()
	group, working := errgroup.WithContext(ctx)
	chatting, silence := context.WithCancel(working)
	defer silence()
	before, begin := r.bot.Sample(), time.Now()
	var after trial.Sample
	var took time.Duration
	group.Go(func() error { return r.sendChatter(chatting) })
	group.Go(func() error {
		defer silence()
		err := r.sendAll(working)
		took, after = time.Since(begin), r.bot.Sample()
		return err
	})
	if err := group.Wait(); err != nil {
		return Report{}, err
	}
	rooms, err := r.waitForMembers(ctx)
	return r.result(took, before, after, rooms), err
}

// waitForMembers gives the rooms once nobody is added any more: the last answers may come before
// the last people.
func (r *benchmark) waitForMembers(ctx context.Context) ([]client.Room, error) {
	for last := -1; ; {
		state, err := r.pod.State(ctx)
		if err != nil {
			return nil, err
		}
		inside := 0
		for _, room := range state.Rooms {
			inside += len(room.Members)
		}
		if inside == last {
			return state.Rooms, nil
		}
		last = inside
		if err := trial.Pause(ctx, 4*r.RTT+500*time.Millisecond); err != nil {
			return nil, err
		}
	}
}

// sendAll sends the requests and waits for the last answer.
func (r *benchmark) sendAll(ctx context.Context) error {
	switch {
	case r.Flood > 0:
		return r.sendBesideFloods(ctx)
	case r.Rate > 0:
		return r.sendAtRate(ctx)
	default:
		return r.sendWhenAnswered(ctx)
	}
}

// sendWhenAnswered has each person send the next request when the last one was answered.
func (r *benchmark) sendWhenAnswered(ctx context.Context) error {
	next := make(chan int)
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		defer close(next)
		for n := range r.Commands {
			select {
			case next <- n + 1:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	for who := range r.Conversations {
		group.Go(func() error {
			for n := range next {
				if _, err := r.sendAndAwait(ctx, n, who); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return group.Wait()
}

// sendAtRate sends at the rate, whether the earlier ones are answered or not.
func (r *benchmark) sendAtRate(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	begin := time.Now()
	for n := range r.Commands {
		due := begin.Add(time.Duration(float64(n) / r.Rate * float64(time.Second)))
		if err := trial.Pause(ctx, time.Until(due)); err != nil {
			return errors.Join(err, group.Wait())
		}
		group.Go(func() error {
			_, err := r.sendAndAwait(ctx, n+1, n%r.Conversations)
			return err
		})
	}
	return group.Wait()
}

// sendAndAwait sends one request, waits until it is answered, and gives how long the link took.
func (r *benchmark) sendAndAwait(ctx context.Context, n, who int) (time.Duration, error) {
	newcomer := r.people.hasNewcomer(n, r.People)
	said, err := r.pod.Says(ctx, r.people.speaker(who), r.people.command(n, r.People, r.Groups))
	if err != nil {
		return 0, err
	}
	link, err := r.timings.awaitAnswer(ctx, said.Message, r.Patience)
	if err == nil {
		r.timings.noteLink(link, newcomer, r.RTT)
	}
	return link, err
}

// feedCapacity is how many events a datafeed of the sandbox holds.
const feedCapacity = 10_000

// sendChatter writes what is not for the bot, in a room that it is in.
func (r *benchmark) sendChatter(ctx context.Context) error {
	if r.Chatter <= 0 {
		return nil
	}
	state, err := r.pod.State(ctx)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(state.Rooms, func(room client.Room) bool { return room.Name == roomName(0) })
	if at < 0 {
		return errors.New("no room to chat in")
	}
	begin, said := time.Now(), 0
	for trial.Pause(ctx, 10*time.Millisecond) == nil {
		due := int(time.Since(begin).Seconds()*float64(r.Chatter)) - said
		if due < 1 {
			continue
		}
		chattered, err := r.pod.Chatter(ctx, client.ChatterRequest{
			As: r.people.speaker(0), To: state.Rooms[at].StreamID, Text: trial.SmallTalk, Count: min(due, 5000),
		})
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		said, r.mostWaiting = said+min(due, 5000), max(r.mostWaiting, chattered.Queued)
		if chattered.Queued >= feedCapacity {
			return fmt.Errorf("the bot fell %d events behind, and the pod forgets those beyond: take a slower --chatter or a faster machine",
				chattered.Queued)
		}
	}
	return nil
}
