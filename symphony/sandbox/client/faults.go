package client

import (
	"context"
	"net/http"
	"net/url"
)

// Fail has the pod make trouble.
func (c *Client) Fail(ctx context.Context, faults ...Fault) error {
	for _, f := range faults {
		if _, err := call[[]Fault](ctx, c, request{method: http.MethodPost, path: "faults", body: f}); err != nil {
			return err
		}
	}
	return nil
}

// Faults lists the faults that there are, oldest first, and how often each has struck.
func (c *Client) Faults(ctx context.Context) ([]Fault, error) {
	return call[[]Fault](ctx, c, request{method: http.MethodGet, path: "faults"})
}

// RemoveFault ends one fault.
func (c *Client) RemoveFault(ctx context.Context, id string) error {
	_, err := call[[]Fault](ctx, c, request{method: http.MethodDelete, path: "faults/" + url.PathEscape(id)})
	return err
}

// Heal ends all faults.
func (c *Client) Heal(ctx context.Context) error {
	_, err := call[[]Fault](ctx, c, request{method: http.MethodDelete, path: "faults"})
	return err
}
