package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"roombot/symphony/sandbox/rest"
	"roombot/symphony/sandbox/world"
)

// findGroup finds the group that a path names. One that the caller may not see is not there.
func (p *Pod) findGroup(c *call) (*world.Group, error) {
	if g := p.world.Group(c.Params["groupId"]); g != nil && p.world.MaySeeGroup(c.caller, g) {
		return g, nil
	}
	return nil, rest.Refuse(http.StatusNotFound, "Group %s not found", c.Params["groupId"])
}

const isoTime = "2006-01-02T15:04:05.000Z"

func formatTime(t time.Time) string { return t.UTC().Format(isoTime) }

// encodeGroup is a group as the profile manager shows it.
func encodeGroup(g *world.Group) map[string]any {
	members := make([]map[string]any, 0, len(g.Members))
	for _, m := range g.Members {
		members = append(members, map[string]any{
			"memberTenant": world.CompanyOf(m.User), "memberId": m.User, "addedDate": formatTime(time.UnixMilli(m.Added)),
		})
	}
	v := map[string]any{
		"type": world.TypeSDL, "ownerType": ownerTypeTenant, "ownerId": world.HomeCompany, "name": g.Name, "id": g.ID,
		"createdDate": formatTime(g.Created), "createdBy": strconv.FormatInt(g.Creator, 10),
		"updatedDate": formatTime(g.Updated), "updatedBy": strconv.FormatInt(g.Updater, 10),
		"status": g.Status, "eTag": g.ETag, "members": members, "profile": encodeProfile(g),
	}
	for name, text := range map[string]string{
		"visibilityRestriction": g.Restrictions.Visibility, "implicitConnection": g.Restrictions.Connection,
		"interactionTransfer": g.Restrictions.Interaction,
	} {
		if text != "" {
			v[name] = json.RawMessage(text)
		}
	}
	return v
}

// encodeProfile lays the group's own fields over those it was created with; absent ones stay
// absent, for Python's sake.
func encodeProfile(g *world.Group) map[string]any {
	v := map[string]any{}
	if g.Details != "" {
		_ = json.Unmarshal([]byte(g.Details), &v) // checked when it was taken
	}
	for name, value := range v {
		if value == nil {
			delete(v, name)
		}
	}
	avatars := []avatar{}
	if g.Avatar != "" {
		avatars = append(avatars, avatar{Size: "original", URL: "../avatars/acme/" + g.ID + ".png"})
	}
	v["displayName"], v["companyName"], v["email"] = g.Name, world.HomeCompanyName, g.Email()
	v["id"], v["avatars"] = strconv.FormatInt(g.Profile, 10), avatars
	return v
}

func groupAnswer(status int, g *world.Group) *rest.Answer {
	return &rest.Answer{Status: status, Header: http.Header{"Etag": {g.ETag}}, Body: encodeGroup(g)}
}

func (p *Pod) getGroup(c *call) (any, error) {
	g, err := p.findGroup(c)
	if err != nil {
		return nil, err
	}
	return groupAnswer(http.StatusOK, g), nil
}

func (p *Pod) listGroups(c *call) (any, error) {
	if c.Params["typeId"] != world.TypeSDL {
		return nil, rest.Refuse(http.StatusNotFound, "Group type %s not found", c.Params["typeId"])
	}
	_, limit, err := c.Page(100, 100)
	if err != nil {
		return nil, err
	}
	status := c.Text("status")
	all := slices.DeleteFunc(p.world.GroupsSeenBy(c.caller), func(g *world.Group) bool { return status != "" && g.Status != status })
	if c.Query.Get("sortOrder") == "DESC" {
		slices.Reverse(all)
	}
	from := 0
	if after := c.Text("after"); after != "" {
		if from, err = strconv.Atoi(strings.TrimPrefix(after, "c")); err != nil || from < 0 {
			return nil, rest.BadRequest("Unknown cursor: %s", after)
		}
	}
	return groupPage(c, all, from, limit), nil
}

// groupPage is one page; the last has no cursor to go on with, which is how kits know that it is
// the last.
func groupPage(c *call, all []*world.Group, from, limit int) any {
	data := []map[string]any{}
	for _, g := range rest.Cut(all, from, limit) {
		data = append(data, encodeGroup(g))
	}
	cursors, pagination := map[string]string{}, map[string]any{}
	if from > 0 {
		cursors["before"] = fmt.Sprintf("c%d", max(0, from-limit))
		pagination["previous"] = "/v1/groups/type/" + c.Params["typeId"] + "?after=" + cursors["before"]
	}
	if from+limit < len(all) {
		cursors["after"] = fmt.Sprintf("c%d", from+limit)
		pagination["next"] = "/v1/groups/type/" + c.Params["typeId"] + "?after=" + cursors["after"]
	}
	pagination["cursors"] = cursors
	return map[string]any{"pagination": pagination, "data": data}
}
