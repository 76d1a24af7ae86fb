package engine

import (
	"context"
	"errors"
	"time"
)

// ErrLocked says that another process works on the same file; the error that wraps it names both.
var ErrLocked = errors.New("in use by another process")

// ErrNewer says that the file was written by a newer version of the program.
var ErrNewer = errors.New("written by a newer version")

// Config says where the commands are kept and who carries them out.
type Config struct {
	File    string // the database; created with its folder when missing; FILE.lock beside it keeps a second process out
	Workers int    // commands carried out side by side; default 16

	// Handle carries out one command; nil means done. Later and Fatal have their own meaning, any other error (and a panic)
	// counts as a failed attempt. It may be called again for the same command after a crash, so effects belong into Job.Do.
	Handle func(ctx context.Context, j *Job) error

	// Failed is called when a command has failed for good, to tell the user. It is called again after an error or a crash,
	// FailedAttempts times at most; what must happen once belongs into Job.Do. Optional.
	Failed func(ctx context.Context, j *Job, cause error) error

	MaxAttempts    int           // attempts of Handle before the command fails; default 12
	FailedAttempts int           // attempts of Failed; default 5
	BackoffFloor   time.Duration // pause after the first failed attempt, doubled after each; default 1 s
	BackoffCeiling time.Duration // longest pause; default 5 min
	Timeout        time.Duration // longest single attempt, its context ends then; default none
	Drain          time.Duration // how long Run waits for running commands at its end before it cancels them; default 10 s
	Keep           time.Duration // how long finished commands, their steps and claims are remembered; default 30 days
}

// Engine is an open store of commands.
type Engine struct{ config Config }

// Open locks and migrates the file and takes back what a dead process left running. Nothing runs before Run.
// It fails with ErrLocked when another process has the file, with ErrNewer when a newer program wrote it.
func Open(ctx context.Context, c Config) (*Engine, error) { return nil, errors.ErrUnsupported }

// Insert stores the commands in one transaction, in this order. An id seen before is skipped without an error.
// When it returns nil, the commands survive any crash.
func (e *Engine) Insert(ctx context.Context, commands ...Command) error { return errors.ErrUnsupported }

// Run carries out commands until ctx ends, waits for the running ones up to Config.Drain and then cancels them.
// It returns nil after a regular end; commands cut short run again at the next start. It can be called once.
func (e *Engine) Run(ctx context.Context) error { return errors.ErrUnsupported }

// Close releases the file. Call it after Run has returned.
func (e *Engine) Close() error { return errors.ErrUnsupported }

// Stats is the state of the store at one moment.
type Stats struct {
	Queued  int           // waiting for a worker, for their turn in the conversation, or for another attempt
	Running int           // being carried out
	Failed  int           // failed for good, within Config.Keep
	Oldest  time.Duration // age of the oldest unfinished command, by ReceivedAt; zero when there is none
}

// Stats counts the commands.
func (e *Engine) Stats(ctx context.Context) (Stats, error) { return Stats{}, errors.ErrUnsupported }
