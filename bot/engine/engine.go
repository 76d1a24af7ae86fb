package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/riverqueue/river"
	"github.com/rs/zerolog"
)

// ErrLocked says that another process works on the same file; the error that wraps it names both.
var ErrLocked = errors.New("in use by another process")

// ErrEmpty says that no engine has worked on the database yet.
var ErrEmpty = errors.New("empty, no bot has worked on it yet")

// ErrOlder says that the store was written by an older version of the program. Open brings it up to date.
var ErrOlder = errors.New("written by an older version of the program; start the bot once to bring it up to date")

// ErrNewer says that the store was written by a newer version of the program.
var ErrNewer = errors.New("written by a newer version of the program")

// OpenError is a store that could not be opened.
type OpenError struct {
	Store string // without its password
	Err   error
}

func (e *OpenError) Error() string { return "open the store " + e.Store + ": " + e.Err.Error() }

// Unwrap is the cause.
func (e *OpenError) Unwrap() error { return e.Err }

// What is assumed where the configuration gives nothing.
const (
	DefaultWorkers       = 32
	DefaultTakeoverAfter = 40 * time.Second
)

// Config says where the commands are kept and who carries them out.
type Config struct {
	// Store is the path of an SQLite file, created with its folder when missing, which one process works on (FILE.lock beside it keeps
	// a second one out); or the URL of a PostgreSQL database, postgres://…, which any number of processes (replicas) work on.
	Store string

	Workers int // commands carried out side by side; default DefaultWorkers

	// Handle carries out one command; nil means done. Later and Fatal have their own meaning, any other error (and a panic)
	// counts as a failed attempt. It may be called again for the same command after a crash, so effects belong into Job.Do.
	Handle func(ctx context.Context, j *Attempt) error

	// ReportFailure is called when a command has failed for good, to tell the user. It is called again after an error or a crash,
	// FailedAttempts times at most; what must happen once belongs into Job.Do. The cause is the last error of Handle,
	// only its text after a restart; ErrCancelled when an operator has cancelled the command. Optional.
	ReportFailure func(ctx context.Context, j *Attempt, cause error) error

	MaxAttempts    int           // failed attempts of Handle after which the command fails; default 12
	MaxCrashes     int           // ends of the process during Handle, less the steps done, after which the command fails, as it may be the cause; default 25
	FailedAttempts int           // attempts of Failed, ends of the process in the middle included; default 25
	BackoffFloor   time.Duration // pause after the first failed attempt, doubled after each; default 1 s
	BackoffCeiling time.Duration // longest pause; default 5 min
	Drain          time.Duration // how long Run waits for running commands at its end before it cancels them; default 10 s, below 0 none
	Keep           time.Duration // how long finished commands, their steps and claims are remembered; default 30 days, at least a minute

	// Timeout is the longest single attempt; its context ends then. An attempt that has stored a step by then goes on at once in
	// another one and has not failed. Default: none on SQLite, 60 s on PostgreSQL.
	Timeout time.Duration

	// PostgreSQL only:

	// Replica is the name under which this process is known to others and in logs. It need not be unique. Default: the host's name.
	Replica string

	// TakeoverAfter is how long after the death of a replica was noticed its running commands are carried on by others: the longest
	// call of an effect and the time until the effect can be found, together. Default DefaultTakeoverAfter.
	TakeoverAfter time.Duration

	Patience time.Duration // how long Open waits for a database that cannot be reached; default 2 min

	silence time.Duration // replaces the constant in tests
}

func (c Config) withDefaults() (Config, error) {
	if c.Store == "" {
		return Config{}, errors.New("open the store: neither file nor database is given")
	}
	if c.Handle == nil {
		return Config{}, errors.New("open the store: no handler")
	}
	if c.ReportFailure == nil {
		c.ReportFailure = func(context.Context, *Attempt, error) error { return nil }
	}
	c.Workers = cmp.Or(c.Workers, DefaultWorkers)
	c.MaxAttempts = cmp.Or(c.MaxAttempts, 12)
	c.MaxCrashes = cmp.Or(c.MaxCrashes, 25)
	c.FailedAttempts = cmp.Or(c.FailedAttempts, 25)
	c.BackoffFloor = cmp.Or(c.BackoffFloor, time.Second)
	c.BackoffCeiling = cmp.Or(c.BackoffCeiling, 5*time.Minute)
	c.Drain = cmp.Or(c.Drain, 10*time.Second)
	c.Keep = max(cmp.Or(c.Keep, 30*24*time.Hour), time.Minute) // the queue may use the id of a forgotten job again, which must not be soon
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
	if isPostgres(c.Store) {
		c.Timeout = cmp.Or(c.Timeout, time.Minute)
	}
	c.TakeoverAfter = cmp.Or(c.TakeoverAfter, DefaultTakeoverAfter)
	c.Patience = cmp.Or(c.Patience, 2*time.Minute)
	c.silence = cmp.Or(c.silence, silence)
	return c, nil
}

