package engine

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/rs/zerolog"
)

// panicError is a panic in a callback. Its text is stored and logged, so it must hold nothing of
// what users wrote.
type panicError struct {
	// cause is what the runtime says, such as an index out of range. Any other value of a panic may
	// quote what the callback worked on, so that cause is its type only.
	cause string
	stack []byte
}

func (e *panicError) Error() string { return "panic: " + e.cause }

func newPanicError(value any) *panicError {
	e := &panicError{cause: fmt.Sprintf("%T", value), stack: debug.Stack()}
	if own, ok := value.(runtime.Error); ok {
		e.cause = own.Error()
	}
	return e
}

// catchPanic turns a panic into an error. A step needs that too: it may run in a goroutine of its
// own, where a panic would end the process.
func catchPanic(call func() error) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = newPanicError(value)
		}
	}()
	return call()
}

// callAndLogPanic calls a callback and logs its panic, which becomes its error.
func callAndLogPanic(ctx context.Context, call func(context.Context) error) error {
	err := catchPanic(func() error { return call(ctx) })
	if p, panicked := errors.AsType[*panicError](err); panicked {
		zerolog.Ctx(ctx).Error().Bytes("stack", p.stack).Str("panic", p.cause).Msg("callback panicked")
	}
	return err
}
