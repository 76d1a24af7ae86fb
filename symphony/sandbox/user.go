package sandbox

import (
	"net/mail"
	"slices"
	"strconv"
	"strings"

	"roombot/symphony/sandbox/rest"
	"roombot/symphony/sandbox/world"
)

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

// encodeUser shows a person to somebody: other companies' people keep their address, title and
// username to themselves.
func encodeUser(who, viewer *world.Person) userV2 {
	u := userV2{
		ID: who.ID, FirstName: who.First, LastName: who.Last, DisplayName: who.Display, Company: who.Company, AccountType: who.Type,
		Avatars: []avatar{
			{Size: "original", URL: "../avatars/static/150/default.png"},
			{Size: "small", URL: "../avatars/static/50/default.png"},
		},
	}
	if who.IsColleagueOf(viewer) {
		u.Email, u.Title, u.Username, u.Location, u.Department = who.Email, who.Title, who.Username, who.Location, who.Department
	}
	if who.ID == viewer.ID {
		u.Roles = who.Roles
	}
	return u
}

func (p *Pod) sessionInfo(c *call) (any, error) { return encodeUser(c.caller, c.caller), nil }

type userError struct {
	Error string `json:"error"`
	Email string `json:"email,omitempty"`
	ID    string `json:"id,omitempty"`
}

// maxLookup is how many users one look-up may name.
const maxLookup = 100

func (p *Pod) lookupUsers(c *call) (any, error) {
	key, values, err := lookupKeys(c)
	if err != nil {
		return nil, err
	}
	users, malformed := []userV2{}, []userError{}
	for _, value := range values {
		found, bad := p.lookup(c, key, value)
		if bad != nil {
			malformed = append(malformed, *bad)
		}
		seen := slices.ContainsFunc(users, func(u userV2) bool { return found != nil && u.ID == found.ID })
		if found != nil && !seen {
			users = append(users, encodeUser(found, c.caller))
		}
	}
	if len(users) == 0 && len(malformed) == 0 {
		return rest.NoContent{}, nil
	}
	answer := map[string]any{"users": users}
	if len(malformed) > 0 {
		answer["errors"] = malformed
	}
	return answer, nil
}

func (p *Pod) lookupUser(c *call) (any, error) {
	key, values, err := lookupKeys(c)
	if err != nil {
		return nil, err
	}
	found, bad := p.lookup(c, key, values[0])
	if bad != nil {
		return nil, rest.BadRequest("Invalid %s: %s", key, bad.Error)
	}
	if found == nil {
		return rest.NoContent{}, nil
	}
	return encodeUser(found, c.caller), nil
}

// lookupKeys reads which one of uid, email and username the query names.
func lookupKeys(c *call) (key string, values []string, err error) {
	for _, name := range []string{world.KeyID, world.KeyEmail, world.KeyUsername} {
		if c.Query.Get(name) == "" {
			continue
		}
		if key != "" {
			return "", nil, rest.BadRequest("Only one of uid, email or username may be given")
		}
		key = name
		for _, list := range c.Query[name] {
			values = append(values, strings.Split(list, ",")...)
		}
	}
	switch {
	case key == "":
		return "", nil, rest.BadRequest("One of uid, email or username is required")
	case len(values) > maxLookup:
		return "", nil, rest.BadRequest("At most %d users may be looked up at once", maxLookup)
	case key == world.KeyUsername && !c.IsSet("local"):
		return "", nil, rest.BadRequest("A look-up by username requires local=true")
	}
	return key, values, nil
}

// lookup finds one account; nil and nil when there is none.
func (p *Pod) lookup(c *call, key, value string) (*world.Person, *userError) {
	value = strings.TrimSpace(value)
	if value == "" {
		return nil, nil
	}
	if bad := checkKey(key, value); bad != nil {
		return nil, bad
	}
	who := p.world.AccountWith(key, value, c.caller)
	if who == nil || !isWanted(c, who) {
		return nil, nil
	}
	return who, nil
}

func checkKey(key, value string) *userError {
	if _, err := mail.ParseAddress(value); key == world.KeyEmail && err != nil {
		return &userError{Error: "invalid.format", Email: value}
	}
	if id, err := strconv.ParseInt(value, 10, 64); key == world.KeyID && (err != nil || id <= 0) {
		return &userError{Error: "invalid.format", ID: value}
	}
	return nil
}

// isWanted reports whether an account is one that the query's local and active ask for.
func isWanted(c *call, who *world.Person) bool {
	if c.IsSet("local") && !who.IsColleagueOf(c.caller) {
		return false
	}
	active, given := c.Flag("active")
	return !given || who.Active == active
}

func (p *Pod) searchUsers(c *call) (any, error) {
	var query world.UserQuery
	if err := c.decode(&query); err != nil {
		return nil, err
	}
	skip, limit, err := c.Page(50, 1000)
	if err != nil {
		return nil, err
	}
	_, activeGiven := c.Flag("active")
	found := []userV2{}
	for _, who := range p.world.Accounts(c.caller) {
		if query.Matches(who) && isWanted(c, who) && (activeGiven || who.Active) {
			found = append(found, encodeUser(who, c.caller))
		}
	}
	return &rest.Answer{Empty: len(found) == 0, Body: map[string]any{
		"count": len(found), "skip": skip, "limit": limit, "searchQuery": query, "users": rest.Cut(found, skip, limit),
	}}, nil
}
