package sandbox

import (
	"cmp"
	"net/http"
	"slices"
)

// presence is what somebody's dot shows.
type presence struct {
	Category  string `json:"category"`
	UserID    int64  `json:"userId"`
	Timestamp int64  `json:"timestamp"`
}

func (p *Pod) presenceOf(user int64) presence {
	if known, ok := p.state.Presences[user]; ok {
		return known
	}
	return presence{Category: "UNDEFINED", UserID: user, Timestamp: p.now().UnixMilli()}
}

func (p *Pod) ownPresence(c *call) (any, error) { return p.presenceOf(c.caller.ID), nil }

func (p *Pod) userPresence(c *call) (any, error) {
	id, err := c.userID("uid")
	if err != nil {
		return nil, err
	}
	if p.state.people[id] == nil {
		return nil, refuse(http.StatusNotFound, "The user %d does not exist", id)
	}
	return p.presenceOf(id), nil
}

func (p *Pod) allPresence(c *call) (any, error) {
	_, limit, err := c.page(1000, 5000)
	if err != nil {
		return nil, err
	}
	last, err := c.millis("lastUserId")
	if err != nil {
		return nil, err
	}
	found := []presence{}
	for _, who := range slices.SortedFunc(slices.Values(p.state.People), func(a, b *person) int { return cmp.Compare(a.ID, b.ID) }) {
		if who.ID > last && tenantOf(who.ID) == tenantOf(c.caller.ID) && len(found) < limit {
			found = append(found, p.presenceOf(who.ID))
		}
	}
	return found, nil
}

func categories() []string {
	return []string{
		"AVAILABLE", "BUSY", "DO_NOT_DISTURB", "ON_THE_PHONE", "BE_RIGHT_BACK", "IN_A_MEETING", "AWAY", "OUT_OF_OFFICE",
		"OFF_WORK", "OFFLINE", "UNDEFINED",
	}
}

func (p *Pod) setPresence(c *call) (any, error) {
	var body struct {
		Category string
		UserID   int64
	}
	if err := c.decode(&body); err != nil {
		return nil, err
	}
	if !slices.Contains(categories(), body.Category) {
		return nil, badRequest("Unknown presence category: %q", body.Category)
	}
	if body.UserID != 0 && body.UserID != c.caller.ID {
		return nil, errEntitlement
	}
	p.state.Presences[c.caller.ID] = presence{Category: body.Category, UserID: c.caller.ID, Timestamp: c.now.UnixMilli()}
	p.touch()
	return p.presenceOf(c.caller.ID), nil
}

func (p *Pod) registerPresence(*call) (any, error) { return success("OK"), nil }
