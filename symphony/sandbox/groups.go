package sandbox

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	statusActive  = "ACTIVE"
	statusDeleted = "DELETED"
)

// group is a distribution list. The profile manager knows it by ID, the pod by the user id of its profile.
type group struct {
	ID      string
	Name    string
	Profile int64
	Status  string
	ETag    string
	Created time.Time
	Updated time.Time
	Creator int64
	Updater int64
	Members []groupMember
	About   json.RawMessage // the profile's other fields, as they were given
	Extra   groupExtra
	Avatar  string
}

// groupExtra are a group's restrictions, which the sandbox keeps and does not apply.
type groupExtra struct {
	Visibility  json.RawMessage `json:"visibilityRestriction,omitempty"`
	Connection  json.RawMessage `json:"implicitConnection,omitempty"`
	Interaction json.RawMessage `json:"interactionTransfer,omitempty"`
}

type groupMember struct {
	User  int64
	Added int64 // milliseconds
}

func newGroup(name string, profile, creator int64, now time.Time) *group {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %s", profile, name))
	return &group{
		ID: hex.EncodeToString(sum[:12]), Name: name, Profile: profile, Status: statusActive, ETag: uuid(),
		Created: now, Updated: now, Creator: creator, Updater: creator,
	}
}

func (g *group) memberIDs() []int64 {
	ids := make([]int64, 0, len(g.Members))
	for _, m := range g.Members {
		ids = append(ids, m.User)
	}
	return ids
}

func (g *group) email() string {
	return strings.ToLower(strings.Join(strings.Fields(g.Name), ".")) + "@acme.test"
}

// account is the pseudo-user behind the list.
func (g *group) account() *person {
	return &person{
		ID: g.Profile, Username: g.email(), Display: g.Name, Email: g.email(), Company: homeCompany, Type: typeSDL,
		Active: g.Status == statusActive,
	}
}

func (s *state) groupOf(profile int64) *group {
	for _, g := range s.Groups {
		if g.Profile == profile && g.Status == statusActive {
			return g
		}
	}
	return nil
}

func (p *Pod) group(c *call) (*group, error) {
	for _, g := range p.state.Groups {
		if g.ID == c.params["groupId"] {
			return g, nil
		}
	}
	return nil, refuse(http.StatusNotFound, "Group %s not found", c.params["groupId"])
}

const isoTime = "2006-01-02T15:04:05.000Z"

func iso(t time.Time) string { return t.UTC().Format(isoTime) }

// view is a group as the profile manager shows it.
func (g *group) view() map[string]any {
	members := make([]map[string]any, 0, len(g.Members))
	for _, m := range g.Members {
		members = append(members, map[string]any{
			"memberTenant": tenantOf(m.User), "memberId": m.User, "addedDate": iso(time.UnixMilli(m.Added)),
		})
	}
	v := map[string]any{
		"type": typeSDL, "ownerType": "TENANT", "ownerId": homeTenant, "name": g.Name, "id": g.ID,
		"createdDate": iso(g.Created), "createdBy": strconv.FormatInt(g.Creator, 10),
		"updatedDate": iso(g.Updated), "updatedBy": strconv.FormatInt(g.Updater, 10),
		"status": g.Status, "eTag": g.ETag, "members": members, "profile": g.profile(),
	}
	for name, raw := range map[string]json.RawMessage{
		"visibilityRestriction": g.Extra.Visibility, "implicitConnection": g.Extra.Connection, "interactionTransfer": g.Extra.Interaction,
	} {
		if len(raw) > 0 && string(raw) != "null" {
			v[name] = raw
		}
	}
	return v
}

// profile lays the list's own fields over those it was created with; absent ones stay absent, for Python's sake.
func (g *group) profile() map[string]any {
	v := map[string]any{}
	_ = json.Unmarshal(g.About, &v) // checked when it was taken
	for name, value := range v {
		if value == nil {
			delete(v, name)
		}
	}
	avatars := []avatar{}
	if g.Avatar != "" {
		avatars = append(avatars, avatar{Size: "original", URL: "../avatars/acme/" + g.ID + ".png"})
	}
	v["displayName"], v["companyName"], v["email"] = g.Name, homeCompany, g.email()
	v["id"], v["avatars"] = strconv.FormatInt(g.Profile, 10), avatars
	return v
}

func (g *group) answer(status int) *answer {
	return &answer{status: status, header: http.Header{"Etag": {g.ETag}}, body: g.view()}
}

func (g *group) changed(by *person, now time.Time) {
	g.ETag, g.Updated, g.Updater = uuid(), now, by.ID
}

func (p *Pod) getGroup(c *call) (any, error) {
	g, err := p.group(c)
	if err != nil {
		return nil, err
	}
	return g.answer(http.StatusOK), nil
}

func (p *Pod) listGroups(c *call) (any, error) {
	if c.params["typeId"] != typeSDL {
		return nil, refuse(http.StatusNotFound, "Group type %s not found", c.params["typeId"])
	}
	_, limit, err := c.page(100, 100)
	if err != nil {
		return nil, err
	}
	all := slices.Clone(p.state.Groups)
	status := c.query.Get("status")
	all = slices.DeleteFunc(all, func(g *group) bool { return status != "" && status != "None" && g.Status != status })
	if c.query.Get("sortOrder") == "DESC" {
		slices.Reverse(all)
	}
	from := 0
	if after := c.query.Get("after"); after != "" && after != "None" {
		if from, err = strconv.Atoi(strings.TrimPrefix(after, "c")); err != nil || from < 0 {
			return nil, badRequest("Unknown cursor: %s", after)
		}
	}
	return groupPage(c, all, from, limit), nil
}

// groupPage is one page; the last has no cursor to go on with, which is how kits know that it is the last.
func groupPage(c *call, all []*group, from, limit int) any {
	data := []map[string]any{}
	for _, g := range slice(all, from, limit) {
		data = append(data, g.view())
	}
	cursors, pagination := map[string]string{}, map[string]any{}
	if from > 0 {
		cursors["before"] = fmt.Sprintf("c%d", max(0, from-limit))
		pagination["previous"] = "/v1/groups/type/" + c.params["typeId"] + "?after=" + cursors["before"]
	}
	if from+limit < len(all) {
		cursors["after"] = fmt.Sprintf("c%d", from+limit)
		pagination["next"] = "/v1/groups/type/" + c.params["typeId"] + "?after=" + cursors["after"]
	}
	pagination["cursors"] = cursors
	return map[string]any{"pagination": pagination, "data": data}
}
