package symphony

import (
	"context"
	"time"
)

// ConnectionStatus is how the caller stands with a user of another company.
type ConnectionStatus string

// The states of a connection. Within one company everybody is Accepted.
const (
	PendingIncoming ConnectionStatus = "PENDING_INCOMING"
	PendingOutgoing ConnectionStatus = "PENDING_OUTGOING"
	Accepted        ConnectionStatus = "ACCEPTED"
	Rejected        ConnectionStatus = "REJECTED"
)

// Connection is the relation with a user of another company. Without an accepted one they can share
// no room.
type Connection struct {
	User             UserID
	Status           ConnectionStatus
	FirstRequestedAt time.Time
	UpdatedAt        time.Time
	// Requests is how often it was asked for.
	Requests int
}

// wireConnection is the vendor's UserConnection.
type wireConnection struct {
	User             UserID           `json:"userId"`
	Status           ConnectionStatus `json:"status"`
	FirstRequestedAt millis           `json:"firstRequestedAt"`
	UpdatedAt        millis           `json:"updatedAt"`
	Requests         wholeNumber      `json:"requestCounter"`
}

func (w wireConnection) value() Connection {
	return Connection{w.User, w.Status, w.FirstRequestedAt.time(), w.UpdatedAt.time(), int(w.Requests)}
}

// Connection is how the caller stands with a user; ErrNotFound when there was never a request.
//
//	GET /pod/v1/connection/user/{userId}/info
func (c *Client) Connection(ctx context.Context, user UserID) (Connection, error) {
	return callForValue[Connection, wireConnection](ctx, c, request{op: opConnection, args: []string{user.String()}})
}

// Connect asks a user of another company for a connection. Each call may notify that person again,
// so it is not repeated blindly.
//
//	POST /pod/v1/connection/create
func (c *Client) Connect(ctx context.Context, user UserID) (Connection, error) {
	return callForValue[Connection, wireConnection](ctx, c, request{op: opConnect, body: struct {
		User UserID `json:"userId"`
	}{user}})
}
