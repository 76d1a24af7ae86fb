package engine

import (
	"errors"
	"fmt"
	"time"
)

// Postpone is returned by Handle to be called again after d. It uses up no attempt, and the job
// keeps its place in its conversation.
func Postpone(d time.Duration) error { return &postponeError{after: max(d, 0)} }

// GiveUp is returned by Handle when another attempt cannot help: the job fails at once with err as
// its cause.
func GiveUp(err error) error {
	if err == nil {
		err = errors.New("gave up")
	}
	return &giveUpError{cause: err}
}

// LeaveConversation is Postpone for a job that may wait long: it leaves its conversation for good,
// whose next job runs meanwhile.
func LeaveConversation(d time.Duration) error { return &postponeError{after: max(d, 0), leaves: true} }

// RepeatAfter is returned by Handle where the attempt has failed and the next one has its time. It
// uses up no attempt; like any failed attempt it ends the job's turn.
func RepeatAfter(d time.Duration) error { return &postponeError{after: max(d, 0), failed: true} }

// RepeatWithin is err, of an attempt that has failed and is repeated after d at the latest.
func RepeatWithin(err error, d time.Duration) error {
	return &repeatError{cause: err, within: max(d, 0)}
}

// WaitForResume is returned by Handle after Attempt.Hold, to be called again when the pause ends.
func WaitForResume() error { return &postponeError{holds: true} }

// WaitForAnswer is returned by Handle after Attempt.Ask, to be called again when the question is
// answered, or its time has passed.
func WaitForAnswer() error { return &postponeError{holds: true} }

type repeatError struct {
	cause  error
	within time.Duration
}

func (e *repeatError) Error() string { return e.cause.Error() }
func (e *repeatError) Unwrap() error { return e.cause }

type postponeError struct {
	after  time.Duration
	leaves bool // its conversation
	failed bool // the attempt did
	holds  bool // until the end of a pause, or an answer
}

func (e *postponeError) Error() string { return fmt.Sprintf("again in %s", e.after) }

type giveUpError struct{ cause error }

func (e *giveUpError) Error() string { return e.cause.Error() }
func (e *giveUpError) Unwrap() error { return e.cause }

// settlement is what becomes of a job after a delivery.
type settlement struct {
	state      string        // stateDone or stateFailed: the end; empty: the job comes back
	pause      time.Duration // before it comes back
	cause      error         // of the failed attempt; nil when none was used up
	leaves     bool          // its conversation, and comes back
	failed     bool          // the attempt did, and the job comes back and takes no turns any more
	planned    bool          // the job has asked for the pause, and its last attempt has not failed
	crashes    int           // ends of the process that count no more
	waits      bool          // it was not its turn
	holds      bool          // it comes back at the end of a pause, or with an answer
	handedBack bool          // it comes back for a newer replica rather than for this one
}
