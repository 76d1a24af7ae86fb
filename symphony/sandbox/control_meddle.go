package sandbox

import (
	"encoding/json"
	"time"
)

// What can be done to a pod behind its bots' backs: faults, rights, the clock, events, a reset.

func (p *Pod) controlFaults(*call) (any, error) { return p.faults.all(), nil }

func (p *Pod) controlAddFault(c *call) (any, error) {
	var f Fault
	if err := c.decode(&f); err != nil {
		return nil, err
	}
	if _, err := p.addFault(f); err != nil {
		return nil, err
	}
	p.showFaults()
	return p.faults.all(), nil
}

func (p *Pod) controlRemoveFaults(c *call) (any, error) {
	id := c.params["id"]
	if id == "" {
		id = c.query.Get("id")
	}
	p.faults.remove(id)
	p.showFaults()
	return p.faults.all(), nil
}

func (p *Pod) controlRights(c *call) (any, error) {
	wanted := p.state.Rights
	if err := c.decode(&wanted); err != nil {
		return nil, err
	}
	p.state.Rights = wanted
	p.touch()
	return wanted, nil
}

func (p *Pod) controlClock(c *call) (any, error) {
	var body struct{ Advance string }
	if err := c.decode(&body); err != nil {
		return nil, err
	}
	by, err := time.ParseDuration(body.Advance)
	if err != nil || by <= 0 {
		return nil, badRequest("advance must be a positive duration such as 31m")
	}
	p.Advance(by)
	p.mu.Lock()
	defer p.mu.Unlock()
	return map[string]any{"now": p.now().UTC()}, nil
}

func (p *Pod) controlReset(*call) (any, error) {
	p.Reset()
	return map[string]any{}, nil
}

// controlInject delivers any event to the bot's datafeeds, to see what it does with one it does not know.
func (p *Pod) controlInject(c *call) (any, error) {
	if !json.Valid(c.body) {
		return nil, badRequest("The body must be an event")
	}
	return map[string]any{"feeds": p.inject(c.body)}, nil
}
