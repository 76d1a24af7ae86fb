package engine

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/rs/zerolog"
)

// ErrLocked says that another process works on the same file; the error that wraps it names both.
var ErrLocked = errors.New("in use by another process")

// ErrEmpty says that no engine has worked on the database yet.
var ErrEmpty = errors.New("empty, no bot has worked on it yet")

// ErrOlder says that an older version of the program wrote the store. Open brings it up to date.
var ErrOlder = errors.New("written by an older version of the program; start the bot once to bring it up to date")

// ErrNewer says that a newer version of the program wrote the store.
var ErrNewer = errors.New("written by a newer version of the program")

// OpenError is the error of a store that could not be opened.
type OpenError struct {
	Store Address
	Err   error
}

func (e *OpenError) Error() string {
	return "open the store " + e.Store.String() + ": " + e.Err.Error()
}

// Unwrap is the cause.
func (e *OpenError) Unwrap() error { return e.Err }

// Engine is an open store of jobs.
type Engine struct {
	jobAdmin
	config     Config
	membership membership
	started    atomic.Bool
	stuck      atomic.Bool // jobs have not ended when cancelled

	mu        sync.Mutex          // guards what follows
	running   map[int64]*delivery // by queueID
	idle      chan struct{}       // closed when nothing is running any more; nil when nothing is
	lastPlace int64               // of an entry of the audit record

	lastEarlier int64 // greatest queue id of the jobs that were unfinished when the store was opened

	erasures atomic.Int64 // committed; the first is what a process before this one may have left
	traced   int64        // how many of them have left no trace

	reportedHead int64 // number of the last entry of the audit record that was reported; of the maintenance

	health     *storeHealth
	dispatcher *dispatcher
	newerJob   sync.Once // logs that a job needs a newer version of the program
	purging    purgeClock
	waiting    *waitingJobs
}

// Open locks or joins the store, migrates it, and takes back what a dead process left running.
// Nothing runs before Run. A store that does not open is an *[OpenError]: ErrLocked when another
// process has the file, ErrNewer when a newer program wrote it. The logger of ctx gets the log
// lines about the store and the job queue.
func Open(ctx context.Context, c Config) (*Engine, error) {
	c, err := c.withDefaults()
	if err != nil {
		return nil, err
	}
	e := &Engine{
		config: c, running: map[int64]*delivery{}, dispatcher: newDispatcher(c.Workers), health: newStoreHealth(zerolog.Ctx(ctx)),
	}
	e.notify = e.dispatcher.notify
	e.waiting = newWaitingJobs()
	e.erasures.Store(1)
	open := e.openSQLite
	if c.Store.IsPostgres() {
		open = e.openPostgres
	}
	err = open(ctx)
	if err == nil {
		err = e.noteEarlierJobs(ctx)
	}
	if err != nil {
		_ = e.Close() // the first error tells more
		return nil, &OpenError{Store: c.Store, Err: err}
	}
	e.store = monitoredStore{e.store, e.health}
	e.purging = newPurgeClock(e.store.dialect().now)
	return e, nil
}

// noteEarlierJobs notes which jobs are in the store before anything is done. Those that come later
// have greater queue ids.
func (e *Engine) noteEarlierJobs(ctx context.Context) error {
	_, err := queryRow(ctx, e.store, []any{&e.lastEarlier}, `SELECT coalesce(max(job), 0) FROM command WHERE finished IS NULL`)
	if err != nil {
		return fmt.Errorf("look for unfinished jobs: %w", err)
	}
	return nil
}

// Replica is the name of this process among several on the store.
func (e *Engine) Replica() string { return e.config.Replica }

// Commits counts the transactions that this process has committed: what it has waited for its disk
// or its database.
func (e *Engine) Commits() int64 { return e.store.countCommits() }

// Close releases the store. Call it after Run has returned.
func (e *Engine) Close() error {
	var err error
	if e.membership != nil {
		err = e.membership.leave(context.Background(), !e.stuck.Load())
	}
	if e.store != nil {
		err = errors.Join(err, e.store.close())
	}
	if err != nil {
		return fmt.Errorf("close the store: %w", err)
	}
	return nil
}
