package rest

import (
	"errors"
	"io"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// MaxBody is how long a request's body may be, in bytes, where an operation says nothing else.
const MaxBody = 4 << 20

// Call is one request whose operation is known.
type Call struct {
	*http.Request
	Params map[string]string // the path's parameters
	Query  url.Values
	Body   []byte
}

// ReadBody reads a body up to a limit.
func ReadBody(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	if _, over := errors.AsType[*http.MaxBytesError](err); over {
		return nil, Refuse(http.StatusRequestEntityTooLarge, "The request body is larger than %d bytes", limit)
	}
	if err != nil {
		return nil, BadRequest("The request body could not be read")
	}
	return body, nil
}

// UserID reads a path parameter as a user id.
func (r *Call) UserID(name string) (int64, error) {
	id, err := strconv.ParseInt(r.Params[name], 10, 64)
	if err != nil {
		return 0, BadRequest("Invalid user id: %q", r.Params[name])
	}
	return id, nil
}

// Page reads skip and limit.
func (r *Call) Page(limit, most int) (skip, size int, err error) {
	if skip, err = r.Number("skip", 0); err != nil {
		return 0, 0, err
	}
	if size, err = r.Number("limit", limit); err != nil {
		return 0, 0, err
	}
	if skip < 0 || size < 1 {
		return 0, 0, BadRequest("skip must not be negative and limit must be positive")
	}
	return skip, min(size, most), nil
}

// Cut gives one page of a list; never nil, because the Python kit iterates what it gets.
func Cut[T any](all []T, skip, limit int) []T {
	from := min(skip, len(all))
	return append([]T{}, all[from:min(from+limit, len(all))]...)
}

// Text reads a parameter; the Python kit writes None for one that is absent.
func (r *Call) Text(name string) string {
	if text := r.Query.Get(name); text != "None" {
		return text
	}
	return ""
}

// Number reads a parameter that is a number.
func (r *Call) Number(name string, otherwise int) (int, error) {
	text := r.Text(name)
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0, BadRequest("The parameter %s must be a number", name)
	}
	return n, nil
}

// Flag reads a yes or no; kits write true and True. Absent is neither.
func (r *Call) Flag(name string) (yes, given bool) {
	yes, err := strconv.ParseBool(strings.ToLower(r.Query.Get(name)))
	return yes, err == nil
}

// IsSet reports whether a flag was given and is a yes.
func (r *Call) IsSet(name string) bool {
	yes, _ := r.Flag(name)
	return yes
}

// Millis reads a time in milliseconds since 1970; 0 when absent.
func (r *Call) Millis(name string) (int64, error) {
	text := r.Text(name)
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, BadRequest("The parameter %s must be milliseconds since 1970", name)
	}
	return n, nil
}

// Span reads the first and the last moment asked for, in milliseconds since 1970; without a last
// one there is no end.
func (r *Call) Span(first, last string) (from, to int64, err error) {
	if from, err = r.Millis(first); err != nil {
		return 0, 0, err
	}
	if to, err = r.Millis(last); err != nil {
		return 0, 0, err
	}
	if to == 0 {
		to = math.MaxInt64
	}
	return from, to, nil
}
