package world

import "slices"

// Types of accounts.
const (
	TypeNormal = "NORMAL"
	TypeSystem = "SYSTEM"
	TypeSDL    = "SDL" // a distribution list
)

// Roles of accounts.
const (
	RoleIndividual = "INDIVIDUAL"
	RoleCompliance = "COMPLIANCE_OFFICER"
	RoleUsers      = "USER_PROVISIONING"
)

// Person is somebody with an account: a human or a service account.
type Person struct {
	ID         int64    `json:"id"`
	Username   string   `json:"username"`
	First      string   `json:"firstName"`
	Last       string   `json:"lastName"`
	Display    string   `json:"displayName"`
	Email      string   `json:"email"`
	Title      string   `json:"title"`
	Department string   `json:"department"`
	Location   string   `json:"location"`
	Company    string   `json:"company"`
	Type       string   `json:"type"`
	Active     bool     `json:"active"`
	Wall       string   `json:"wall"` // side of the information barrier, or ""
	Roles      []string `json:"roles"`
	Lacks      []string `json:"lacks,omitempty"` // entitlements that others have
	About      string   `json:"about"`           // for whoever plays with the sandbox
}

// HasRole reports whether an account has a role.
func (p *Person) HasRole(role string) bool { return slices.Contains(p.Roles, role) }

// IsExternal reports whether somebody works for another company than the bot.
func (p *Person) IsExternal() bool { return CompanyOf(p.ID) != HomeCompany }

// IsColleagueOf reports whether two people work for one company.
func (p *Person) IsColleagueOf(other *Person) bool { return CompanyOf(p.ID) == CompanyOf(other.ID) }

// mayOversee reports whether somebody may look into rooms without being in them.
func (p *Person) mayOversee() bool { return p.HasRole(RoleCompliance) || p.HasRole(RoleUsers) }

// People are all accounts of humans and services, in no special order.
func (w *World) People() []*Person { return w.state.People }

// User finds somebody by id, and refuses when there is nobody.
func (w *World) User(id int64) (*Person, error) {
	if who := w.directory.byID[id]; who != nil {
		return who, nil
	}
	return nil, invalid("Invalid user id: %d", id)
}

// Bot is the service account.
func (w *World) Bot() *Person { return w.directory.byID[BotID] }

// UserByID gives the display name of whom a message mentions.
func (w *World) UserByID(id int64) (name string, ok bool) {
	who := w.directory.byID[id]
	if who == nil {
		return "", false
	}
	return who.Display, true
}

// UserByEmail gives the id and the display name of whom a message mentions.
func (w *World) UserByEmail(email string) (id int64, name string, ok bool) {
	who := w.personWithEmail(email)
	if who == nil {
		return 0, "", false
	}
	return who.ID, who.Display, true
}

// CheckBarrier refuses a conversation that would join both sides of the information barrier.
func (w *World) CheckBarrier(ids []int64) error {
	var first *Person
	for _, id := range ids {
		who := w.directory.byID[id]
		if who == nil || who.Wall == "" {
			continue
		}
		if first == nil {
			first = who
		}
		if first.Wall != who.Wall {
			return refuse(Barrier, "Information barrier: %s and %s may not be in one conversation", first.Display, who.Display)
		}
	}
	return nil
}
