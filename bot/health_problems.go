package bot

import (
	"context"
	"fmt"
	"time"

	"roombot/bot/engine"
	"roombot/symphony"
)

// snapshot is the state of the bot's parts at one moment.
type snapshot struct {
	at           time.Time
	started      time.Time
	calls        symphony.Stats
	feed         symphony.FeedStats
	store        engine.Stats
	storeErr     error
	pauses       []engine.Pause
	refusal      error     // why the last batch was not taken; nil when it was
	lastProgress time.Time // when a job last got further here
	queueLimit   int       // how many jobs may wait
	policy       *policyState
	versions     map[string]string // of the policy, of the replicas where they differ
}

// storeTimeout is how long health waits for the store.
const storeTimeout = 3 * time.Second

func (b *Bot) takeSnapshot(ctx context.Context) snapshot {
	s := snapshot{
		at: time.Now(), started: b.started, calls: b.client.Stats(), feed: b.feed.Stats(),
		refusal: b.admission.refusal(), lastProgress: time.Unix(0, b.lastProgress.Load()), queueLimit: b.bounds.Queue,
		policy: b.rules.current.Load(),
	}
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	s.store, s.storeErr = b.engine.Stats(ctx)
	if s.storeErr == nil {
		s.pauses, s.storeErr = b.engine.Pauses(ctx)
	}
	if s.storeErr == nil && s.store.Replicas > 1 {
		var labels map[string]string
		labels, s.storeErr = b.engine.ReplicaLabels(ctx)
		s.versions = differingVersions(labels)
	}
	return s
}

// maxReadAge is how old the last completed read may be: Symphony parks a read for about 20 s, and a
// slow one is given up after 60 s.
const maxReadAge = 90 * time.Second

// maxStandstill is after how long without any progress waiting jobs are a problem: a failed attempt
// is repeated after five minutes at most.
const maxStandstill = 10 * time.Minute

// maxFailing is for how long the attempts at a command may fail before that is a problem of the
// bot.
const maxFailing = 10 * time.Minute

// problems are what keeps the bot from its work, as sentences without a full stop.
func (s snapshot) problems() []string {
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
	add(s.calls.LoginError != nil, "signing in to Symphony fails%s", sinceText(s.calls.LastLogin, "; it last worked at"))
	switch {
	case !s.feed.DownSince.IsZero():
		add(true, "the feed cannot be read%s", sinceText(s.feed.DownSince, " since"))
	case s.feed.Feed == "":
		add(true, "there is no feed yet")
	default:
		add(s.at.Sub(lastRead) > maxReadAge, "the feed has not been read%s", sinceText(lastRead, " since"))
	}
	full := s.storeErr == nil && s.store.Queued >= s.queueLimit
	add(s.storeErr != nil, "the store does not answer")
	add(full, "%d jobs wait, and no more are taken in until there are fewer than %d", s.store.Queued, s.queueLimit)
	refusing := s.refusal != nil || !s.store.OutageSince.IsZero()
	add(refusing && s.storeErr == nil && !full, "requests cannot be kept in the store")
	add(s.storeErr == nil && s.store.Failing > maxFailing, "a command has been failing since %s",
		s.at.Add(-s.store.Failing).UTC().Format(time.RFC3339))
	add(s.isStandingStill(), "%d jobs wait, and none has got further%s", s.store.Queued, sinceText(s.lastProgress, " since"))
	return all
}

// isStandingStill reports whether jobs wait and none gets further. What other replicas execute at
// the moment is theirs to report.
func (s snapshot) isStandingStill() bool {
	own := s.store.Replicas <= 1 || s.store.Running == 0
	return s.storeErr == nil && own && s.store.Queued > 0 &&
		s.store.Oldest > maxStandstill && s.at.Sub(s.lastProgress) > maxStandstill
}

func sinceText(t time.Time, words string) string {
	if t.IsZero() {
		return ""
	}
	return words + " " + t.UTC().Format(time.RFC3339)
}
