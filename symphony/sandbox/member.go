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
	return changeMemberAs(func(w *world.World, by *world.Person, st *world.Stream, id int64) (string, error) {
		return text, change(w, by, st, id)
	})
}

// addedOrLater is the vendor's text where nobody has come into the room by the call itself.
const addedOrLater = "Member already part of the room or Xpod request will be processed asynchronously"

// addMember adds a member, and returns the text of the answer.
func addMember(w *world.World, by *world.Person, st *world.Stream, id int64) (text string, err error) {
	before := st.HasMember(id)
	if err := w.AddMember(by, st, id); err != nil {
		return "", err
	}
	if before || w.IsInvited(st, id) {
		return addedOrLater, nil
	}
	return "Member added", nil
}

// changeMemberAs is changeMember with the text that the change returns.
func changeMemberAs(change func(*world.World, *world.Person, *world.Stream, int64) (string, error)) handler {
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
		text, err := change(p.world, c.caller, st, *body.ID)
		if err != nil {
			return nil, err
		}
		return success(text), nil
	}
}
