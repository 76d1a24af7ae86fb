package world

import "fmt"

// RefusalKind says why the service does not do something.
type RefusalKind int

// The kinds of refusals.
const (
	Invalid   RefusalKind = iota // what is asked for makes no sense or breaks a rule
	Forbidden                    // this person may not do it
	Barrier                      // the information barrier stands between people
	NotFound                     // what it is about does not exist
	Conflict                     // somebody else has changed it in between
)

// Error is why the service does not do something. Text is what the service says.
type Error struct {
	Kind RefusalKind
	Text string
}

func (r *Error) Error() string { return r.Text }

func refuse(kind RefusalKind, format string, args ...any) error {
	return &Error{Kind: kind, Text: fmt.Sprintf(format, args...)}
}

func invalid(format string, args ...any) error { return refuse(Invalid, format, args...) }

func forbidden(format string, args ...any) error { return refuse(Forbidden, format, args...) }

func notFound(format string, args ...any) error { return refuse(NotFound, format, args...) }

// ErrEntitlement refuses whoever lacks a right that an administrator could give.
var ErrEntitlement = &Error{
	Kind: Forbidden, Text: "The user lacks the required entitlement to perform this operation",
}
