package sandbox

import (
	"net/http"
	"net/mail"
	"slices"
	"strconv"
	"strings"
)

// Account types of the users API.
const (
	typeNormal = "NORMAL"
	typeSystem = "SYSTEM"
	typeSDL    = "SDL"
)

// person is somebody with an account: a human or a service account.
type person struct {
	ID                                 int64
	Username, First, Last, Display     string
	Email, Title, Department, Location string
	Company, Type                      string
	Active                             bool
	Wall                               string // side of the information barrier, or ""
	Roles                              []string
	About                              string // for whoever plays with the sandbox
}

func (p *person) has(role string) bool { return slices.Contains(p.Roles, role) }

// userV2 is a user as the pod's REST API shows it.
type userV2 struct {
	ID          int64    `json:"id"`
	Email       string   `json:"emailAddress,omitempty"`
	FirstName   string   `json:"firstName,omitempty"`
	LastName    string   `json:"lastName,omitempty"`
	DisplayName string   `json:"displayName"`
	Title       string   `json:"title,omitempty"`
	Company     string   `json:"company"`
	Username    string   `json:"username,omitempty"`
	Location    string   `json:"location,omitempty"`
	Department  string   `json:"department,omitempty"`
	AccountType string   `json:"accountType"`
	Avatars     []avatar `json:"avatars"`
	Roles       []string `json:"roles,omitempty"`
}

type avatar struct {
	Size string `json:"size"`
	URL  string `json:"url"`
}

// view shows a person to somebody: other companies' people keep their address, title and username to themselves.
func (p *person) view(viewer *person) userV2 {
	u := userV2{
		ID: p.ID, FirstName: p.First, LastName: p.Last, DisplayName: p.Display, Company: p.Company, AccountType: p.Type,
		Avatars: []avatar{
			{Size: "original", URL: "../avatars/static/150/default.png"},
			{Size: "small", URL: "../avatars/static/50/default.png"},
		},
	}
	if tenantOf(p.ID) == tenantOf(viewer.ID) {
		u.Email, u.Title, u.Username, u.Location, u.Department = p.Email, p.Title, p.Username, p.Location, p.Department
	}
	if p.ID == viewer.ID {
		u.Roles = p.Roles
	}
	return u
}

// accounts are all whom the users API may show: people, service accounts and distribution lists.
func (s *state) accounts() []*person {
	all := slices.Clone(s.People)
	for _, g := range s.Groups {
		if g.Status == statusActive {
			all = append(all, g.account())
		}
	}
	return all
}

func (s *state) byUsername(username string) *person {
	for _, p := range s.People {
		if strings.EqualFold(p.Username, username) {
			return p
		}
	}
	return nil
}

func (s *state) byEmail(email string) *person {
	for _, p := range s.People {
		if strings.EqualFold(p.Email, email) {
			return p
		}
	}
	return nil
}

func (p *Pod) sessionInfo(c *call) (any, error) { return c.caller.view(c.caller), nil }

type userError struct {
	Error string `json:"error"`
	Email string `json:"email,omitempty"`
	ID    string `json:"id,omitempty"`
}

// maxLookup is how many users one look-up may name.
const maxLookup = 100

func (p *Pod) lookupUsers(c *call) (any, error) {
	by, values, err := lookupKeys(c)
	if err != nil {
		return nil, err
	}
	users, faults := []userV2{}, []userError{}
	for _, value := range values {
		found, bad := p.lookup(c, by, value)
		if bad != nil {
			faults = append(faults, *bad)
		}
		seen := slices.ContainsFunc(users, func(u userV2) bool { return found != nil && u.ID == found.ID })
		if found != nil && !seen {
			users = append(users, found.view(c.caller))
		}
	}
	if len(users) == 0 && len(faults) == 0 {
		return noContent{}, nil
	}
	answer := map[string]any{"users": users}
	if len(faults) > 0 {
		answer["errors"] = faults
	}
	return answer, nil
}

func (p *Pod) lookupUser(c *call) (any, error) {
	by, values, err := lookupKeys(c)
	if err != nil {
		return nil, err
	}
	found, bad := p.lookup(c, by, values[0])
	if bad != nil {
		return nil, badRequest("Invalid %s: %s", by, bad.Error)
	}
	if found == nil {
		return noContent{}, nil
	}
	return found.view(c.caller), nil
}

// lookupKeys reads which one of uid, email and username the query names.
func lookupKeys(c *call) (by string, values []string, err error) {
	query := c.query
	for _, key := range []string{"uid", "email", "username"} {
		if query.Get(key) == "" {
			continue
		}
		if by != "" {
			return "", nil, badRequest("Only one of uid, email or username may be given")
		}
		by = key
		for _, list := range query[key] {
			values = append(values, strings.Split(list, ",")...)
		}
	}
	switch {
	case by == "":
		return "", nil, badRequest("One of uid, email or username is required")
	case len(values) > maxLookup:
		return "", nil, badRequest("At most %d users may be looked up at once", maxLookup)
	case by == "username" && !c.yes("local"):
		return "", nil, badRequest("A look-up by username requires local=true")
	}
	return by, values, nil
}

func (p *Pod) lookup(c *call, by, value string) (*person, *userError) {
	value = strings.TrimSpace(value)
	if value == "" {
		return nil, nil
	}
	if by == "email" {
		if _, err := mail.ParseAddress(value); err != nil {
			return nil, &userError{Error: "invalid.format", Email: value}
		}
	}
	if by == "uid" {
		if id, err := strconv.ParseInt(value, 10, 64); err != nil || id <= 0 {
			return nil, &userError{Error: "invalid.format", ID: value}
		}
	}
	for _, who := range p.state.accounts() {
		if matchesKey(who, by, value) && p.visible(c, who) {
			return who, nil
		}
	}
	return nil, nil
}

func matchesKey(who *person, by, value string) bool {
	switch by {
	case "uid":
		return strconv.FormatInt(who.ID, 10) == value
	case "email":
		return strings.EqualFold(who.Email, value)
	default:
		return strings.EqualFold(who.Username, value)
	}
}

// visible applies the query's local and active parameters.
func (p *Pod) visible(c *call, who *person) bool {
	if c.yes("local") && tenantOf(who.ID) != tenantOf(c.caller.ID) {
		return false
	}
	active, given := c.flag("active")
	return !given || who.Active == active
}

func (s *state) user(id int64) (*person, error) {
	if who, ok := s.people[id]; ok {
		return who, nil
	}
	return nil, refuse(http.StatusBadRequest, "Invalid user id: %d", id)
}
