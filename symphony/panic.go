package symphony

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// PanicError is a panic in what reads texts of others, turned into an error. It holds nothing of
// those texts.
type PanicError struct {
	// Cause is what the runtime says, such as an index out of range. Any other value of a panic may
	// quote the text that was read, so that Cause is its type only.
	Cause string
	Stack []byte
}

func (e *PanicError) Error() string { return "panic: " + e.Cause }

// CatchPanic calls read. It returns nil, or the panic that read ended in.
func CatchPanic(read func()) (caught *PanicError) {
	defer func() {
		value := recover()
		if value == nil {
			return
		}
		caught = &PanicError{Cause: fmt.Sprintf("%T", value), Stack: debug.Stack()}
		if own, ok := value.(runtime.Error); ok {
			caught.Cause = own.Error()
		}
	}()
	read()
	return nil
}
