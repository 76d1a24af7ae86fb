package client

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// MessageFilter says which messages are wanted. The zero value wants all.
type MessageFilter struct {
	As    string // only what this person can read, by username
	From  string // only of this sender, by username
	Limit int    // at most so many; default and most 1,000
}

// MessagesAfter gives the pod's messages whose Seq is above a number, oldest first. There may be
// more: the answer says where to continue.
func (c *Client) MessagesAfter(ctx context.Context, seq int64, f MessageFilter) (MessagesAnswer, error) {
	query := url.Values{"after": {strconv.FormatInt(seq, 10)}}
	if f.As != "" {
		query.Set("as", f.As)
	}
	if f.From != "" {
		query.Set("from", f.From)
	}
	if f.Limit > 0 {
		query.Set("limit", strconv.Itoa(f.Limit))
	}
	return call[MessagesAnswer](ctx, c, request{method: http.MethodGet, path: "messages", query: query})
}

// Messages gives all messages of the pod that are wanted, oldest first.
func (c *Client) Messages(ctx context.Context, f MessageFilter) ([]Message, error) {
	var all []Message
	for last := int64(0); ; {
		page, err := c.MessagesAfter(ctx, last, f)
		if err != nil {
			return nil, err
		}
		all = append(all, page.Messages...)
		if page.Last <= last {
			return all, nil
		}
		last = page.Last
	}
}

// Inbox gives all messages that somebody can read, their own too, oldest first. Nothing is marked
// as read.
func (c *Client) Inbox(ctx context.Context, who string) ([]Message, error) {
	return c.Messages(ctx, MessageFilter{As: who})
}

// Follow hands over the messages of the whole pod in order, as they come, until the context ends or
// take returns an error. It looks for new ones as often as it is told.
func (c *Client) Follow(ctx context.Context, every time.Duration, take func([]Message) error) error {
	return c.follow(ctx, 0, MessageFilter{}, every, take)
}

// follow hands over the messages after a Seq that are wanted.
func (c *Client) follow(ctx context.Context, seq int64, f MessageFilter, every time.Duration, take func([]Message) error) error {
	for {
		page, err := c.MessagesAfter(ctx, seq, f)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			return err
		}
		if err := take(page.Messages); err != nil {
			return err
		}
		if page.Last > seq {
			seq = page.Last
		} else if !sleep(ctx, every) {
			return nil
		}
	}
}

// sleep waits, and reports whether the context is still alive.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
