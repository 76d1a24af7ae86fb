package client

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Operations lists what the control API can do, by method and path.
func (c *Client) Operations(ctx context.Context) ([]string, error) {
	answer, err := call[IndexAnswer](ctx, c, request{method: http.MethodGet})
	return answer.Operations, err
}

// People gives the users and groups of the pod.
func (c *Client) People(ctx context.Context) (PeopleAnswer, error) {
	return call[PeopleAnswer](ctx, c, request{method: http.MethodGet, path: "people"})
}

// State gives the whole pod, messages aside.
func (c *Client) State(ctx context.Context) (State, error) {
	return call[State](ctx, c, request{method: http.MethodGet, path: "state"})
}

// Rooms lists the rooms of the pod, oldest first.
func (c *Client) Rooms(ctx context.Context) ([]Room, error) {
	state, err := c.State(ctx)
	return state.Rooms, err
}

// RoomNamed gives the room of a name, which the pod compares without case and blanks. It is an
// error that says which rooms there are when there is none.
func (c *Client) RoomNamed(ctx context.Context, name string) (Room, error) {
	rooms, err := c.Rooms(ctx)
	if err != nil {
		return Room{}, err
	}
	names := []string{}
	for _, room := range rooms {
		if foldName(room.Name) == foldName(name) {
			return room, nil
		}
		names = append(names, room.Name)
	}
	return Room{}, fmt.Errorf("there is no room called %q; the rooms are %q", name, names)
}

func foldName(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, name)
}

// Member finds somebody in a room by username.
func (r Room) Member(username string) (Member, bool) {
	for _, m := range r.Members {
		if m.Username == username {
			return m, true
		}
	}
	return Member{}, false
}

// Usernames are the usernames of a room's members, in the order of joining.
func (r Room) Usernames() []string {
	return usernames(r.Members, func(Member) bool { return true })
}

// OwnerNames are the usernames of a room's owners, in the order of joining.
func (r Room) OwnerNames() []string {
	return usernames(r.Members, func(m Member) bool { return m.Owner })
}

func usernames(members []Member, wanted func(Member) bool) []string {
	var names []string
	for _, m := range members {
		if wanted(m) {
			names = append(names, m.Username)
		}
	}
	return names
}

// Keyword is the value of a room's label; empty without one.
func (r RoomProperties) Keyword(key string) string {
	for _, k := range r.Keywords {
		if k.Key == key {
			return k.Value
		}
	}
	return ""
}

// Feeds lists the datafeeds.
func (c *Client) Feeds(ctx context.Context) ([]Feed, error) {
	answer, err := call[FeedsAnswer](ctx, c, request{method: http.MethodGet, path: "feeds"})
	return answer.Feeds, err
}

// Calls gives the latest calls of Symphony's API, oldest first, from after a number on.
func (c *Client) Calls(ctx context.Context, after int64) ([]Call, error) {
	query := url.Values{"after": {strconv.FormatInt(after, 10)}}
	answer, err := call[WireAnswer](ctx, c, request{method: http.MethodGet, path: "wire", query: query})
	return answer.Calls, err
}

// Record gives the latest entries of the audit record of the bot, oldest first, from after a number
// on.
func (c *Client) Record(ctx context.Context, after int64) (RecordAnswer, error) {
	query := url.Values{"after": {strconv.FormatInt(after, 10)}}
	return call[RecordAnswer](ctx, c, request{method: http.MethodGet, path: "record", query: query})
}

// Manifest gives the commands that the bot has uploaded; none before.
func (c *Client) Manifest(ctx context.Context) (Manifest, error) {
	return call[Manifest](ctx, c, request{method: http.MethodGet, path: "manifest"})
}

// Rights gives the entitlements of the service account.
func (c *Client) Rights(ctx context.Context) (Rights, error) {
	return call[Rights](ctx, c, request{method: http.MethodGet, path: "rights"})
}

// SetRights replaces the entitlements of the service account.
func (c *Client) SetRights(ctx context.Context, r Rights) error {
	_, err := call[Rights](ctx, c, request{method: http.MethodPost, path: "rights", body: r})
	return err
}

// Keys gives the keys of the service account.
func (c *Client) Keys(ctx context.Context) (Keys, error) {
	return call[Keys](ctx, c, request{method: http.MethodGet, path: "keys"})
}

// PasteKey gives the service account a new public key, in PEM. The one before is good for three
// days more.
func (c *Client) PasteKey(ctx context.Context, publicKey string) (Keys, error) {
	return call[Keys](ctx, c, request{method: http.MethodPost, path: "keys", body: PasteKeyRequest{publicKey}})
}

// RevokePreviousKey ends the key before the current one, and the sessions that it opened.
func (c *Client) RevokePreviousKey(ctx context.Context) (Keys, error) {
	return call[Keys](ctx, c, request{method: http.MethodDelete, path: "keys/previous"})
}

// Inject puts an event on all datafeeds of the bot, as it is, and tells how many they are.
func (c *Client) Inject(ctx context.Context, event json.RawMessage) (feeds int, err error) {
	answer, err := call[InjectAnswer](ctx, c, request{method: http.MethodPost, path: "events", body: event})
	return answer.Feeds, err
}

// Advance moves the pod's clock ahead, and gives what time it is then.
func (c *Client) Advance(ctx context.Context, by time.Duration) (time.Time, error) {
	body := ClockRequest{Advance: by.String()}
	answer, err := call[ClockAnswer](ctx, c, request{method: http.MethodPost, path: "clock", body: body})
	return answer.Now, err
}

// Reset makes the pod as new: no rooms, messages, sessions and faults.
func (c *Client) Reset(ctx context.Context) error {
	_, err := call[EmptyAnswer](ctx, c, request{method: http.MethodPost, path: "reset"})
	return err
}
