package client

import "context"

// SetMaxAnswer bounds what is read of an answer, in bytes.
func (c *Client) SetMaxAnswer(bytes int64) { c.maxAnswer = bytes }

// WithPatience is the context that waiting for a message obeys.
func WithPatience(ctx context.Context) (context.Context, context.CancelFunc) {
	return withPatience(ctx)
}
