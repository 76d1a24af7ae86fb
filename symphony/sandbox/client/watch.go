package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/gorilla/websocket"
)

// frameLimit is more than the bytes of any frame.
const frameLimit = 16 << 20

// Watcher receives what happens in the pod as it happens. One that does not keep up is thrown out
// by the pod. Its methods are for one goroutine.
type Watcher struct {
	conn *websocket.Conn
	stop func() bool
}

// Watch connects to the pod's live view: of what somebody can see, or of everything for the
// username "". From its return on nothing is missed. The connection ends with the context or with
// Close.
func (c *Client) Watch(ctx context.Context, who string) (*Watcher, error) {
	target := "ws" + strings.TrimPrefix(c.address, "http") + "/sandbox/v1/live"
	if who != "" {
		target += "?" + as(who).Encode()
	}
	conn, response, err := websocket.DefaultDialer.DialContext(ctx, target, nil)
	switch {
	case errors.Is(err, websocket.ErrBadHandshake):
		defer response.Body.Close()
		raw, _ := io.ReadAll(response.Body) // the dialer has kept its beginning
		return nil, &Error{Operation: "GET live", Status: response.StatusCode, Message: refusalText(response.StatusCode, raw)}
	case err != nil:
		return nil, fmt.Errorf("watch the sandbox: %w", err)
	}
	conn.SetReadLimit(frameLimit)
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() }) // ends a read that waits
	return &Watcher{conn: conn, stop: stop}, nil
}

// Next waits for the next frame.
func (w *Watcher) Next() (Frame, error) {
	var frame Frame
	kind, raw, err := w.conn.ReadMessage()
	switch {
	case err != nil:
		return Frame{}, fmt.Errorf("watch the sandbox: %w", err)
	case kind != websocket.TextMessage:
		return Frame{}, errors.New("watch the sandbox: a frame that is no text")
	}
	if err := json.Unmarshal(raw, &frame); err != nil {
		return Frame{}, fmt.Errorf("read what the sandbox shows: %w", err)
	}
	return frame, nil
}

// Close ends the connection.
func (w *Watcher) Close() error {
	w.stop()
	return w.conn.Close()
}
