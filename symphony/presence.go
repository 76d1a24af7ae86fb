package symphony

import (
	"context"
	"net/url"
	"time"
)

// Presence is whether somebody can be reached: AVAILABLE, BUSY, AWAY, OFFLINE and others.
type Presence struct {
	User     UserID
	Category string
	At       time.Time
}

// wirePresence is the vendor's V2Presence.
type wirePresence struct {
	User     UserID `json:"userId"`
	Category string `json:"category"`
	At       millis `json:"timestamp"`
}

func (w wirePresence) value() Presence { return Presence{w.User, w.Category, w.At.time()} }

// Presence is whether a user can be reached.
//
//	GET /pod/v3/user/{uid}/presence
func (c *Client) Presence(ctx context.Context, user UserID) (Presence, error) {
	return callForValue[Presence, wirePresence](ctx, c, request{
		op: opPresence, args: []string{user.String()}, query: url.Values{"local": {"false"}},
	})
}

// OwnPresence is whether the caller can be reached, as others see it.
//
//	GET /pod/v2/user/presence
func (c *Client) OwnPresence(ctx context.Context) (Presence, error) {
	return callForValue[Presence, wirePresence](ctx, c, request{op: opOwnPresence})
}

// SetPresence sets what others see of the caller.
//
//	POST /pod/v2/user/presence
func (c *Client) SetPresence(ctx context.Context, category string) (Presence, error) {
	return callForValue[Presence, wirePresence](ctx, c, request{op: opSetPresence, body: struct {
		Category string `json:"category"`
	}{category}})
}
