package symphony

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"time"
)

// request is one call before it is sent.
type request struct {
	op Operation
	// args fill the placeholders of the operation's path, in order.
	args  []string
	query url.Values
	// body is sent as JSON if not nil, form as multipart. Each try encodes it anew.
	body      any
	multipart func(*multipart.Writer) error
	// accept is a status that is an answer although it is an error's, 0 for none.
	accept int
	// once is for callers that repeat by themselves.
	once bool
	// timeout bounds one try in place of Config.Timeout, if not 0.
	timeout time.Duration
	// auth authorizes the call in place of the client's session, if not nil.
	auth http.Header
	// agent is the only agent to ask, nil for any.
	agent *agentNode
	// read takes the answer, as part of each try.
	read func(answer) error
	// stream takes the body of an answer in place of read, if not nil, where there is one. It bounds
	// what it keeps.
	stream func(body io.Reader) error
}

// answer is what came back.
type answer struct {
	status int
	body   []byte
	trace  string
}

// ignoredAnswer is an answer whose content is not used.
type ignoredAnswer struct{}

func (*ignoredAnswer) UnmarshalJSON([]byte) error { return nil }

// call sends a request and decodes its answer. An empty answer is T's zero value.
func call[T any](ctx context.Context, c *Client, r request) (T, error) {
	var out T
	r.read = func(a answer) error {
		var none T
		out = none // discards what an earlier try has read by half
		_, indifferent := any(&out).(*ignoredAnswer)
		if len(bytes.TrimSpace(a.body)) == 0 && (indifferent || a.status == http.StatusNoContent) {
			return nil
		}
		return json.Unmarshal(a.body, &out)
	}
	if err := c.perform(ctx, r); err != nil {
		var none T
		return none, err
	}
	return out, nil
}

// perform sends as often as the operation's class allows.
func (c *Client) perform(ctx context.Context, r request) error {
	trace, mayBeDone := traceID(ctx), false
	err := c.repeat(ctx, r, func() error {
		content, kind, err := r.encode()
		if err != nil {
			return fmt.Errorf("%s: encode: %w", r.op, err)
		}
		o := outgoingRequest{body: content, contentType: kind, trace: trace, mayBeDone: &mayBeDone}
		if r.auth != nil {
			o.auth = r.auth
			return c.dispatch(ctx, r, o)
		}
		return c.sendAuthorized(ctx, r.op, func(auth http.Header) error {
			o.auth = auth
			return c.dispatch(ctx, r, o)
		})
	})
	if mayBeDone {
		err = afterUnknownOutcome(err)
	}
	return err
}

func (r request) encode() (content []byte, kind string, err error) {
	switch {
	case r.multipart != nil:
		return multipartBody(r.multipart)
	case r.body != nil:
		content, err = json.Marshal(r.body)
	}
	return content, "application/json", err
}

var placeholder = regexp.MustCompile(`\{[^}]+\}`)

// url is the operation's address with its placeholders filled and escaped.
func (r request) url(base string) (string, error) {
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

func (c *Client) newHTTPRequest(ctx context.Context, r request, o outgoingRequest) (*http.Request, error) {
	address, err := r.url(o.base)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, r.op.Method, address, bytes.NewReader(o.body))
	if err != nil {
		return nil, err
	}
	for _, configured := range []http.Header{c.config.Headers, c.hosts[r.op.component()].headers} {
		for k, v := range configured {
			req.Header[http.CanonicalHeaderKey(k)] = v
		}
	}
	maps.Copy(req.Header, o.auth)
	req.Header.Set("User-Agent", c.config.UserAgent)
	req.Header.Set("X-Trace-Id", o.trace)
	req.Header.Set("Accept", "application/json")
	if r.op.Method == http.MethodPost { // also without a body: the pod's specification asks for it
		req.Header.Set("Content-Type", o.contentType)
	}
	return req, nil
}
