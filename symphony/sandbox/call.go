package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// call is one request on its way through an operation.
type call struct {
	*http.Request
	route  *route
	params map[string]string
	query  url.Values
	body   []byte
	caller *person   // nil where the operation needs no session
	now    time.Time // the pod's; not set for free routes
}

// id gives a path parameter as a canonical stream or message id.
func (c *call) id(name string) string { return canonical(c.params[name]) }

// userID gives a path parameter as a user id.
func (c *call) userID(name string) (int64, error) {
	id, err := strconv.ParseInt(c.params[name], 10, 64)
	if err != nil {
		return 0, badRequest("Invalid user id: %q", c.params[name])
	}
	return id, nil
}

// decode reads the JSON body; an absent one leaves the target as it is. The service ignores unknown fields; the control
// API, where they are misspelt, does not.
func (c *call) decode(into any) error {
	if len(bytes.TrimSpace(c.body)) == 0 {
		return nil
	}
	decode := json.Unmarshal
	if c.route.family == familyControl {
		decode = strictly
	}
	err := decode(c.body, into)
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.As(err, &wrong) && wrong.Field != "":
		return badRequest("The request body is not what %s takes: %s must be %s, not %s", c.route.name, wrong.Field, wrong.Type, wrong.Value)
	case err != nil:
		return badRequest("The request body is not what %s takes: %v", c.route.name, err)
	}
	return nil
}

func strictly(body []byte, into any) error {
	if !json.Valid(body) { // a decoder alone would read the first of several values
		return json.Unmarshal(body, into)
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	return decoder.Decode(into)
}

// page reads skip and limit.
func (c *call) page(limit, most int) (skip, size int, err error) {
	if skip, err = c.number("skip", 0); err != nil {
		return 0, 0, err
	}
	if size, err = c.number("limit", limit); err != nil {
		return 0, 0, err
	}
	if skip < 0 || size < 1 {
		return 0, 0, badRequest("skip must not be negative and limit must be positive")
	}
	return skip, min(size, most), nil
}

func (c *call) number(name string, otherwise int) (int, error) {
	text := c.query.Get(name)
	if text == "" || text == "None" {
		return otherwise, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0, badRequest("The parameter %s must be a number", name)
	}
	return n, nil
}

// flag reads a yes or no; kits write true and True. Absent is neither.
func (c *call) flag(name string) (yes, given bool) {
	yes, err := strconv.ParseBool(strings.ToLower(c.query.Get(name)))
	return yes, err == nil
}

func (c *call) yes(name string) bool {
	yes, _ := c.flag(name)
	return yes
}

// millis reads a time in milliseconds since 1970; 0 when absent.
func (c *call) millis(name string) (int64, error) {
	text := c.query.Get(name)
	if text == "" || text == "None" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, badRequest("The parameter %s must be milliseconds since 1970", name)
	}
	return n, nil
}

// span reads the first and the last moment asked for, in milliseconds since 1970; without a last one there is no end.
func (c *call) span(first, last string) (from, to int64, err error) {
	if from, err = c.millis(first); err != nil {
		return 0, 0, err
	}
	if to, err = c.millis(last); err != nil {
		return 0, 0, err
	}
	if to == 0 {
		to = math.MaxInt64
	}
	return from, to, nil
}

// noContent is an answer 204 without a body.
type noContent struct{}

// answer is a success that is not simply 200 and JSON.
type answer struct {
	status int // 0: 200
	header http.Header
	body   any    // encoded as JSON unless raw is set
	raw    []byte // with its Content-Type in header
	undo   func() // runs when the answer could not be delivered
}

func created(body any) *answer { return &answer{status: http.StatusCreated, body: body} }

// success is the pod's answer to changes that return nothing.
func success(text string) any { return map[string]string{"format": "TEXT", "message": text} }

// encoded is an answer ready for the wire.
type encoded struct {
	status int
	header http.Header
	body   []byte
	undo   func()
}

func encode(value any) *encoded {
	a, special := value.(*answer)
	if !special {
		a = &answer{body: value}
	}
	if _, empty := value.(noContent); empty {
		return &encoded{status: http.StatusNoContent, header: http.Header{}}
	}
	out := &encoded{status: a.status, header: a.header.Clone(), body: a.raw, undo: a.undo}
	fill(&out.status, http.StatusOK)
	if out.header == nil {
		out.header = http.Header{}
	}
	if a.raw == nil {
		out.body = marshal(a.body)
		out.header.Set("Content-Type", "application/json")
	}
	return out
}

// marshal encodes without escaping <, > and &: markup stays readable on the wire.
func marshal(value any) []byte {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return []byte(`{"code":500,"message":"The sandbox could not encode its answer"}`)
	}
	return bytes.TrimRight(out.Bytes(), "\n")
}

func encodeError(f family, err error) *encoded {
	r := asRefusal(err)
	out := encode(&answer{status: r.status, body: f.errorBody(r)})
	if r.retryAfter > 0 {
		out.header.Set("Retry-After", strconv.Itoa(r.retryAfter))
	}
	return out
}

// Bounds of a request's body, in bytes.
const (
	maxBody        = 4 << 20
	maxMessageBody = 48 << 20
)

func readBody(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	if _, over := errors.AsType[*http.MaxBytesError](err); over {
		return nil, refuse(http.StatusRequestEntityTooLarge, "The request body is larger than %d bytes", limit)
	}
	if err != nil {
		return nil, badRequest("The request body could not be read")
	}
	return body, nil
}
