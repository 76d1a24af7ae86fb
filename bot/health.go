package bot

import (
	"context"
	"math"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"roombot/bot/engine"
)

// Health is whether the bot can do its work, as /readyz shows it.
type Health struct {
	Ready    bool     `json:"ready"`
	Problems []string `json:"problems,omitempty"` // why it is not ready

	Username string    `json:"username"`
	Started  time.Time `json:"started"`

	Feed  FeedHealth  `json:"feed"`
	Login LoginHealth `json:"login"`
	Calls CallHealth  `json:"calls"`
	Queue QueueHealth `json:"queue"`

	Policy PolicyHealth `json:"policy"`
	Record RecordHealth `json:"record"`

	// Pauses are those in force, of all replicas.
	Pauses []engine.Pause `json:"pauses,omitempty"`

	// Requests counts those answered since the start, by outcome.
	Requests map[string]int `json:"requests"`
}

// PolicyHealth is which policy decides.
type PolicyHealth struct {
	Version string    `json:"version"`
	Since   time.Time `json:"since"`
	Faulty  bool      `json:"faulty"` // whether a newer text is not used, since something is wrong with it
	// Faults are what is wrong with it, a line each; of many the first ones.
	Faults []string `json:"faults,omitempty"`
	// Versions are those of the replicas by their names, where they differ.
	Versions map[string]string `json:"versions,omitempty"`
}

// RecordHealth is how far the audit record is.
type RecordHealth struct {
	Seq      int64 `json:"seq"`      // number of the last entry of the chain
	Unlinked int   `json:"unlinked"` // entries that are not in the chain yet
}

// FeedHealth is how the feed is read.
type FeedHealth struct {
	LastRead   time.Time `json:"lastRead,omitzero"`  // when a read last completed
	DownSince  time.Time `json:"downSince,omitzero"` // when the outage began that has not ended
	LagSeconds float64   `json:"lagSeconds"`         // age of the oldest event of the last read
	Events     int64     `json:"events"`
	Unknown    int64     `json:"unknown"`  // events of types that are not known
	Failures   int64     `json:"failures"` // reads that failed, and batches that were not taken
	Lost       int64     `json:"lost"`     // feeds that had ended
}

// LoginHealth is whether signing in works.
type LoginHealth struct {
	Last    time.Time `json:"last,omitzero"`
	Failing bool      `json:"failing"`
	Logins  int64     `json:"logins"`
	Failed  int64     `json:"failed"`
}

// CallHealth is how Symphony answers.
type CallHealth struct {
	Retries       int64   `json:"retries"`
	Throttled     int64   `json:"throttled"`     // answers that asked for less
	Waiting       int     `json:"waiting"`       // calls that wait because of them
	WaitedSeconds float64 `json:"waitedSeconds"` // how long calls have waited in all
	Pace          float64 `json:"pace"`          // calls a second at most; 0 for no limit
}

// QueueHealth is what there is to do.
type QueueHealth struct {
	Answers       bool    `json:"answers"`       // whether the store does
	Queued        int     `json:"queued"`        // jobs waiting
	Held          int     `json:"held"`          // jobs that a pause holds
	Approvals     int     `json:"approvals"`     // jobs that wait for an approval
	Running       int     `json:"running"`       // jobs being executed
	Failed        int     `json:"failed"`        // jobs on record that ended without success
	OldestSeconds float64 `json:"oldestSeconds"` // age of the oldest unfinished job
	// FailingSeconds is for how long the attempts at an unfinished job have been failing, the longest
	// of them.
	FailingSeconds float64 `json:"failingSeconds"`
	Limit          int     `json:"limit"`    // how many may wait
	Replicas       int     `json:"replicas"` // processes that work on them
}

// Health reads the state of the feed, the session and the store.
func (b *Bot) Health(ctx context.Context) Health {
	s := b.takeSnapshot(ctx)
	problems := s.problems()
	return Health{
		Ready: len(problems) == 0, Problems: problems, Username: b.self.Username, Started: s.started,
		Feed: FeedHealth{
			LastRead: s.feed.LastRead, DownSince: s.feed.DownSince, LagSeconds: seconds(s.feed.Lag),
			Events: s.feed.Events, Unknown: s.feed.Unknown, Failures: s.feed.Failures, Lost: s.feed.Lost,
		},
		Login: LoginHealth{
			Last: s.calls.LastLogin, Failing: s.calls.LoginError != nil, Logins: s.calls.Logins, Failed: s.calls.FailedLogins,
		},
		Calls: CallHealth{
			Retries: s.calls.Retries, Throttled: s.calls.Throttled, Waiting: s.calls.Waiting,
			WaitedSeconds: seconds(s.calls.Waited), Pace: s.calls.Pace,
		},
		Queue: QueueHealth{
			Answers: s.storeErr == nil, Queued: s.store.Queued, Held: s.store.Held, Approvals: s.store.Asking, Running: s.store.Running, Failed: s.store.Failed,
			OldestSeconds: seconds(s.store.Oldest), FailingSeconds: seconds(s.store.Failing), Limit: s.queueLimit, Replicas: s.store.Replicas,
		},
		Policy:   s.policyHealth(),
		Record:   RecordHealth{Seq: s.store.Entries, Unlinked: s.store.Unlinked},
		Pauses:   s.pauses,
		Requests: b.metrics.requestsByOutcome(),
	}
}

func seconds(d time.Duration) float64 { return math.Round(d.Seconds()*1000) / 1000 }

// requestsByOutcome are the counted requests by their outcome.
func (m *Metrics) requestsByOutcome() map[string]int {
	counted := make(chan prometheus.Metric)
	go func() {
		defer close(counted)
		m.requests.Collect(counted)
	}()
	all := map[string]int{}
	for c := range counted {
		var one dto.Metric
		if c.Write(&one) != nil {
			continue // a counter always writes
		}
		for _, l := range one.GetLabel() {
			if l.GetName() == outcomeLabel {
				all[l.GetValue()] += int(one.GetCounter().GetValue())
			}
		}
	}
	return all
}
