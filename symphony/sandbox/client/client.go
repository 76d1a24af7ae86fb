package client

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	callLimit   = time.Minute // for a call, beside what it is asked to wait
	maxAnswer   = 512 << 20   // bytes: the state of a pod after a long trial
	idlePerHost = 64          // connections kept open
)

// Client speaks to one pod. It may be used concurrently.
type Client struct {
	address   string
	http      *http.Client
	maxAnswer int64 // bytes
}

// New makes a client of the pod at an address such as http://127.0.0.1:8787. Nothing is called yet.
func New(address string) *Client {
	transport := &http.Transport{MaxIdleConnsPerHost: idlePerHost}
	return &Client{
		address: strings.TrimRight(address, "/"), http: &http.Client{Transport: transport}, maxAnswer: maxAnswer,
	}
}

// Address is the pod's address.
func (c *Client) Address() string { return c.address }

// Close closes the connections that are not in use. The client can be used on.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Error is a refusal of the control API.
type Error struct {
	Operation string // method and path, such as "POST say"
	Status    int    // of HTTP
	Message   string
}

func (e *Error) Error() string {
	return fmt.Sprintf("the sandbox refused %s: %d %s", e.Operation, e.Status, e.Message)
}

// request is one call of the control API.
type request struct {
	method, path string
	query        url.Values
	body         any           // JSON; nil for none
	wait         time.Duration // that the pod is asked to wait
}

// call makes a call whose answer is a T.
func call[T any](ctx context.Context, c *Client, r request) (T, error) {
	var answer, none T
	raw, err := c.send(ctx, r)
	if err != nil {
		return none, err
	}
	if err := json.Unmarshal(raw, &answer); err != nil {
		return none, fmt.Errorf("read the sandbox's answer to %s %s: %w", r.method, r.path, err)
	}
	return answer, nil
}

func (c *Client) send(ctx context.Context, r request) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, r.wait+callLimit)
	defer cancel()
	sent, err := r.encode(ctx, c.address)
	if err != nil {
		return nil, err
	}
	response, err := c.http.Do(sent)
	if err != nil {
		return nil, fmt.Errorf("call the sandbox: %w", err)
	}
	defer func() { _ = response.Body.Close() }()
	raw, err := io.ReadAll(io.LimitReader(response.Body, c.maxAnswer+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("read the sandbox's answer to %s %s: %w", r.method, r.path, err)
	case int64(len(raw)) > c.maxAnswer:
		return nil, fmt.Errorf("the sandbox's answer to %s %s has more than %d bytes", r.method, r.path, c.maxAnswer)
	case response.StatusCode >= http.StatusMultipleChoices:
		return nil, &Error{Operation: r.method + " " + r.path, Status: response.StatusCode, Message: refusalText(response.StatusCode, raw)}
	}
	return raw, nil
}

func (r request) encode(ctx context.Context, address string) (*http.Request, error) {
	var body io.Reader
	if r.body != nil {
		raw, err := json.Marshal(r.body)
		if err != nil {
			return nil, fmt.Errorf("encode the request of %s %s: %w", r.method, r.path, err)
		}
		body = bytes.NewReader(raw)
	}
	target := address + "/sandbox/v1/" + r.path
	if len(r.query) > 0 {
		target += "?" + r.query.Encode()
	}
	sent, err := http.NewRequestWithContext(ctx, r.method, target, body)
	if err != nil {
		return nil, err
	}
	if body != nil {
		sent.Header.Set("Content-Type", "application/json")
	}
	return sent, nil
}

// refusalText is the message of a refusal, or the status where there is none.
func refusalText(status int, raw []byte) string {
	var body ErrorBody
	if json.Unmarshal(raw, &body) != nil || body.Message == "" {
		return http.StatusText(status)
	}
	return body.Message
}