// Engine is an open store of commands.
type Engine struct {
	ledger
	config   Config
	presence presence
	started  atomic.Bool
	stuck    atomic.Bool // commands have not ended when cancelled

	mu      sync.Mutex // guards running
	running map[int64]*handout

	trouble trouble           // of the store
	doubts  chan queueProblem // what the queue complains of, which may be the store's fault
}

// Open locks or joins the store, migrates it, and takes back what a dead process left running. Nothing runs before Run.
// A store that does not open is an *[OpenError]: ErrLocked when another process has the file, ErrNewer when a newer program wrote it.
// What there is to say about the store and the job queue goes to the logger of ctx.
func Open(ctx context.Context, c Config) (*Engine, error) {
	c, err := c.withDefaults()
	if err != nil {
		return nil, err
	}
	e := &Engine{config: c, running: map[int64]*handout{}, doubts: make(chan queueProblem, 1), trouble: trouble{log: zerolog.Ctx(ctx)}}
	open := e.openSQLite
	if isPostgres(c.Store) {
		open = e.openPostgres
	}
	if err := open(ctx); err != nil {
		_ = e.Close() // the first error tells more
		return nil, &OpenError{Store: shown(c.Store), Err: err}
	}
	e.store = attended{e.store, &e.trouble}
	return e, nil
}

// queueConfig is the set-up of River. It only hands out jobs: attempts are counted and bounded here, since a crash must not
// end a command unnoticed. Its rescue of stuck jobs goes by this process's clock and overwrites what has ended meanwhile, so it is out of
// reach; sweepIn does it instead.
func (e *Engine) queueConfig(ctx context.Context, id string) *river.Config {
	workers := river.NewWorkers()
	river.AddWorker(workers, &worker{engine: e})
	c := &river.Config{
		ID:                          id,
		Logger:                      queueLog(zerolog.Ctx(ctx), e.doubts),
		Workers:                     workers,
		Queues:                      map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: e.config.Workers}},
		FetchCooldown:               fetchCooldown,
		FetchPollInterval:           fetchPoll,
		JobTimeout:                  -1,
		RescueStuckJobsAfter:        10 * 365 * 24 * time.Hour,
		MaxAttempts:                 maxHandouts,
		ReindexerIndexNames:         []string{},
		CompletedJobRetentionPeriod: e.config.Keep,
		DiscardedJobRetentionPeriod: e.config.Keep,
		CancelledJobRetentionPeriod: e.config.Keep,
	}
	if isPostgres(e.config.Store) {
		c.JobTimeout = e.config.Timeout + rescueMargin
	}
	return c
}

// Ready jobs are rung for, so the cooldown only bounds how often a busy engine fetches; the poll is the net, and what is left of the
// bell after a restart for jobs in a pause. A fetch costs half a millisecond of CPU whether it finds anything or not.
const (
	fetchCooldown = time.Millisecond
	fetchPoll     = time.Second
	maxHandouts   = 1<<15 - 1
)

// Close releases the store. Call it after Run has returned.
func (e *Engine) Close() error {
	var err error
	if e.presence != nil {
		err = e.presence.leave(context.Background(), !e.stuck.Load())
	}
	if e.store != nil {
		err = errors.Join(err, e.store.close())
	}
	if err != nil {
		return fmt.Errorf("close the store: %w", err)
	}
	return nil
}

// shown is a store's place without its password.
func shown(store string) string {
	if !isPostgres(store) {
		return store
	}
	u, err := url.Parse(store)
	if err != nil {
		return "postgres://…"
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}
