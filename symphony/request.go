package symphony

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"regexp"
	"strconv"
	"sync/atomic"
	"time"
)

// request is one call before it is sent.
type request struct {
	op Operation
	// args fill the placeholders of the operation's path, in order.
	args  []string
	query url.Values
	// body is sent as JSON if not nil, form as multipart.
	body any
	form func(*multipart.Writer) error
	// accept is a status that is an answer although it is an error's, 0 for none.
	accept int
	// once is for callers that repeat by themselves.
	once bool
	// timeout bounds one attempt in place of Config.Timeout, if not 0.
	timeout time.Duration
}

// answer is what came back.
type answer struct {
	status int
	body   []byte
	trace  string
}

// ignored is an answer whose content is of no use.
type ignored struct{}

func (*ignored) UnmarshalJSON([]byte) error { return nil }

// call sends a request and decodes its answer. An empty answer is T's zero value.
func call[T any](ctx context.Context, c *Client, r request) (T, error) {
	var out, none T
	a, err := c.do(ctx, r)
	if err != nil {
		return none, err
	}
	if len(bytes.TrimSpace(a.body)) == 0 && a.status == http.StatusNoContent {
		return none, nil
	}
	if _, drop := any(&out).(*ignored); drop {
		return none, nil
	}
	if err := json.Unmarshal(a.body, &out); err != nil {
		return none, &Error{
			Operation: r.op.String(), Status: a.status, TraceID: a.trace,
			OutcomeUnknown: r.op.Class == UnsafeWrite, Err: fmt.Errorf("read the answer: %w", err),
		}
	}
	return out, nil
}

// do encodes the body once and sends it as often as the operation's class allows.
func (c *Client) do(ctx context.Context, r request) (answer, error) {
	content, kind, err := r.encode()
	if err != nil {
		return answer{}, fmt.Errorf("%s: encode: %w", r.op, err)
	}
	trace := traceID(ctx)
	return c.repeat(ctx, r, func() (answer, error) {
		return c.authorized(ctx, r.op, func(auth http.Header) (answer, error) {
			return c.send(ctx, r, outbound{content, kind, trace, auth})
		})
	})
}

func (r request) encode() (content []byte, kind string, err error) {
	switch {
	case r.form != nil:
		return multipartBody(r.form)
	case r.body != nil:
		content, err = json.Marshal(r.body)
	}
	return content, "application/json", err
}

// outbound is a body with what goes beside it.
type outbound struct {
	content []byte
	kind    string
	trace   string
	auth    http.Header
}

// send makes one attempt and tells the observer.
func (c *Client) send(ctx context.Context, r request, o outbound) (answer, error) {
	begin := c.config.Now()
	a, err := c.exchange(ctx, r, o)
	if c.config.Observe != nil {
		seen := Call{Operation: r.op.String(), Status: a.status, Err: err, TraceID: o.trace}
		seen.Duration = c.config.Now().Sub(begin)
		c.config.Observe(seen)
	}
	return a, err
}

// exchange sends and reads the answer. Its answer's status is set also on errors.
func (c *Client) exchange(ctx context.Context, r request, o outbound) (answer, error) {
	limit := r.timeout
	if limit == 0 {
		limit = c.config.Timeout
	}
	bounded, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	var reached atomic.Bool
	bounded = httptrace.WithClientTrace(bounded, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { reached.Store(true) },
	})
	req, err := c.httpRequest(bounded, r, o)
	if err != nil {
		return answer{}, fmt.Errorf("%s: %w", r.op, err)
	}
	resp, err := c.hosts[r.op.component()].http.Do(req)
	if err != nil {
		return answer{}, r.lost(o, cause(ctx, err), !reached.Load())
	}
	defer resp.Body.Close()
	body, err := readAll(resp.Body, c.config.MaxBody)
	a := answer{resp.StatusCode, body, o.trace}
	if success(resp.StatusCode) || resp.StatusCode == r.accept {
		if err != nil {
			return a, r.lost(o, fmt.Errorf("read the answer: %w", cause(ctx, err)), false)
		}
		return a, nil
	}
	return a, r.refused(o, resp, body, c.config.Now())
}

