package sandbox

import (
	"roombot/symphony/sandbox/rest"
	"roombot/symphony/sandbox/world"
)

// memberView is a member as the membership list shows it.
type memberView struct {
	ID      int64   `json:"id"`
	Owner   bool    `json:"owner"`
	Joined  int64   `json:"joinDate"`
	Through []int64 `json:"addedThroughGroups,omitempty"`
}

func (p *Pod) listMembers(c *call) (any, error) {
	st, err := p.findVisibleRoom(c)
	if err != nil {
		return nil, err
	}
	views := make([]memberView, 0, len(st.Members))
	for _, m := range st.Members {
		views = append(views, memberView{ID: m.User, Owner: m.Owner, Joined: m.Joined, Through: m.Through})
	}
	return views, nil
}

// changeMember answers a change of one member of a room.
func changeMember(change func(*world.World, *world.Person, *world.Stream, int64) error, text string) handler {
	return func(p *Pod, c *call) (any, error) {
		st, err := p.world.FindRoom(c.Params["id"])
		if err != nil {
			return nil, err
		}
		var body struct {
			ID *int64 `json:"id"`
		}
		if err := c.decode(&body); err != nil {
			return nil, err
		}
		if body.ID == nil {
			return nil, rest.BadRequest("The field id is required")
		}
		if err := change(p.world, c.caller, st, *body.ID); err != nil {
			return nil, err
		}
		return success(text), nil
	}
}
