package bot

import (
	"context"
	"fmt"
	"time"

	"roombot/bot/engine"
	"roombot/symphony"
)

// state is how the bot fares at one moment, as its parts count it.
type state struct {
	at       time.Time
	started  time.Time
	calls    symphony.Stats
	feed     symphony.FeedStats
	store    engine.Stats
	storeErr error
	refusing error     // why intake took nothing lately; nil when it does
	moved    time.Time // when a command last got further here
	queue    int       // how many commands may wait
}

// patience is how long health waits for the store.
const patience = 3 * time.Second

func (b *Bot) state(ctx context.Context) state {
	s := state{
		at: time.Now(), started: b.started, calls: b.client.Stats(), feed: b.feed.Stats(),
		refusing: b.gate.reason(), moved: time.Unix(0, b.moved.Load()), queue: b.bounds.Queue,
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	s.store, s.storeErr = b.engine.Stats(ctx)
	return s
}

// stale is how old the last completed read may be: Symphony parks a read for
// about 20 s, and a slow one is given up after 60 s.
const stale = 90 * time.Second

// stalled is after how long without any progress waiting commands are a
// problem: a failed attempt is repeated after five minutes at most.
const stalled = 10 * time.Minute

// problems are what keeps the bot from its job, as sentences without a full stop.
func (s state) problems() []string {
	var all []string
	add := func(is bool, format string, args ...any) {
		if is {
			all = append(all, fmt.Sprintf(format, args...))
		}
	}
	lastRead := s.feed.LastRead
	if lastRead.IsZero() {
		lastRead = s.started
	}
	add(s.calls.LoginError != nil, "signing in to Symphony fails%s", since(s.calls.LastLogin, "; it last worked at"))
	switch {
	case !s.feed.DownSince.IsZero():
		add(true, "the feed cannot be read%s", since(s.feed.DownSince, " since"))
	case s.feed.Feed == "":
		add(true, "there is no feed yet")
	default:
		add(s.at.Sub(lastRead) > stale, "the feed has not been read%s", since(lastRead, " since"))
	}
	full := s.storeErr == nil && s.store.Queued >= s.queue
	add(s.storeErr != nil, "the store does not answer")
	add(full, "%d commands wait, and no more are taken in until there are fewer than %d", s.store.Queued, s.queue)
	refuses := s.refusing != nil || !s.store.OutageSince.IsZero()
	add(refuses && s.storeErr == nil && !full, "commands cannot be kept in the store")
	add(s.stalled(), "%d commands wait, and none has got further%s", s.store.Queued, since(s.moved, " since"))
	return all
}

// stalled is true when there is work of which nothing comes. What other
// replicas do at the moment is theirs to tell.
func (s state) stalled() bool {
	mine := s.store.Replicas <= 1 || s.store.Running == 0
	return s.storeErr == nil && mine && s.store.Queued > 0 && s.store.Oldest > stalled && s.at.Sub(s.moved) > stalled
}

func since(t time.Time, words string) string {
	if t.IsZero() {
		return ""
	}
	return words + " " + t.UTC().Format(time.RFC3339)
}
