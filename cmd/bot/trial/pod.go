package trial

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"roombot/commands"
)

// Pod is the pod under trial, by its control API.
type Pod struct {
	Address string // http://127.0.0.1:8787
	http    *http.Client
}

func newPod(address string) *Pod {
	return &Pod{Address: address, http: &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: 64}}}
}

// Person is somebody of the pod.
type Person struct {
	Username    string `json:"username"`
	DisplayName string `json:"displayName"`
	Email       string `json:"email"`
	Active      bool   `json:"active"`
	External    bool   `json:"external"`
}

// Group is a distribution list.
type Group struct {
	Name    string   `json:"name"`
	Members []string `json:"members"` // usernames
}

// Message is a message of the pod.
type Message struct {
	ID        string `json:"messageId"`
	Stream    string `json:"streamId"`
	Timestamp int64  `json:"timestamp"` // milliseconds since 1970, the pod's clock
	Markup    string `json:"message"`
	Data      string `json:"data"`
	Text      string `json:"text"`
	Replacing string `json:"replacing"`
	From      Person `json:"from"`
}

// Room is a room of the pod with all that is in it.
type Room struct {
	ID       string    `json:"streamId"`
	Name     string    `json:"name"`
	Keywords []Keyword `json:"keywords"`
	Members  []Member  `json:"members"`
}

// Request is the request that the room was opened for; empty without one.
func (r Room) Request() string {
	for _, k := range r.Keywords {
		if k.Key == commands.RequestKeyword {
			return k.Value
		}
	}
	return ""
}

// Keyword is a room's label and its value.
type Keyword struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// Member is somebody in a room.
type Member struct {
	Username string `json:"username"`
	Owner    bool   `json:"owner"`
	Joined   int64  `json:"joinDate"` // milliseconds since 1970, the pod's clock
}

// State is what the whole pod holds, messages aside.
type State struct {
	People []Person `json:"people"`
	Groups []Group  `json:"groups"`
	Rooms  []Room   `json:"rooms"`
}

// Feed is a datafeed of the bot's account.
type Feed struct {
	ID       string `json:"id"`
	Queued   int    `json:"queued"`
	InFlight int    `json:"inFlight"`
	Readers  int    `json:"readers"`
}

// Fault is trouble that the pod makes; its fields are those of the control API.
type Fault struct {
	Kind        string  `json:"kind,omitempty"`
	Path        string  `json:"path,omitempty"`
	Status      int     `json:"status,omitempty"`
	RetryAfter  int     `json:"retryAfter,omitempty"`
	Delay       string  `json:"delay,omitempty"`
	Drop        string  `json:"drop,omitempty"`
	Probability float64 `json:"probability,omitempty"`
	Count       int     `json:"count,omitempty"`
	Hits        int     `json:"hits,omitempty"`
}

// Say sends what somebody types. to is a chat, or empty for the 1:1 chat with the bot.
func (p *Pod) Say(ctx context.Context, as, to, text string) (Message, error) {
	var said struct{ Message Message }
	err := p.call(ctx, http.MethodPost, "say", map[string]string{"as": as, "to": to, "text": text}, &said)
	return said.Message, err
}

// Messages gives the pod's messages after a sequence number, in order, and the
// number from which to go on. One call may not give all there are.
func (p *Pod) Messages(ctx context.Context, after int64) (found []Message, last int64, err error) {
	var page struct {
		Messages []Message
		Last     int64
	}
	err = p.call(ctx, http.MethodGet, "messages?after="+strconv.FormatInt(after, 10), nil, &page)
	return page.Messages, page.Last, err
}

// Follow hands over the messages of the whole pod as they come, in order,
// until ctx ends or take returns an error.
func (p *Pod) Follow(ctx context.Context, every time.Duration, take func([]Message) error) error {
	last := int64(0)
	for {
		messages, seen, err := p.Messages(ctx, last)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		if err := take(messages); err != nil {
			return err
		}
		if seen > last {
			last = seen
			continue
		}
		if Pause(ctx, every) != nil {
			return nil
		}
	}
}

// State reads the whole pod.
func (p *Pod) State(ctx context.Context) (State, error) {
	var s State
	return s, p.call(ctx, http.MethodGet, "state", nil, &s)
}

// Feeds lists the datafeeds.
func (p *Pod) Feeds(ctx context.Context) ([]Feed, error) {
	var list struct{ Feeds []Feed }
	return list.Feeds, p.call(ctx, http.MethodGet, "feeds", nil, &list)
}

// Break adds a fault.
func (p *Pod) Break(ctx context.Context, f Fault) error {
	return p.call(ctx, http.MethodPost, "faults", f, nil)
}

// Faults lists the faults and how often each has struck.
func (p *Pod) Faults(ctx context.Context) (list []Fault, err error) {
	return list, p.call(ctx, http.MethodGet, "faults", nil, &list)
}

// Mend takes all faults away.
func (p *Pod) Mend(ctx context.Context) error {
	return p.call(ctx, http.MethodDelete, "faults", nil, nil)
}

// SmallTalk is for no bot.
const SmallTalk = "shall we have lunch?"

// Chatter makes many messages at once, in a chat; {n} in the text is the number
// of each. It tells how many events wait in the datafeed.
func (p *Pod) Chatter(ctx context.Context, as, to, text string, count int) (waiting int, err error) {
	var done struct{ Queued int }
	err = p.call(ctx, http.MethodPost, "chatter", map[string]any{"as": as, "to": to, "text": text, "count": count}, &done)
	return done.Queued, err
}

func (p *Pod) call(ctx context.Context, method, path string, body, into any) error {
	var payload io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return err
		}
		payload = bytes.NewReader(raw)
	}
	request, err := http.NewRequestWithContext(ctx, method, p.Address+"/sandbox/v1/"+path, payload)
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := p.http.Do(request)
	if err != nil {
		return fmt.Errorf("ask the pod: %w", err)
	}
	defer response.Body.Close()
	const most = 512 << 20 // the state of a pod after a long trial
	raw, err := io.ReadAll(io.LimitReader(response.Body, most))
	if err != nil {
		return fmt.Errorf("ask the pod: %w", err)
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("the pod refused %s %s: %d %s", method, path, response.StatusCode, bytes.TrimSpace(raw))
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(raw, into)
}
