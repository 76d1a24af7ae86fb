package client

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// Say has somebody write, and gives the bot's replies where it is told to wait for them.
func (c *Client) Say(ctx context.Context, r SayRequest) (Conversation, error) {
	return c.converse(ctx, "say", r.Wait, r)
}

// Edit has somebody change a message of theirs.
func (c *Client) Edit(ctx context.Context, r EditRequest) (Conversation, error) {
	return c.converse(ctx, "edit", r.Wait, r)
}

// Act has somebody fill in a form and press a button of it.
func (c *Client) Act(ctx context.Context, r ActRequest) (Conversation, error) {
	return c.converse(ctx, "act", r.Wait, r)
}

func (c *Client) converse(ctx context.Context, verb, wait string, body any) (Conversation, error) {
	limit, _ := time.ParseDuration(wait) // the pod refuses what is no duration
	return call[Conversation](ctx, c, request{method: http.MethodPost, path: verb, body: body, wait: limit})
}

// FormValues encodes what somebody fills into the fields of a form.
func FormValues(values map[string]any) (map[string]json.RawMessage, error) {
	encoded := make(map[string]json.RawMessage, len(values))
	for name, value := range values {
		raw, err := json.Marshal(value)
		if err != nil {
			return nil, fmt.Errorf("value of the field %q: %w", name, err)
		}
		encoded[name] = raw
	}
	return encoded, nil
}

// Chatter has somebody write many messages at once.
func (c *Client) Chatter(ctx context.Context, r ChatterRequest) (ChatterAnswer, error) {
	return call[ChatterAnswer](ctx, c, request{method: http.MethodPost, path: "chatter", body: r})
}

// Chats lists the chats and rooms that somebody is in, newest first.
func (c *Client) Chats(ctx context.Context, who string) ([]Chat, error) {
	answer, err := call[ChatsAnswer](ctx, c, request{method: http.MethodGet, path: "chats", query: as(who)})
	return answer.Chats, err
}

// Chat opens a chat or room as somebody who is in it, and marks its messages as read.
func (c *Client) Chat(ctx context.Context, who, streamID string) (ChatAnswer, error) {
	path := "chats/" + url.PathEscape(streamID)
	return call[ChatAnswer](ctx, c, request{method: http.MethodGet, path: path, query: as(who)})
}

// OpenChat gives the stream id of the chat that somebody has with others, and opens one if there is
// none.
func (c *Client) OpenChat(ctx context.Context, who string, with ...string) (streamID string, err error) {
	body := OpenChatRequest{As: who, With: with}
	answer, err := call[OpenChatAnswer](ctx, c, request{method: http.MethodPost, path: "chats", body: body})
	return answer.StreamID, err
}

// CreateRoom has somebody make a room.
func (c *Client) CreateRoom(ctx context.Context, r CreateRoomRequest) (Room, error) {
	return call[Room](ctx, c, request{method: http.MethodPost, path: "rooms", body: r})
}

// UpdateRoom has an owner change a room.
func (c *Client) UpdateRoom(ctx context.Context, streamID string, r UpdateRoomRequest) (Room, error) {
	return call[Room](ctx, c, request{method: http.MethodPost, path: "rooms/" + url.PathEscape(streamID), body: r})
}

// CreateGroup has the administrator of the pod make a distribution list.
func (c *Client) CreateGroup(ctx context.Context, r CreateGroupRequest) (Group, error) {
	return call[Group](ctx, c, request{method: http.MethodPost, path: "groups", body: r})
}

// Join has somebody enter a public room.
func (c *Client) Join(ctx context.Context, who, streamID string) (Chat, error) {
	return c.join(ctx, JoinRequest{As: who, StreamID: streamID})
}

// AskToJoin has somebody ask the owners of a private room to be let in. They get an event; the pod
// answers with a refusal that says so.
func (c *Client) AskToJoin(ctx context.Context, who, streamID string) error {
	_, err := c.join(ctx, JoinRequest{As: who, StreamID: streamID, Ask: true})
	return err
}

func (c *Client) join(ctx context.Context, body JoinRequest) (Chat, error) {
	answer, err := call[JoinAnswer](ctx, c, request{method: http.MethodPost, path: "join", body: body})
	return answer.Chat, err
}

// Leave has somebody leave a room.
func (c *Client) Leave(ctx context.Context, who, streamID string) error {
	body := LeaveRequest{As: who, StreamID: streamID}
	_, err := call[EmptyAnswer](ctx, c, request{method: http.MethodPost, path: "leave", body: body})
	return err
}

// AcceptConnection has somebody accept the connection that another asked for.
func (c *Client) AcceptConnection(ctx context.Context, who, with string) (Connection, error) {
	return c.connect(ctx, ConnectRequest{As: who, With: with, Action: "accept"})
}

// RejectConnection has somebody reject the connection that another asked for.
func (c *Client) RejectConnection(ctx context.Context, who, with string) (Connection, error) {
	return c.connect(ctx, ConnectRequest{As: who, With: with, Action: "reject"})
}

func (c *Client) connect(ctx context.Context, body ConnectRequest) (Connection, error) {
	return call[Connection](ctx, c, request{method: http.MethodPost, path: "connect", body: body})
}

func as(who string) url.Values { return url.Values{"as": {who}} }
