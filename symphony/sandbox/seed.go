package sandbox

import "time"

// Companies of the sandbox: the bot's own and two others. A user id carries its company in the upper bits.
const (
	homeTenant  int64 = 103
	betaTenant  int64 = 104
	gammaTenant int64 = 105

	homeCompany  = "Acme"
	betaCompany  = "Beta Capital"
	gammaCompany = "Gamma Partners"

	botID int64 = homeTenant<<36 + 7
)

// The sides of the information barrier.
const (
	wallSales    = "sales"
	wallResearch = "research"
)

const (
	roleIndividual = "INDIVIDUAL"
	roleCompliance = "COMPLIANCE_OFFICER"
	roleUsers      = "USER_PROVISIONING"
)

// newState is the pod as it is when it is new: people and groups, no conversations.
func newState(cfg Config, now time.Time) *state {
	s := &state{Rights: allRights(), Manifests: map[int64]string{}, Presences: map[int64]presence{}, Reads: map[string]int64{}}
	s.People = append(append(people(), crowd(cfg.Crowd)...), botAccount(cfg))
	s.Groups = groupsOfDay(s, now)
	s.Connections = []*connection{{From: botID, To: betaTenant<<36 + 1, Status: statusAccepted, First: now.UnixMilli(), Updated: now.UnixMilli(), Requests: 1}}
	s.index()
	return s
}

func botAccount(cfg Config) *person {
	return &person{
		ID: botID, Username: cfg.BotUsername, Display: cfg.BotName, Email: cfg.BotUsername + "@acme.test", Company: homeCompany,
		Type: typeSystem, Active: true, Roles: []string{roleIndividual}, About: "the service account your bot logs in with",
	}
}

func people() []*person {
	home := func(n int64, username, first, last, title, department, about string) *person {
		return &person{
			ID: homeTenant<<36 + 93 + n, Username: username, First: first, Last: last, Display: first + " " + last,
			Email: username + "@acme.test", Title: title, Department: department, Company: homeCompany, Location: "London",
			Type: typeNormal, Active: true, Roles: []string{roleIndividual}, About: about,
		}
	}
	outside := func(tenant, n int64, username, first, last, company, about string) *person {
		return &person{
			ID: tenant<<36 + n, Username: username, First: first, Last: last, Display: first + " " + last,
			Email:   username + "@" + map[int64]string{betaTenant: "beta", gammaTenant: "gamma"}[tenant] + ".test",
			Company: company, Type: typeNormal, Active: true, Roles: []string{roleIndividual}, About: about,
		}
	}
	alice := home(1, "alice", "Alice", "Martin", "Head of Equity Sales", "Sales", "sales; behind the barrier to research")
	bob := home(2, "bob", "Bob", "Chen", "Equity Sales", "Sales", "sales; behind the barrier to research")
	carol := home(3, "carol", "Carol", "O'Neil", "FX Trader", "FX", "trades FX")
	ravi := home(4, "ravi", "Ravi", "Shah", "Research Analyst", "Research", "research; may not talk to sales")
	cora := home(5, "cora", "Cora", "Lind", "Compliance Officer", "Compliance", "compliance; sees every room")
	kim := home(6, "kim", "Kim", "Novak", "Contractor", "FX", "contractor")
	ops := home(7, "ops", "Olga", "Peters", "Symphony Administrator", "Operations", "administrator of the pod")
	dana := home(8, "dana", "Dana", "Former", "", "Sales", "left the company: the account is disabled")
	alice.Wall, bob.Wall, ravi.Wall = wallSales, wallSales, wallResearch
	cora.Roles = append(cora.Roles, roleCompliance)
	ops.Roles = append(ops.Roles, roleUsers)
	dana.Active = false
	return []*person{
		alice, bob, carol, ravi, cora, kim, ops,
		outside(betaTenant, 1, "eve", "Eve", "Adams", betaCompany, "another company, connected to the bot"),
		outside(gammaTenant, 1, "mallory", "Mallory", "Grey", gammaCompany, "another company, not connected to the bot"),
		dana,
	}
}

func groupsOfDay(s *state, now time.Time) []*group {
	id := map[string]int64{}
	for _, who := range s.People {
		id[who.Username] = who.ID
	}
	var groups []*group
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
		made := newGroup(g.name, homeTenant<<36+192+int64(i)+1, id["ops"], now.Add(time.Duration(i)*time.Millisecond))
		for _, username := range g.members {
			made.Members = append(made.Members, groupMember{User: id[username], Added: now.UnixMilli()})
		}
		groups = append(groups, made)
	}
	return groups
}
