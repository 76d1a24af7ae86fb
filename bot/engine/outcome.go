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

type postponeError struct {
	after  time.Duration
	leaves bool // its conversation
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
	handedBack bool          // it comes back for a newer replica rather than for this one
}
