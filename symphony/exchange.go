package symphony

import (
	"bytes"
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

// outbound is what one attempt sends, and where to.
type outbound struct {
	base    string
	content []byte
	kind    string
	trace   string
	auth    http.Header
	// mayBeDone is set once a try of the call has an unknown outcome.
	mayBeDone *bool
}

// send makes one attempt and tells the observer.
func (c *Client) send(ctx context.Context, r request, o outbound) error {
	begin := c.config.Now()
	status, err := c.exchange(ctx, r, o)
	c.pressure.felt(begin, err)
	if errors.Is(err, ErrOutcomeUnknown) {
		*o.mayBeDone = true
	}
	if err != nil && r.op.signsIn() && ctx.Err() == nil {
		c.counts.signing.failed(ctx, c.config.Now(), err)
	}
	if c.config.Observe != nil {
		seen := Call{Operation: r.op.String(), Status: status, Err: err, TraceID: o.trace}
		seen.Duration = c.config.Now().Sub(begin)
		c.config.Observe(seen)
	}
	return err
}

// exchange sends the request and reads the answer. The status comes with errors too.
func (c *Client) exchange(ctx context.Context, r request, o outbound) (status int, err error) {
	limit := r.timeout
	if limit == 0 {
		limit = c.hosts[r.op.component()].timeout
	}
	bounded, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	bounded, reached := watched(bounded)
	req, err := c.httpRequest(bounded, r, o)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", r.op, err)
	}
	resp, err := c.hosts[r.op.component()].http.Do(req)
	if err != nil {
		return 0, r.lost(o, cause(ctx, bounded, limit, err), !reached.Load())
	}
	defer resp.Body.Close()
	body, err := readAll(resp.Body, c.config.MaxBody)
	switch {
	case !isSuccess(resp.StatusCode) && resp.StatusCode != r.accept:
		return resp.StatusCode, r.refused(o, resp, body, c.config.Now())
	case err != nil:
		return resp.StatusCode, r.lost(o, fmt.Errorf("read the answer: %w", cause(ctx, bounded, limit, err)), false)
	}
	return resp.StatusCode, r.understood(answer{resp.StatusCode, body, o.trace})
}

// understood is nil for an answer that can be read.
func (r request) understood(a answer) error {
	err := r.read(a)
	if err == nil {
		return nil
	}
	_, garbled := errors.AsType[*json.SyntaxError](err) // a page, or half an answer, rather than another shape
	if garbled && bytes.HasPrefix(bytes.TrimSpace(a.body), []byte("<")) {
		err = stranger(a.body)
	}
	return r.op.newError(Error{Status: a.status, TraceID: a.trace, garbled: garbled, Err: fmt.Errorf("read the answer: %w", err)})
}

// watched notes whether a connection was had: without one nothing was sent.
func watched(ctx context.Context) (context.Context, *atomic.Bool) {
	var reached atomic.Bool
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { reached.Store(true) },
	}), &reached
}

func isSuccess(status int) bool { return status >= 200 && status < 300 }

// cause strips the address, which may carry people's e-mail addresses, and tells
// an end of the caller's context from that of the attempt's own, which is bounded.
func cause(ctx, bounded context.Context, limit time.Duration, err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	switch {
	case ctx.Err() != nil && !errors.Is(err, ctx.Err()):
		return fmt.Errorf("%w: %w", ctx.Err(), err)
	case ctx.Err() == nil && bounded.Err() != nil:
		return fmt.Errorf("no answer within %s: %w", limit, err)
	}
	return err
}

// lost is an attempt without an answer. unsent is true when no connection was had,
// so that the server cannot have seen it.
func (r request) lost(o outbound, err error, unsent bool) *Error {
	return r.op.newError(Error{TraceID: o.trace, Err: err, unsent: unsent})
}

// refused is an attempt that was answered with an error.
func (r request) refused(o outbound, resp *http.Response, body []byte, now time.Time) *Error {
	e := Error{Status: resp.StatusCode, TraceID: o.trace}
	e.date, _ = http.ParseTime(resp.Header.Get("Date"))
	if !e.date.IsZero() { // the clocks may differ
		now = e.date
	}
	e.RetryAfter = parseRetryAfter(resp.Header.Get("Retry-After"), now)
	var w struct {
		Code    looseText `json:"code"`
		Message looseText `json:"message"`
	}
	switch err := json.Unmarshal(body, &w); {
	case err == nil:
		e.Code, e.Message = clip(string(w.Code), 80), clip(string(w.Message), 400)
	case len(body) > 0:
		e.foreign, e.Err = true, stranger(body)
	}
	if location := resp.Header.Get("Location"); resp.StatusCode < 400 && location != "" {
		e.Message = "the server redirects, which is not followed"
	}
	return r.op.newError(e)
}

// parseRetryAfter reads seconds or a date, a day ahead at most.
func parseRetryAfter(s string, now time.Time) time.Duration {
	const day = 24 * time.Hour
	if n, err := strconv.Atoi(s); err == nil {
		return time.Duration(min(max(n, 0), int(day/time.Second))) * time.Second
	}
	if at, err := http.ParseTime(s); err == nil {
		return min(max(at.Sub(now), 0), day)
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
