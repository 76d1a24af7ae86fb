package sandbox

import (
	"net/http"

	"roombot/symphony/sandbox/rest"
	"roombot/symphony/sandbox/world"
)

func (p *Pod) ownPresence(c *call) (any, error) { return p.world.PresenceOf(c.caller.ID), nil }

func (p *Pod) userPresence(c *call) (any, error) {
	id, err := c.UserID("uid")
	if err != nil {
		return nil, err
	}
	if p.world.Person(id) == nil {
		return nil, rest.Refuse(http.StatusNotFound, "The user %d does not exist", id)
	}
	return p.world.PresenceOf(id), nil
}

func (p *Pod) allPresence(c *call) (any, error) {
	_, limit, err := c.Page(1000, 5000)
	if err != nil {
		return nil, err
	}
	last, err := c.Millis("lastUserId")
	if err != nil {
		return nil, err
	}
	found := []world.Presence{}
	for _, who := range rest.Cut(p.world.Colleagues(c.caller, last), 0, limit) {
		found = append(found, p.world.PresenceOf(who.ID))
	}
	return found, nil
}

func (p *Pod) setPresence(c *call) (any, error) {
	var body struct {
		Category string `json:"category"`
	}
	if err := c.decode(&body); err != nil {
		return nil, err
	}
	return p.applyPresence(c, body.Category)
}

// setUserPresence sets somebody's presence; only one's own may be set.
func (p *Pod) setUserPresence(c *call) (any, error) {
	var body struct {
		Category string `json:"category"`
		UserID   int64  `json:"userId"`
	}
	if err := c.decode(&body); err != nil {
		return nil, err
	}
	if body.UserID != 0 && body.UserID != c.caller.ID {
		return nil, world.ErrEntitlement
	}
	return p.applyPresence(c, body.Category)
}

func (p *Pod) applyPresence(c *call, category string) (any, error) {
	if err := p.world.SetPresence(c.caller, category); err != nil {
		return nil, err
	}
	return p.world.PresenceOf(c.caller.ID), nil
}

func (p *Pod) registerPresence(*call) (any, error) { return success("OK"), nil }
