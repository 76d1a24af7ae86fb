package sandbox

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
)

// groupRequest is what create and update take.
type groupRequest struct {
	Type      string `json:"type"`
	OwnerType string `json:"ownerType"`
	OwnerID   int64  `json:"ownerId"`
	Name      string `json:"name"`
	Status    string `json:"status"`
	Members   *[]struct {
		User int64 `json:"memberId"`
	} `json:"members"`
	Profile json.RawMessage `json:"profile"`
	groupExtra
}

// statusBarrier is the profile manager's own status for an information barrier.
const statusBarrier = 452

func (p *Pod) readGroup(c *call) (*groupRequest, error) {
	var body groupRequest
	if err := c.decode(&body); err != nil {
		return nil, err
	}
	var about map[string]any
	switch {
	case strings.TrimSpace(body.Name) == "":
		return nil, badRequest("The field name is required")
	case body.Type != typeSDL:
		return nil, badRequest("The field type must be SDL")
	case body.OwnerType != "TENANT":
		return nil, badRequest("The field ownerType must be TENANT")
	case len(body.Profile) > 0 && json.Unmarshal(body.Profile, &about) != nil:
		return nil, badRequest("The field profile must be an object")
	}
	return &body, nil
}

func (p *Pod) insertGroup(c *call) (any, error) {
	body, err := p.readGroup(c)
	if err != nil {
		return nil, err
	}
	p.state.LastUser++
	g := newGroup(body.Name, homeTenant<<36+1000+p.state.LastUser, c.caller.ID, c.now)
	if err := p.fillGroup(g, body, c); err != nil {
		return nil, err
	}
	p.state.Groups = append(p.state.Groups, g)
	p.touch()
	return g.answer(http.StatusCreated), nil
}

func (p *Pod) updateGroup(c *call) (any, error) {
	g, err := p.group(c)
	if err != nil {
		return nil, err
	}
	if match := strings.Trim(c.Header.Get("If-Match"), `"`); match != g.ETag {
		return nil, refuse(http.StatusPreconditionFailed, "The group was changed by somebody else; read it again")
	}
	body, err := p.readGroup(c)
	if err != nil {
		return nil, err
	}
	if err := p.fillGroup(g, body, c); err != nil {
		return nil, err
	}
	g.Name = body.Name
	if body.Status == statusDeleted || body.Status == statusActive {
		g.Status = body.Status
	}
	g.changed(c.caller, c.now)
	p.touch()
	return g.answer(http.StatusOK), nil
}

// fillGroup takes members, profile and restrictions into a group, after checking who may be in one.
func (p *Pod) fillGroup(g *group, body *groupRequest, c *call) error {
	if body.Members != nil {
		var ids []int64
		for _, m := range *body.Members {
			ids = addOnce(ids, m.User)
		}
		if err := p.mayGroup(ids); err != nil {
			return err
		}
		g.Members = nil
		for _, id := range ids {
			g.Members = append(g.Members, groupMember{User: id, Added: c.now.UnixMilli()})
		}
	}
	if len(body.Profile) > 0 {
		g.About = body.Profile
	}
	g.Extra = body.groupExtra
	return nil
}

func (p *Pod) mayGroup(ids []int64) error {
	for _, id := range ids {
		who, err := p.state.user(id)
		if err != nil {
			return err
		}
		if tenantOf(id) != homeTenant || !who.Active {
			return badRequest("%s cannot be in a distribution list of this company", who.Display)
		}
	}
	if err := p.state.barrier(ids); err != nil {
		return refuse(statusBarrier, "%s", asRefusal(err).message)
	}
	return nil
}

// addGroupMember also adds the newcomer to the rooms the list is in.
func (p *Pod) addGroupMember(c *call) (any, error) {
	g, err := p.group(c)
	if err != nil {
		return nil, err
	}
	var body struct {
		Member struct {
			ID int64 `json:"memberId"`
		} `json:"member"`
	}
	if err := c.decode(&body); err != nil {
		return nil, err
	}
	id := body.Member.ID
	if err := p.mayGroup(append(g.memberIDs(), id)); err != nil {
		return nil, err
	}
	for _, m := range g.Members {
		if m.User == id {
			return g.answer(http.StatusOK), nil
		}
	}
	g.Members = append(g.Members, groupMember{User: id, Added: c.now.UnixMilli()})
	g.changed(c.caller, c.now)
	p.follow(g, id, c.caller)
	p.touch()
	return g.answer(http.StatusOK), nil
}

func (p *Pod) follow(g *group, id int64, by *person) {
	for _, st := range p.state.Streams {
		for _, item := range st.Groups {
			if item.ID == g.Profile && st.Active && p.state.barrier(append(st.memberIDs(), id)) == nil {
				p.joinThrough(st, p.state.people[id], by, g.Profile)
			}
		}
	}
}

const maxAvatar = 2 << 20

func (p *Pod) updateGroupAvatar(c *call) (any, error) {
	g, err := p.group(c)
	if err != nil {
		return nil, err
	}
	var body struct{ Image string }
	if err := c.decode(&body); err != nil {
		return nil, err
	}
	image, err := base64.StdEncoding.DecodeString(body.Image)
	kind := http.DetectContentType(image)
	if err != nil || len(image) > maxAvatar || (kind != "image/png" && kind != "image/jpeg" && kind != "image/gif") {
		return nil, badRequest("The image must be a base64-encoded jpg, png or gif of at most 2 MB")
	}
	g.Avatar = kind
	g.changed(c.caller, c.now)
	p.touch()
	return g.answer(http.StatusOK), nil
}
