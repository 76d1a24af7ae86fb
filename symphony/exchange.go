package symphony

import (
	"bytes"
	"cmp"
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

	"github.com/go-json-experiment/json/jsontext"
)

// outgoingRequest is what one try sends, and where to.
type outgoingRequest struct {
	base        string
	body        []byte
	contentType string
	trace       string
	auth        http.Header
	// mayBeDone is set once a try of the call has an unknown outcome.
	mayBeDone *bool
}

// send makes one try and reports it to the observer.
func (c *Client) send(ctx context.Context, r request, o outgoingRequest) error {
	begin := c.config.Now()
	status, err := c.exchange(ctx, r, o)
	c.throttle.observe(begin, err)
	if errors.Is(err, ErrOutcomeUnknown) {
		*o.mayBeDone = true
	}
	if err != nil && r.op.isSignIn() && ctx.Err() == nil {
		c.counts.signIns.recordFailedTry(ctx, c.config.Now(), err)
	}
	if c.config.Observe != nil {
		seen := Call{Operation: r.op.String(), Status: status, Err: err, TraceID: o.trace}
		seen.Duration = c.config.Now().Sub(begin)
		c.config.Observe(seen)
	}
	return err
}

// exchange sends the request and reads the answer. The status comes with errors too.
func (c *Client) exchange(ctx context.Context, r request, o outgoingRequest) (status int, err error) {
	limit := r.timeout
	if limit == 0 {
		limit = c.hosts[r.op.component()].timeout
	}
	bounded, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	bounded, reached := watchConnection(bounded)
	req, err := c.newHTTPRequest(bounded, r, o)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", r.op, err)
	}
	resp, err := c.hosts[r.op.component()].http.Do(req)
	if err != nil {
		return 0, r.noAnswer(o, describeCause(ctx, bounded, limit, err), !reached.Load())
	}
	defer resp.Body.Close()
	if r.stream != nil && isSuccess(resp.StatusCode) && resp.StatusCode != http.StatusNoContent {
		return resp.StatusCode, r.readStream(o, resp, func(err error) error { return describeCause(ctx, bounded, limit, err) })
	}
	body, err := readAll(resp.Body, c.config.MaxBody)
	switch {
	case !isSuccess(resp.StatusCode) && resp.StatusCode != r.accept:
		return resp.StatusCode, r.errorAnswer(o, resp, body, c.config.Now())
	case err != nil:
		return resp.StatusCode, r.noAnswer(o, fmt.Errorf("read the answer: %w", describeCause(ctx, bounded, limit, err)), false)
	}
	return resp.StatusCode, r.readAnswer(answer{resp.StatusCode, body, o.trace})
}

// readStream has the answer read while it comes.
func (r request) readStream(o outgoingRequest, resp *http.Response, describe func(error) error) error {
	watched := &watchedReader{from: resp.Body}
	err := r.stream(watched)
	switch {
	case err == nil:
		return nil
	case watched.err != nil || errors.Is(err, ErrTooLarge):
		return r.noAnswer(o, fmt.Errorf("read the answer: %w", describe(cmp.Or(watched.err, err))), false)
	}
	return r.unreadableAnswer(answer{resp.StatusCode, watched.head.Bytes(), o.trace}, err)
}

// watchedReader keeps the beginning of what it reads, and the error that ended it.
type watchedReader struct {
	from io.Reader
	head bytes.Buffer
	err  error
}

func (w *watchedReader) Read(into []byte) (int, error) {
	n, err := w.from.Read(into)
	const kept = 4 << 10
	w.head.Write(into[:min(n, max(0, kept-w.head.Len()))])
	if err != nil && !errors.Is(err, io.EOF) {
		w.err = err
	}
	return n, err
}

// readAnswer reads the answer into the caller's value.
func (r request) readAnswer(a answer) error {
	if err := r.read(a); err != nil {
		return r.unreadableAnswer(a, err)
	}
	return nil
}

// unreadableAnswer is the error of an answer that could not be read.
func (r request) unreadableAnswer(a answer, err error) error {
	garbled := isSyntaxError(err) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
	var title string
	if garbled && bytes.HasPrefix(bytes.TrimSpace(a.body), []byte("<")) {
		title, err = readPageTitle(a.body), errProxyPage
	}
	return r.op.newError(Error{
		Status: a.status, Message: title, TraceID: a.trace, garbled: garbled, Err: fmt.Errorf("read the answer: %w", err),
	})
}

// isSyntaxError reports whether an answer is no JSON, such as a page or half an answer, rather than
// JSON of another shape.
func isSyntaxError(err error) bool {
	_, whole := errors.AsType[*json.SyntaxError](err)
	_, streamed := errors.AsType[*jsontext.SyntacticError](err)
	return whole || streamed
}

// watchConnection notes whether there was a connection: without one nothing was sent.
func watchConnection(ctx context.Context) (context.Context, *atomic.Bool) {
	var reached atomic.Bool
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { reached.Store(true) },
	}), &reached
}

func isSuccess(status int) bool { return status >= 200 && status < 300 }

// describeCause strips the address, which may hold people's e-mail addresses, and tells an end of
// the caller's context from one of the try's own, which is bounded.
func describeCause(ctx, bounded context.Context, limit time.Duration, err error) error {
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

// noAnswer is the error of a try without an answer. unsent says that there was no connection, so
// that the server cannot have seen it.
func (r request) noAnswer(o outgoingRequest, err error, unsent bool) *Error {
	return r.op.newError(Error{TraceID: o.trace, Err: err, unsent: unsent})
}

// errorAnswer is the error of a try that was answered with an error.
func (r request) errorAnswer(o outgoingRequest, resp *http.Response, body []byte, now time.Time) *Error {
	e := Error{Status: resp.StatusCode, TraceID: o.trace}
	e.date, _ = http.ParseTime(resp.Header.Get("Date"))
	if !e.date.IsZero() { // the clocks may differ
		now = e.date
	}
	e.RetryAfter = parseRetryAfter(resp.Header.Get("Retry-After"), now)
	var w struct {
		Code    lenientText `json:"code"`
		Message lenientText `json:"message"`
	}
	switch err := json.Unmarshal(body, &w); {
	case err == nil:
		e.Code, e.Message = clipText(string(w.Code), 80), clipText(string(w.Message), 400)
	case len(body) > 0:
		e.foreign, e.Message, e.Err = true, readPageTitle(body), errProxyPage
	}
	if location := resp.Header.Get("Location"); resp.StatusCode < 400 && location != "" {
		e.Err = errors.Join(errors.New("the server redirects, which is not followed"), e.Err)
	}
	return r.op.newError(e)
}

// parseRetryAfter reads seconds or a date. The result is a day at most.
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
