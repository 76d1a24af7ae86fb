package world

import (
	"strconv"
	"strings"
)

// makeCrowd makes employees without a story: "Ada Abbott", "Ada Baker", … Their ids lie above
// everybody else's.
func makeCrowd(n int) []*Person {
	first := []string{
		"Ada", "Ben", "Cleo", "Dev", "Ella", "Finn", "Gina", "Hugo", "Iris", "Jan", "Kira", "Leo", "Mina", "Noah", "Olive", "Paul",
	}
	last := []string{"Abbott", "Baker", "Costa", "Dietrich", "Evans", "Fischer", "Garcia", "Hansen", "Ito", "Jensen", "Kaur", "Larsen"}
	var made []*Person
	for i := range n {
		p := &Person{
			ID: HomeCompany<<companyBits + 10_000 + int64(i), First: first[i%len(first)], Last: last[i/len(first)%len(last)],
			Title: "Employee", Department: "Crowd", Company: HomeCompanyName, Location: "London", Type: TypeNormal, Active: true,
			Roles: []string{RoleIndividual}, About: "one of the crowd",
		}
		if round := i / (len(first) * len(last)); round > 0 {
			p.Last += " " + strconv.Itoa(round+1)
		}
		p.Display = p.First + " " + p.Last
		p.Username = strings.ToLower(strings.ReplaceAll(p.Display, " ", "."))
		p.Email = p.Username + "@acme.test"
		made = append(made, p)
	}
	return made
}
