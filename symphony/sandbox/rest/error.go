package rest

import (
	"errors"
	"fmt"
	"net/http"

	"roombot/symphony/sandbox/world"
)

// Error is an answer other than success.
type Error struct {
	Status     int
	Text       string
	Code       string // in place of the status as the code, where the service sends a word
	Body       string // in place of the shape that its readers know, as it is
	RetryAfter int    // seconds; 0: no header
}

func (e *Error) Error() string { return fmt.Sprintf("%d %s", e.Status, e.Text) }

// Refuse makes an error with a status.
func Refuse(status int, format string, args ...any) error {
	return &Error{Status: status, Text: fmt.Sprintf(format, args...)}
}

// BadRequest makes an error with status 400.
func BadRequest(format string, args ...any) error {
	return Refuse(http.StatusBadRequest, format, args...)
}

// ErrorOf is the answer to what went wrong. Refusals of the world have the status of their kind.
func ErrorOf(err error) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	if refused, ok := errors.AsType[*world.Error](err); ok {
		return &Error{Status: statusOf(refused.Kind), Text: refused.Text}
	}
	return &Error{Status: http.StatusInternalServerError, Text: "The sandbox could not answer: " + err.Error()}
}

func statusOf(kind world.RefusalKind) int {
	switch kind {
	case world.Forbidden, world.Barrier:
		return http.StatusForbidden
	case world.NotFound:
		return http.StatusNotFound
	case world.Conflict:
		return http.StatusPreconditionFailed
	case world.Invalid:
	}
	return http.StatusBadRequest
}