func success(status int) bool { return status >= 200 && status < 300 }

// cause strips the address, which may carry people's e-mail addresses, and tells
// an end of the caller's context from one of the attempt's.
func cause(ctx context.Context, err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	if ctx.Err() != nil && !errors.Is(err, ctx.Err()) {
		return fmt.Errorf("%w: %w", ctx.Err(), err)
	}
	return err
}

// lost is an attempt without an answer. unsent is true when no connection was had,
// so that the server cannot have seen it.
func (r request) lost(o outbound, err error, unsent bool) *Error {
	return &Error{
		Operation: r.op.String(), TraceID: o.trace, Err: err, unsent: unsent,
		OutcomeUnknown: r.op.Class == UnsafeWrite && !unsent,
	}
}

// refused is an attempt that was answered with an error.
func (r request) refused(o outbound, resp *http.Response, body []byte, now time.Time) *Error {
	e := &Error{
		Operation: r.op.String(), Status: resp.StatusCode, TraceID: o.trace,
		OutcomeUnknown: r.op.Class == UnsafeWrite && resp.StatusCode >= 500,
		RetryAfter:     parseRetryAfter(resp.Header.Get("Retry-After"), now),
	}
	e.date, _ = http.ParseTime(resp.Header.Get("Date"))
	var w struct {
		Code    looseText `json:"code"`
		Message looseText `json:"message"`
	}
	if json.Unmarshal(body, &w) == nil { // a proxy's page has nothing to say
		e.Code, e.Message = clip(string(w.Code), 80), clip(string(w.Message), 400)
	}
	if location := resp.Header.Get("Location"); resp.StatusCode < 400 && location != "" {
		e.Message = "the server redirects, which is not followed"
	}
	return e
}

// parseRetryAfter reads seconds or a date.
func parseRetryAfter(s string, now time.Time) time.Duration {
	if n, err := strconv.Atoi(s); err == nil {
		return time.Duration(min(max(n, 0), 86400)) * time.Second
	}
	if at, err := http.ParseTime(s); err == nil {
		return max(at.Sub(now), 0)
	}
	return 0
}

// readAll reads at most limit bytes; more is ErrTooLarge.
func readAll(r io.Reader, limit int64) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(b)) > limit {
		return nil, fmt.Errorf("%w: more than %d bytes", ErrTooLarge, limit)
	}
	return b, err
}

var placeholder = regexp.MustCompile(`\{[^}]+\}`)

// address is the operation's address with its placeholders filled and escaped.
func (r request) address(base string) (string, error) {
	n := 0
	path := placeholder.ReplaceAllStringFunc(r.op.Path, func(string) string {
		n++
		if n > len(r.args) {
			return ""
		}
		return url.PathEscape(r.args[n-1])
	})
	for _, a := range r.args {
		if a == "" || a == "." || a == ".." { // would name another operation
			return "", fmt.Errorf("%q cannot stand in a path", a)
		}
	}
	if n != len(r.args) {
		return "", fmt.Errorf("%d values for %d placeholders", len(r.args), n)
	}
	if len(r.query) > 0 {
		path += "?" + r.query.Encode()
	}
	return base + path, nil
}

func (c *Client) httpRequest(ctx context.Context, r request, o outbound) (*http.Request, error) {
	address, err := r.address(c.hosts[r.op.component()].base)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, r.op.Method, address, bytes.NewReader(o.content))
	if err != nil {
		return nil, err
	}
	for k, v := range c.config.Headers {
		req.Header[http.CanonicalHeaderKey(k)] = v
	}
	for k, v := range o.auth {
		req.Header[k] = v
	}
	req.Header.Set("User-Agent", c.config.UserAgent)
	req.Header.Set("X-Trace-Id", o.trace)
	req.Header.Set("Accept", "application/json")
	if len(o.content) > 0 {
		req.Header.Set("Content-Type", o.kind)
	}
	return req, nil
}
