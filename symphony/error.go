package symphony

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
)

// What a failed call can be asked for with errors.Is.
var (
	ErrBadRequest      = errors.New("bad request")
	ErrUnauthorized    = errors.New("unauthorized")
	ErrForbidden       = errors.New("forbidden")
	ErrNotFound        = errors.New("not found")
	ErrTooManyRequests = errors.New("too many requests")
	// ErrBlocked is status 451: compliance rules forbid the content.
	ErrBlocked = errors.New("blocked by compliance")
	// ErrBarrier is the vendor's status 452: an information barrier is in the way.
	ErrBarrier = errors.New("information barrier")
	// ErrUnavailable is a 5xx answer, a 408, one that makes no sense, or none at all.
	ErrUnavailable = errors.New("unavailable")
	// ErrNotSymphony is an answer that is no JSON, so probably a proxy's.
	ErrNotSymphony = errors.New("not Symphony's answer")
	// ErrOutcomeUnknown is a write that may have been carried out: look before repeating it.
	ErrOutcomeUnknown = errors.New("outcome unknown")
	// ErrNotSignedIn is a call that was not sent, since signing in for it failed: the status is
	// that of the sign-in and says nothing about what was asked for.
	ErrNotSignedIn = errors.New("not signed in")
	// ErrLoginRejected is a login that repeating will not mend; the error is a *[LoginError].
	ErrLoginRejected = errors.New("login rejected")
	// ErrTooLarge is an answer above the limit of Config.MaxBody.
	ErrTooLarge = errors.New("answer too large")
)

const statusBarrier = 452

// Error is a call that failed.
type Error struct {
	// Operation is the method and the path pattern, for example "POST /pod/v3/room/create".
	Operation string
	// Status is the HTTP status, 0 when no answer came.
	Status int
	// Code is the code of the answer's body, a number or a word, if it has one.
	Code string
	// Message is the server's text, or the title of a proxy's page, cut to a line. It may quote
	// names and addresses, so that Error leaves it out. Decide on Status, never on it.
	Message string
	// TraceID is the X-Trace-Id the request carried.
	TraceID string
	// OutcomeUnknown says that a write, also one that may be repeated, may have been carried out.
	OutcomeUnknown bool
	// RetryAfter is how long the server asks to wait, 0 if it does not say.
	RetryAfter time.Duration
	// Err is the cause when no usable answer came, else nil.
	Err error

	unsent  bool      // there was no connection: it cannot have been carried out
	date    time.Time // the answer's Date
	garbled bool      // the answer is a success but cannot be read
	foreign bool      // the answer is an error but not JSON, so a proxy's rather than Symphony's
}

// Error is without the server's free text, since errors are logged and stored.
func (e *Error) Error() string { return e.describe("") }

// Detail is Error with the server's text, for somebody at a terminal.
func (e *Error) Detail() string { return e.describe(e.Message) }

// ErrorDetail is the text of an error, with the server's text where the error has one.
func ErrorDetail(err error) string {
	text := err.Error()
	if e, ok := errors.AsType[*Error](err); ok {
		return strings.Replace(text, e.Error(), e.Detail(), 1)
	}
	return text
}

func (e *Error) describe(message string) string {
	var b strings.Builder
	b.WriteString(e.Operation)
	if e.Status != 0 {
		fmt.Fprintf(&b, ": %d %s", e.Status, statusText(e.Status))
	}
	b.WriteString(codeText(e.Code))
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	if message != "" {
		fmt.Fprintf(&b, ": %q", message)
	}
	if e.OutcomeUnknown {
		b.WriteString(" (it may have been carried out)")
	}
	if e.TraceID != "" {
		b.WriteString(" [trace " + e.TraceID + "]")
	}
	return b.String()
}

// plainCode is what a code looks like. Anything else may be a text.
var plainCode = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,40}$`)

// codeText tells a code, and nothing of what does not look like one.
func codeText(code string) string {
	if !plainCode.MatchString(code) {
		return ""
	}
	return ", code " + code
}

func statusText(status int) string {
	if status == statusBarrier {
		return "Information Barrier"
	}
	return http.StatusText(status)
}

// Unwrap is the cause when no usable answer came.
func (e *Error) Unwrap() error { return e.Err }

// Is reports whether target is one of this package's Err… values that e stands for.
func (e *Error) Is(target error) bool {
	switch target {
	case ErrBadRequest:
		return e.Status == http.StatusBadRequest
	case ErrUnauthorized:
		return e.Status == http.StatusUnauthorized
	case ErrForbidden:
		return e.Status == http.StatusForbidden
	case ErrNotFound: // a lookup of one thing may answer 204 with nothing
		return e.Status == http.StatusNotFound || e.Status == http.StatusNoContent
	case ErrTooManyRequests:
		return e.Status == http.StatusTooManyRequests
	case ErrBlocked:
		return e.Status == http.StatusUnavailableForLegalReasons
	case ErrBarrier:
		return e.Status == statusBarrier
	case ErrUnavailable:
		return e.isServerFailure() || e.garbled || e.Status == 0 && !errors.Is(e.Err, context.Canceled)
	case ErrNotSymphony:
		return e.foreign || e.garbled
	case ErrOutcomeUnknown:
		return e.OutcomeUnknown
	case ErrNotSignedIn:
		return slices.ContainsFunc(signInOperations, func(o Operation) bool { return o.String() == e.Operation })
	}
	return false
}
