package symphony

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http"
	"slices"
)

// Verdict is what the error of a call means for whoever made the call.
type Verdict int

// The verdicts.
const (
	// OutcomeUnknown is a write that may have been carried out, or an error that does not come from
	// a call: look before repeating it.
	OutcomeUnknown Verdict = iota
	// Succeeded is no error at all.
	Succeeded
	// Refused is Symphony's own answer that it did nothing and would answer the same again. It says
	// how things are now: an earlier try of a SafeWrite, whose answer was lost, may have changed
	// them.
	Refused
	// NotSent is a call that certainly had no effect and may succeed later: Symphony was not
	// reached, asked to wait or for a new session, or a proxy refused in its place.
	NotSent
	// Unavailable is a read that got no usable answer: try again later.
	Unavailable
	// NotSignedIn is a call that was not made, since signing in for it failed.
	NotSignedIn
)

func (v Verdict) String() string {
	return [...]string{"outcome unknown", "succeeded", "refused", "not sent", "unavailable", "not signed in"}[v]
}

// MayRepeat reports whether a write certainly had no effect and may be made again.
func (v Verdict) MayRepeat() bool { return v == NotSent || v == NotSignedIn }

// VerdictOf is the one place that says what the error of a call means.
func VerdictOf(err error) Verdict {
	e, fromCall := errors.AsType[*Error](err)
	switch {
	case err == nil:
		return Succeeded
	case errors.Is(err, ErrOutcomeUnknown):
		return OutcomeUnknown
	case errors.Is(err, ErrNotSignedIn):
		return NotSignedIn
	case !fromCall:
		return OutcomeUnknown
	case e.isRefusal():
		return Refused
	case e.mayHaveEffect(): // which a write's would be OutcomeUnknown for
		return Unavailable
	}
	return NotSent
}

// newError is an error of the operation. A write whose effect is in doubt has an unknown outcome.
func (o Operation) newError(e Error) *Error {
	e.Operation = o.String()
	e.OutcomeUnknown = o.Class != Read && e.mayHaveEffect()
	return &e
}

// mayHaveEffect reports whether the server may have done what was asked although its answer, if
// there is one, does not say so.
func (e *Error) mayHaveEffect() bool {
	switch {
	case e.unsent:
		return false
	case e.Status == 0, isSuccess(e.Status): // the answer was lost, or cannot be read
		return !e.isRefusal()
	}
	return e.isServerFailure()
}

// isServerFailure reports whether a server or a proxy may answer so after the work was done.
func (e *Error) isServerFailure() bool {
	return e.Status >= http.StatusInternalServerError || e.Status == http.StatusRequestTimeout
}

// isRefusal reports whether the answer is Symphony's own and final. An ended session (401), a
// timeout (408) and a request to wait (429) pass; the page of a proxy is not Symphony's.
func (e *Error) isRefusal() bool {
	passing := []int{http.StatusUnauthorized, http.StatusRequestTimeout, http.StatusTooManyRequests}
	final := e.Status >= 400 && e.Status < 500 && !slices.Contains(passing, e.Status)
	return (final || errors.Is(e, ErrNotFound)) && !errors.Is(e, ErrNotSymphony)
}

// IsTemporary reports whether the failure may be over later: Symphony was not reached, gave no
// usable answer or said that it cannot serve now. A certificate that is not trusted, an answer that
// is too large and 501 stay as they are.
func (e *Error) IsTemporary() bool {
	_, untrusted := errors.AsType[*tls.CertificateVerificationError](e)
	switch {
	case untrusted, errors.Is(e, ErrTooLarge), e.Status == http.StatusNotImplemented:
		return false
	case e.unsent, e.Status == http.StatusTooManyRequests:
		return true
	}
	return errors.Is(e, ErrUnavailable)
}

// asksForLess reports whether Symphony asks for fewer calls.
func (e *Error) asksForLess() bool {
	return e.Status == http.StatusTooManyRequests || e.Status == http.StatusServiceUnavailable && e.RetryAfter > 0
}

// rejectsLogin reports whether the answer to a sign-in is one that repeating it will not change.
// The page of a proxy on the way is none, whatever its status.
func (e *Error) rejectsLogin() bool {
	return !e.foreign && (errors.Is(e, ErrUnauthorized) || errors.Is(e, ErrForbidden) || errors.Is(e, ErrBadRequest))
}

// doubtsFeed reports whether the answer to a call about a feed says that there may be no such feed.
func (e *Error) doubtsFeed() bool {
	switch e.Status {
	case http.StatusBadRequest, http.StatusNotFound, http.StatusGone:
		return true
	}
	return false
}

// isServerDown reports whether the server that was asked does not serve: no answer of its own came,
// but a proxy's or none.
func (e *Error) isServerDown() bool {
	switch e.Status {
	case 0:
		return !errors.Is(e, ErrTooLarge)
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return e.garbled
}

// mayRepeat reports whether an operation of the class may be repeated after the error without a
// look at what became of it.
func (c Class) mayRepeat(e *Error) bool { return c != UnsafeWrite || !e.OutcomeUnknown }

// mayRetry reports whether the retry loop may repeat the operation after err. What failed before
// it, such as signing in, has a retry loop of its own.
func (o Operation) mayRetry(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Operation == o.String() && e.IsTemporary() && o.Class.mayRepeat(e)
}

// mayTryOtherAgent reports whether another agent may be asked at once. A call that ran into its
// time limit has made its caller wait enough, and repeating it takes another agent anyway.
func (o Operation) mayTryOtherAgent(err error) bool {
	e, ok := errors.AsType[*Error](err)
	if !ok || !e.isServerDown() {
		return false
	}
	return e.unsent || o.Class.mayRepeat(e) && !errors.Is(err, context.DeadlineExceeded)
}

// unknownOutcomeError is an error of a call whose last try had no effect, but not the one before.
type unknownOutcomeError struct{ err error }

func (e *unknownOutcomeError) Error() string {
	return e.err.Error() + " (an earlier try may have been carried out)"
}

func (e *unknownOutcomeError) Unwrap() error { return e.err }

// Is reports whether target is ErrOutcomeUnknown.
func (e *unknownOutcomeError) Is(target error) bool { return target == ErrOutcomeUnknown }

// afterUnknownOutcome is the error of a call after a try that may have been carried out: that the
// last try was not sent says nothing about that one.
func afterUnknownOutcome(err error) error {
	if VerdictOf(err).MayRepeat() {
		return &unknownOutcomeError{err}
	}
	return err
}
