package engine

import (
	"context"
	"errors"
	"time"
)

// Job is a command being carried out. Its methods may be called from several goroutines.
type Job struct {
	Command
	Attempt     int // 1 for the first
	MaxAttempts int
}

// Do runs do once per command and step and stores what it returns as JSON; later calls, also after a restart, fill result from
// the store. result is a pointer, or nil when the value does not matter. An error of do is returned and nothing is stored.
// A value returned by do is stored even when ctx has ended by then, since its effect has happened.
func (j *Job) Do(ctx context.Context, step string, result any, do func(ctx context.Context) (any, error)) error {
	return errors.ErrUnsupported
}

// Intend records, before an effect that cannot be repeated blindly, that it is about to be tried. It returns after the record is on disk.
func (j *Job) Intend(ctx context.Context, step string) error { return errors.ErrUnsupported }

// Intended says how often the effect was announced and when last; n is 0 when it cannot have happened.
func (j *Job) Intended(ctx context.Context, step string) (last time.Time, n int, err error) {
	return time.Time{}, 0, errors.ErrUnsupported
}

// Claim makes key belong to this command, unless an earlier command has it, and returns the owner's id.
func (j *Job) Claim(ctx context.Context, key string) (owner string, err error) {
	return "", errors.ErrUnsupported
}
