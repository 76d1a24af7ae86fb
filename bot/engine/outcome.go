package engine

import (
	"errors"
	"fmt"
	"time"
)

// Postpone is returned by Handle to be called again after d. It uses up no attempt, and the command keeps its place in its conversation.
func Postpone(d time.Duration) error { return &laterError{after: max(d, 0)} }

// GiveUp is returned by Handle when another attempt cannot help: the command fails at once with err as its cause.
func GiveUp(err error) error {
	if err == nil {
		err = errors.New("gave up")
	}
	return &fatalError{cause: err}
}

type laterError struct{ after time.Duration }

func (e *laterError) Error() string { return fmt.Sprintf("again in %s", e.after) }

type fatalError struct{ cause error }

func (e *fatalError) Error() string { return e.cause.Error() }
func (e *fatalError) Unwrap() error { return e.cause }

// panicError is a panic in a callback.
type panicError struct {
	value any
	stack []byte
}

func (e *panicError) Error() string { return fmt.Sprintf("panic: %v", e.value) }
