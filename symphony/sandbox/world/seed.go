package world

import "time"

// The companies: the bot's own and two others.
const (
	HomeCompany  int64 = 103
	betaCompany  int64 = 104
	gammaCompany int64 = 105
)

// The names of the companies.
const (
	HomeCompanyName  = "Acme"
	betaCompanyName  = "Beta Capital"
	gammaCompanyName = "Gamma Partners"
)

// BotID is the user id of the service account.
const BotID int64 = HomeCompany<<companyBits + 7

// The sides of the information barrier.
const (
	wallSales    = "sales"
	wallResearch = "research"
)

// firstState is a world as it is at first.
func firstState(cfg Config, now time.Time) *State {
	s := &State{Version: StateVersion, Rights: FirstRights()}
	s.People = firstPeople()
	s.Groups = firstGroups(s.People, now)
	cfg.Crowd.addTo(s, now)
	s.People = append(s.People, botAccount(cfg))
	s.Connections = []*Connection{{
		From: BotID, To: betaCompany<<companyBits + 1, Status: StatusAccepted,
		First: now.UnixMilli(), Updated: now.UnixMilli(), Requests: 1,
	}}
	return s
}

func botAccount(cfg Config) *Person {
	return &Person{
		ID: BotID, Username: cfg.BotUsername, Display: cfg.BotName, Email: cfg.BotUsername + "@acme.test", Company: HomeCompanyName,
		Type: TypeSystem, Active: true, Roles: []string{RoleIndividual}, About: "the service account your bot logs in with",
	}
}

func firstPeople() []*Person {
	home := func(n int64, username, first, last, title, department, about string) *Person {
		return &Person{
			ID: HomeCompany<<companyBits + 93 + n, Username: username, First: first, Last: last, Display: first + " " + last,
			Email: username + "@acme.test", Title: title, Department: department, Company: HomeCompanyName, Location: "London",
			Type: TypeNormal, Active: true, Roles: []string{RoleIndividual}, About: about,
		}
	}
	outside := func(company int64, username, first, last, domain, name, about string) *Person {
		return &Person{
			ID: company<<companyBits + 1, Username: username, First: first, Last: last, Display: first + " " + last,
			Email:   username + "@" + domain + ".test",
			Company: name, Type: TypeNormal, Active: true, Roles: []string{RoleIndividual}, About: about,
		}
	}
	alice := home(1, "alice", "Alice", "Martin", "Head of Equity Sales", "Sales", "sales; behind the barrier to research")
	bob := home(2, "bob", "Bob", "Chen", "Equity Sales", "Sales", "sales; behind the barrier to research")
	carol := home(3, "carol", "Carol", "O'Neil", "FX Trader", "FX", "trades FX")
	ravi := home(4, "ravi", "Ravi", "Shah", "Research Analyst", "Research", "research; may not talk to sales")
	cora := home(5, "cora", "Cora", "Lind", "Compliance Officer", "Compliance", "compliance; sees every room")
	kim := home(6, "kim", "Kim", "Novak", "Contractor", "FX", "contractor; may neither make nor own public rooms")
	ops := home(7, "ops", "Olga", "Peters", "Symphony Administrator", "Operations", "administrator of the pod")
	dana := home(8, "dana", "Dana", "Former", "", "Sales", "left the company: the account is disabled")
	alice.Wall, bob.Wall, ravi.Wall = wallSales, wallSales, wallResearch
	cora.Roles = append(cora.Roles, RoleCompliance)
	ops.Roles = append(ops.Roles, RoleUsers)
	kim.Lacks = []string{LackPublicRooms}
	dana.Active = false
	return []*Person{
		alice, bob, carol, ravi, cora, kim, ops,
		outside(betaCompany, "eve", "Eve", "Adams", "beta", betaCompanyName, "another company, connected to the bot"),
		outside(gammaCompany, "mallory", "Mallory", "Grey", "gamma", gammaCompanyName, "another company, not connected to the bot"),
		dana,
	}
}

func firstGroups(people []*Person, now time.Time) []*Group {
	id := map[string]int64{}
	for _, who := range people {
		id[who.Username] = who.ID
	}
	var groups []*Group
	for i, g := range []struct {
		name    string
		members []string
	}{
		{"Test Group", []string{"alice", "bob", "carol"}},
		{"Equities Sales", []string{"alice", "bob"}},
		{"FX EMEA", []string{"carol", "kim"}},
		{"Research", []string{"ravi"}},
		{"Compliance Desk", []string{"cora"}},
	} {
		made := newGroup(g.name, HomeCompany<<companyBits+193+int64(i), id["ops"], now.Add(time.Duration(i)*time.Millisecond))
		for _, username := range g.members {
			made.Members = append(made.Members, GroupMember{User: id[username], Added: now.UnixMilli()})
		}
		groups = append(groups, made)
	}
	return groups
}
