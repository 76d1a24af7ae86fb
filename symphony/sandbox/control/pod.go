package control

import (
	"encoding/json"
	"time"

	"roombot/symphony/sandbox/client"
	"roombot/symphony/sandbox/rest"
	"roombot/symphony/sandbox/world"
)

// What can be done to a pod behind its bots' backs: rights, the clock, events, a reset.

func (c *Control) rights(*request) (any, error) { return client.Rights(c.world.Rights()), nil }

func (c *Control) setRights(r *request) (any, error) {
	wanted := client.Rights(c.world.Rights())
	if err := r.decode(&wanted); err != nil {
		return nil, err
	}
	c.world.SetRights(world.Rights(wanted))
	return wanted, nil
}

func (c *Control) clock(r *request) (any, error) {
	var body client.ClockRequest
	if err := r.decode(&body); err != nil {
		return nil, err
	}
	by, err := time.ParseDuration(body.Advance)
	if err != nil || by <= 0 {
		return nil, rest.BadRequest("advance must be a positive duration such as 31m")
	}
	c.world.Advance(by)
	return client.ClockAnswer{Now: c.world.Now().UTC()}, nil
}

func (c *Control) reset(*request) (any, error) {
	c.world.Reset()
	return client.EmptyAnswer{}, nil
}

// inject delivers any event to the bot's datafeeds, to see what it does with one it does not know.
func (c *Control) inject(r *request) (any, error) {
	if !json.Valid(r.Body) {
		return nil, rest.BadRequest("The body must be an event")
	}
	var event struct {
		Timestamp int64 `json:"timestamp"`
	}
	_ = json.Unmarshal(r.Body, &event) // an event may be anything, and have no timestamp
	return client.InjectAnswer{Feeds: c.world.Inject(string(r.Body), event.Timestamp)}, nil
}
