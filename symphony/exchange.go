package symphony

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"sync/atomic"
	"time"
)

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
	bounded, reached := watched(bounded)
	req, err := c.httpRequest(bounded, r, o)
	if err != nil {
		return answer{}, fmt.Errorf("%s: %w", r.op, err)
	}
	resp, err := c.hosts[r.op.component()].http.Do(req)
	if err != nil {
		return answer{}, r.lost(o, cause(ctx, err, limit), !reached.Load())
	}
	defer resp.Body.Close()
	body, err := readAll(resp.Body, c.config.MaxBody)
	a := answer{resp.StatusCode, body, o.trace}
	switch {
	case !success(resp.StatusCode) && resp.StatusCode != r.accept:
		return a, r.refused(o, resp, body, c.config.Now())
	case err != nil:
		return a, r.lost(o, fmt.Errorf("read the answer: %w", cause(ctx, err, limit)), false)
	}
	return a, nil
}

// watched notes whether a connection was had: without one nothing was sent.
func watched(ctx context.Context) (context.Context, *atomic.Bool) {
	var reached atomic.Bool
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { reached.Store(true) },
	}), &reached
}

func success(status int) bool { return status >= 200 && status < 300 }

// cause strips the address, which may carry people's e-mail addresses, and tells
// an end of the caller's context from the attempt's own limit.
func cause(ctx context.Context, err error, limit time.Duration) error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	switch {
	case ctx.Err() != nil && !errors.Is(err, ctx.Err()):
		return fmt.Errorf("%w: %w", ctx.Err(), err)
	case ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("no answer within %s: %w", limit, err)
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
		OutcomeUnknown: r.op.Class == UnsafeWrite && uncertain(resp.StatusCode),
		RetryAfter:     parseRetryAfter(resp.Header.Get("Retry-After"), now),
	}
	e.date, _ = http.ParseTime(resp.Header.Get("Date"))
	var w struct {
		Code    looseText `json:"code"`
		Message looseText `json:"message"`
	}
	if json.Unmarshal(body, &w) == nil { // a proxy's page has nothing to say
		e.Code, e.Message = clip(string(w.Code), 80), clip(string(w.Message), 400)
	} else {
		e.foreign = len(body) > 0
	}
	if location := resp.Header.Get("Location"); resp.StatusCode < 400 && location != "" {
		e.Message = "the server redirects, which is not followed"
	}
	return e
}

// uncertain is true for answers that a server or a proxy may give after the work was done.
func uncertain(status int) bool {
	return status >= http.StatusInternalServerError || status == http.StatusRequestTimeout
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
