package engine

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/gofrs/flock"
	"github.com/riverqueue/river"
	"github.com/rs/zerolog"
)

// ErrLocked says that another process works on the same file; the error that wraps it names both.
var ErrLocked = errors.New("in use by another process")

// ErrNewer says that the file was written by a newer version of the program.
var ErrNewer = errors.New("written by a newer version of the program")

// Config says where the commands are kept and who carries them out.
type Config struct {
	File    string // the database; created with its folder when missing; FILE.lock beside it keeps a second process out
	Workers int    // commands carried out side by side; default 16

	// Handle carries out one command; nil means done. Later and Fatal have their own meaning, any other error (and a panic)
	// counts as a failed attempt. It may be called again for the same command after a crash, so effects belong into Job.Do.
	Handle func(ctx context.Context, j *Job) error

	// Failed is called when a command has failed for good, to tell the user. It is called again after an error or a crash,
	// FailedAttempts times at most; what must happen once belongs into Job.Do. The cause is the last error of Handle,
	// only its text after a restart. Optional.
	Failed func(ctx context.Context, j *Job, cause error) error

	MaxAttempts    int           // failed attempts of Handle after which the command fails; default 12
	MaxCrashes     int           // ends of the process during Handle after which the command fails, as it may be the cause; default 25
	FailedAttempts int           // attempts of Failed; default 5
	BackoffFloor   time.Duration // pause after the first failed attempt, doubled after each; default 1 s
	BackoffCeiling time.Duration // longest pause; default 5 min
	Timeout        time.Duration // longest single attempt, its context ends then; default none
	Drain          time.Duration // how long Run waits for running commands at its end before it cancels them; default 10 s, below 0 none
	Keep           time.Duration // how long finished commands, their steps and claims are remembered; default 30 days, at least a minute
}

func (c Config) withDefaults() (Config, error) {
	if c.File == "" {
		return Config{}, errors.New("open the store: no file")
	}
	if c.Handle == nil {
		return Config{}, errors.New("open the store: no handler")
	}
	if c.Failed == nil {
		c.Failed = func(context.Context, *Job, error) error { return nil }
	}
	c.Workers = cmp.Or(c.Workers, 16)
	c.MaxAttempts = cmp.Or(c.MaxAttempts, 12)
	c.MaxCrashes = cmp.Or(c.MaxCrashes, 25)
	c.FailedAttempts = cmp.Or(c.FailedAttempts, 5)
	c.BackoffFloor = cmp.Or(c.BackoffFloor, time.Second)
	c.BackoffCeiling = cmp.Or(c.BackoffCeiling, 5*time.Minute)
	c.Drain = cmp.Or(c.Drain, 10*time.Second)
	c.Keep = max(cmp.Or(c.Keep, 30*24*time.Hour), time.Minute) // the queue may use the id of a forgotten job again, which must not be soon
	return c, nil
}

// Engine is an open store of commands.
type Engine struct {
	config  Config
	lock    *flock.Flock
	store   *store
	driver  *queueDriver
	client  *river.Client[*sql.Tx]
	running atomic.Int64 // commands being carried out
	started atomic.Bool

	troubles zerolog.Sampler // of log lines about the store
}

// Open locks and migrates the file and takes back what a dead process left running. Nothing runs before Run.
// It fails with ErrLocked when another process has the file, with ErrNewer when a newer program wrote it.
// Reports of the job queue underneath go to the logger of ctx.
func Open(ctx context.Context, c Config) (*Engine, error) {
	c, err := c.withDefaults()
	if err != nil {
		return nil, err
	}
	if c.File, err = place(c.File); err != nil {
		return nil, err
	}
	e := &Engine{config: c, troubles: &zerolog.BurstSampler{Burst: 1, Period: time.Minute}}
	if e.lock, err = lock(c.File); err != nil {
		return nil, err
	}
	if err := e.open(ctx); err != nil {
		_ = e.Close() // the first error tells more
		return nil, fmt.Errorf("open the store %s: %w", c.File, err)
	}
	return e, nil
}

func (e *Engine) open(ctx context.Context) error {
	var err error
	if e.store, err = openStore(e.config.File); err != nil {
		return err
	}
	e.driver = newQueueDriver(e.store.db)
	if err := e.store.migrate(ctx, e.driver); err != nil {
		return err
	}
	if e.client, err = river.NewClient(e.driver, e.queueConfig(ctx)); err != nil {
		return err
	}
	return e.store.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if err := takeBack(ctx, tx); err != nil {
			return err
		}
		return sweep(ctx, tx)
	})
}

// queueConfig is the set-up of River. It only hands out jobs: attempts are counted and bounded here, since a crash must not
// end a command unnoticed, and its rescue of stuck jobs is out of reach, since in one process it could only run a job twice.
func (e *Engine) queueConfig(ctx context.Context) *river.Config {
	workers := river.NewWorkers()
	river.AddWorker(workers, &worker{engine: e})
	return &river.Config{
		ID:                          "roombot",
		Logger:                      queueLog(zerolog.Ctx(ctx)),
		Workers:                     workers,
		Queues:                      map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: e.config.Workers}},
		FetchCooldown:               fetchCooldown,
		FetchPollInterval:           fetchPoll,
		JobTimeout:                  -1,
		RescueStuckJobsAfter:        10 * 365 * 24 * time.Hour,
		MaxAttempts:                 1<<15 - 1,
		ReindexerIndexNames:         []string{},
		CompletedJobRetentionPeriod: e.config.Keep,
		DiscardedJobRetentionPeriod: e.config.Keep,
		CancelledJobRetentionPeriod: e.config.Keep,
	}
}

// Ready jobs are rung for, so the cooldown only bounds how often a busy engine fetches; the poll is the net, and what is left of it
// after a restart for jobs in a pause. A fetch costs half a millisecond of CPU whether it finds anything or not.
const (
	fetchCooldown = time.Millisecond
	fetchPoll     = time.Second
)

// Close releases the file. Call it after Run has returned.
func (e *Engine) Close() error {
	var err error
	if e.store != nil {
		err = e.store.close()
	}
	if unlock := e.lock.Unlock(); err == nil {
		err = unlock
	}
	if err != nil {
		return fmt.Errorf("close the store: %w", err)
	}
	return nil
}
