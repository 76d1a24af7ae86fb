package world

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Statuses of groups.
const (
	StatusActive  = "ACTIVE"
	StatusDeleted = "DELETED"
)

// Group is a distribution list. The profile manager knows it by ID, rooms by the user id of its
// profile.
type Group struct {
	ID           string        `json:"id"`
	Name         string        `json:"name"`
	Profile      int64         `json:"profile"`
	Status       string        `json:"status"`
	ETag         string        `json:"eTag"`
	Created      time.Time     `json:"created"`
	Updated      time.Time     `json:"updated"`
	Creator      int64         `json:"creator"`
	Updater      int64         `json:"updater"`
	Members      []GroupMember `json:"members"`
	Details      string        `json:"details"` // the profile's other fields, an object of JSON as it was given, or ""
	Restrictions Restrictions  `json:"restrictions"`
	Avatar       string        `json:"avatar"` // content type of its picture, or ""
}

// GroupMember is somebody in a group.
type GroupMember struct {
	User  int64 `json:"user"`
	Added int64 `json:"added"` // milliseconds since 1970
}

// Restrictions of a group are kept as they were given, values of JSON or "". Only Visible is
// applied, which is what Visibility says.
type Restrictions struct {
	Visibility  string     `json:"visibility,omitempty"`
	Visible     Visibility `json:"visible,omitzero"`
	Connection  string     `json:"connection,omitempty"`
	Interaction string     `json:"interaction,omitempty"`
}

func newGroup(name string, profile, creator int64, now time.Time) *Group {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %s", profile, name))
	return &Group{
		ID: hex.EncodeToString(sum[:12]), Name: name, Profile: profile, Status: StatusActive, ETag: uuid(),
		Created: now, Updated: now, Creator: creator, Updater: creator,
	}
}

// MemberIDs are the user ids of a group's members.
func (g *Group) MemberIDs() []int64 {
	ids := make([]int64, 0, len(g.Members))
	for _, m := range g.Members {
		ids = append(ids, m.User)
	}
	return ids
}

// Email is the address of a group, and its username.
func (g *Group) Email() string {
	return strings.ToLower(strings.Join(strings.Fields(g.Name), ".")) + "@acme.test"
}

// account is the pseudo-user behind a group.
func (g *Group) account() *Person {
	return &Person{
		ID: g.Profile, Username: g.Email(), Display: g.Name, Email: g.Email(), Company: HomeCompanyName, Type: TypeSDL,
		Active: g.Status == StatusActive,
	}
}

// Groups are all distribution lists, oldest first, deleted ones too.
func (w *World) Groups() []*Group { return w.state.Groups }

// ActiveGroup finds the group behind a user id; nil when there is none.
func (w *World) ActiveGroup(profile int64) *Group {
	return w.findGroup(func(g *Group) bool { return g.Profile == profile && g.Status == StatusActive })
}

// GroupOfProfile finds the group behind a user id, a deleted one too; nil when there is none.
func (w *World) GroupOfProfile(profile int64) *Group {
	return w.findGroup(func(g *Group) bool { return g.Profile == profile })
}

// Group finds a group by its id at the profile manager; nil when there is none.
func (w *World) Group(id string) *Group {
	return w.findGroup(func(g *Group) bool { return g.ID == id })
}

func (w *World) findGroup(wanted func(*Group) bool) *Group {
	at := slices.IndexFunc(w.state.Groups, wanted)
	if at < 0 {
		return nil
	}
	return w.state.Groups[at]
}
