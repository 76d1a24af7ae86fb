package engine

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/rs/zerolog"
)

// panicError is a panic in a callback.
type panicError struct {
	value any
	stack []byte
}

func (e *panicError) Error() string { return fmt.Sprintf("panic: %v", e.value) }

// catchPanic turns a panic into an error. A step needs that too: it may run in a goroutine of its
// own, where a panic would end the process.
func catchPanic(call func() error) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = &panicError{value: value, stack: debug.Stack()}
		}
	}()
	return call()
}

// callAndLogPanic calls a callback and logs its panic, which becomes its error.
func callAndLogPanic(ctx context.Context, call func(context.Context) error) error {
	err := catchPanic(func() error { return call(ctx) })
	if p, panicked := errors.AsType[*panicError](err); panicked {
		zerolog.Ctx(ctx).Error().Bytes("stack", p.stack).Interface("panic", fmt.Sprint(p.value)).Msg("callback panicked")
	}
	return err
}
