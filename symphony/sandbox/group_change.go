package sandbox

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"

	"roombot/symphony/sandbox/rest"
	"roombot/symphony/sandbox/world"
)

const ownerTypeTenant = "TENANT"

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
	Profile     json.RawMessage `json:"profile"`
	Visibility  json.RawMessage `json:"visibilityRestriction"`
	Connection  json.RawMessage `json:"implicitConnection"`
	Interaction json.RawMessage `json:"interactionTransfer"`
}

// readGroup reads what somebody wants a group to be.
func readGroup(c *call) (world.GroupChange, error) {
	var body groupRequest
	if err := c.decode(&body); err != nil {
		return world.GroupChange{}, err
	}
	if err := body.check(); err != nil {
		return world.GroupChange{}, err
	}
	visible, err := readVisibility(body.Visibility)
	if err != nil {
		return world.GroupChange{}, err
	}
	change := world.GroupChange{Name: body.Name, Status: body.Status, Restrictions: world.Restrictions{
		Visibility: rawText(body.Visibility), Visible: visible, Connection: rawText(body.Connection), Interaction: rawText(body.Interaction),
	}}
	if details := rawText(body.Profile); details != "" {
		change.Details = &details
	}
	if body.Members != nil {
		ids := []int64{}
		for _, m := range *body.Members {
			ids = append(ids, m.User)
		}
		change.Members = &ids
	}
	return change, nil
}

func (g groupRequest) check() error {
	details, profile := rawText(g.Profile), map[string]any{}
	switch {
	case strings.TrimSpace(g.Name) == "":
		return rest.BadRequest("The field name is required")
	case g.Type != world.TypeSDL:
		return rest.BadRequest("The field type must be SDL")
	case g.OwnerType != ownerTypeTenant:
		return rest.BadRequest("The field ownerType must be TENANT")
	case details != "" && json.Unmarshal([]byte(details), &profile) != nil:
		return rest.BadRequest("The field profile must be an object")
	}
	return nil
}

// readVisibility reads who may see a group.
func readVisibility(raw json.RawMessage) (world.Visibility, error) {
	var given struct {
		Tenants []int64 `json:"restrictedTenantsList"`
		Users   []int64 `json:"restrictedUsersList"`
	}
	if text := rawText(raw); text != "" && json.Unmarshal([]byte(text), &given) != nil {
		return world.Visibility{}, rest.BadRequest("The field visibilityRestriction must have lists of numbers")
	}
	return world.Visibility{Tenants: given.Tenants, Users: given.Users}, nil
}

// rawText is a value as it was given, and "" for null and none.
func rawText(raw json.RawMessage) string {
	if string(raw) == "null" {
		return ""
	}
	return string(raw)
}

func (p *Pod) insertGroup(c *call) (any, error) {
	change, err := readGroup(c)
	if err != nil {
		return nil, err
	}
	g, err := p.world.CreateGroup(c.caller, change)
	if err != nil {
		return nil, err
	}
	return groupAnswer(http.StatusCreated, g), nil
}

func (p *Pod) updateGroup(c *call) (any, error) {
	g, err := p.findGroup(c)
	if err != nil {
		return nil, err
	}
	change, err := readGroup(c)
	if err != nil {
		return nil, err
	}
	if err := p.world.UpdateGroup(c.caller, g, strings.Trim(c.Header.Get("If-Match"), `"`), change); err != nil {
		return nil, err
	}
	return groupAnswer(http.StatusOK, g), nil
}

// addGroupMember also adds the newcomer to the rooms the group is in. Unlike its siblings it has no
// 404.
func (p *Pod) addGroupMember(c *call) (any, error) {
	g := p.world.Group(c.Params["groupId"])
	if g == nil || !p.world.MaySeeGroup(c.caller, g) {
		return nil, rest.BadRequest("Group %s not found", c.Params["groupId"])
	}
	var body struct {
		Member struct {
			ID int64 `json:"memberId"`
		} `json:"member"`
	}
	if err := c.decode(&body); err != nil {
		return nil, err
	}
	if err := p.world.AddToGroup(c.caller, g, body.Member.ID); err != nil {
		return nil, err
	}
	return groupAnswer(http.StatusOK, g), nil
}

const maxAvatar = 2 << 20 // bytes

func (p *Pod) updateGroupAvatar(c *call) (any, error) {
	g, err := p.findGroup(c)
	if err != nil {
		return nil, err
	}
	var body struct {
		Image string `json:"image"`
	}
	if err := c.decode(&body); err != nil {
		return nil, err
	}
	image, err := base64.StdEncoding.DecodeString(body.Image)
	kind := http.DetectContentType(image)
	if err != nil || len(image) > maxAvatar || (kind != "image/png" && kind != "image/jpeg" && kind != "image/gif") {
		return nil, rest.BadRequest("The image must be a base64-encoded jpg, png or gif of at most 2 MB")
	}
	p.world.SetGroupAvatar(c.caller, g, kind)
	return groupAnswer(http.StatusOK, g), nil
}
