package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"roombot/bot/audit"
)

// DefaultTakeoverAfter is long enough for a call of 30 s and a search that lags by 10 s.
const DefaultTakeoverAfter = 40 * time.Second

// DefaultKeep is how long finished jobs are kept.
const DefaultKeep = 30 * 24 * time.Hour

// Config says where the jobs are kept and who works on them.
type Config struct {
	// Store is an SQLite file, created with its folder when missing, which one process works on
	// (FILE.lock beside it keeps a second one out); or a PostgreSQL database, which any number of
	// processes (replicas) work on.
	Store Address

	Workers int // attempts side by side; at least 1

	// JournalVersion is the version of what Handle stores (payloads, steps, intentions, claims).
	// Each job carries the newest version that has worked on it. A process leaves a job of a newer
	// version than its own to others: it starts no attempt at it and reports no failure of it.
	JournalVersion int

	// Handle is one attempt at a job; nil means done. Postpone and GiveUp have their own meaning,
	// any other error (and a panic) is a failed attempt. It may be called again for the same job
	// after a crash, so effects belong into Attempt.Do.
	Handle func(ctx context.Context, a *Attempt) error

	// ReportFailure is called when a job has failed for good, to tell the user. It is called again
	// after an error or a crash, MaxReports times at most, in which Postpone and RepeatAfter do not
	// count; what must happen once belongs into Attempt.Do. The cause is the last error of Handle,
	// only its text after a restart; ErrCancelled when an operator has cancelled the job. Optional.
	ReportFailure func(ctx context.Context, a *Attempt, cause error) error

	// ReportWaiting is called with a job that has waited for its turn for WaitingAfter, to tell the
	// user; ahead are the jobs before it, the first of which has its turn. It is called by the
	// process that has inserted the job, or not at all where that has ended before. Its error is
	// logged. Optional.
	ReportWaiting func(ctx context.Context, a *Attempt, ahead []Job) error
	WaitingAfter  time.Duration // default 500 ms

	// ReportAct is called with each act of an operator (see WithOperator), within a second and at
	// least once, by one of the running processes. Optional.
	ReportAct func(ctx context.Context, act Act)

	// EntryOfAct makes the entry of the audit record of such an act, which is stored once, and its
	// facts, nil for none. Optional.
	EntryOfAct func(act Act) (audit.Entry, *audit.Facts)

	// ReportHead is called with the number of the last entry of the audit record, within a second
	// after this process or another one has linked some. It must not block. Optional.
	ReportHead func(seq int64)

	MaxAttempts    int           // failed attempts after which the job fails; default 12
	MaxCrashes     int           // ends of the process during Handle in a row, less the steps done, after which the job fails; default 50
	MaxReports     int           // calls of ReportFailure, ends of the process in the middle included; default 25
	BackoffFloor   time.Duration // pause after the first failed attempt, doubled after each; default 1 s
	BackoffCeiling time.Duration // longest pause; default 5 min
	Drain          time.Duration // how long Run waits for running jobs at its end before it cancels them; default 10 s, below 0 none
	KeepFacts      time.Duration // how long the facts of the audit record are kept; default DefaultKeep
	KeepEntries    time.Duration // how long its entries are kept; default for ever
	Keep           time.Duration // how long finished jobs are kept, of failed ones all; default DefaultKeep, at least a minute

	// Timeout is the longest single attempt; its context ends then. An attempt that has stored a
	// step by then goes on at once in another one and has not failed. Default: none on SQLite, 60 s
	// on PostgreSQL.
	Timeout time.Duration

	// PostgreSQL only:

	// Replica is the name of this process for others and in logs. It need not be unique. Default:
	// the name of the host.
	Replica string

	// TakeoverAfter is how long after the death of a replica was noticed others go on with its
	// running jobs: the longest call of an effect and the time until the effect can be found,
	// together. Default DefaultTakeoverAfter.
	TakeoverAfter time.Duration

	Patience time.Duration // how long Open waits for a database that cannot be reached; default 2 min

	maxSilence time.Duration // replaces the constant in tests
}

func (c Config) withDefaults() (Config, error) {
	switch {
	case c.Store.IsZero():
		return Config{}, errors.New("open the store: neither file nor database is given")
	case c.Handle == nil:
		return Config{}, errors.New("open the store: no handler")
	case c.Workers < 1:
		return Config{}, errors.New("open the store: no workers")
	}
	if c.ReportFailure == nil {
		c.ReportFailure = func(context.Context, *Attempt, error) error { return nil }
	}
	c.MaxAttempts = cmp.Or(c.MaxAttempts, 12)
	c.MaxCrashes = cmp.Or(c.MaxCrashes, 50)
	c.WaitingAfter = cmp.Or(c.WaitingAfter, 500*time.Millisecond)
	c.MaxReports = cmp.Or(c.MaxReports, 25)
	c.BackoffFloor = cmp.Or(c.BackoffFloor, time.Second)
	c.BackoffCeiling = cmp.Or(c.BackoffCeiling, 5*time.Minute)
	c.Drain = cmp.Or(c.Drain, 10*time.Second)
	// The queue may use the id of a purged job again, which must not be soon.
	c.KeepFacts = cmp.Or(c.KeepFacts, DefaultKeep)
	c.Keep = max(cmp.Or(c.Keep, DefaultKeep), time.Minute)
	return c.withReplicaDefaults()
}

func (c Config) withReplicaDefaults() (Config, error) {
	if c.Replica == "" {
		host, err := os.Hostname()
		if err != nil {
			return Config{}, fmt.Errorf("open the store: name of this host: %w", err)
		}
		c.Replica = host
	}
	if len(c.Replica) > 80 {
		return Config{}, errors.New("open the store: the replica's name is longer than 80 bytes")
	}
	if c.Store.IsPostgres() {
		c.Timeout = cmp.Or(c.Timeout, time.Minute)
	}
	c.TakeoverAfter = cmp.Or(c.TakeoverAfter, DefaultTakeoverAfter)
	c.Patience = cmp.Or(c.Patience, 2*time.Minute)
	c.maxSilence = cmp.Or(c.maxSilence, maxSilence)
	return c, nil
}
