package sandbox

import (
	"strconv"
	"strings"
)

// crowd makes employees without a story: "Ada Abbott", "Ada Baker", … Their ids lie above everybody else's.
func crowd(n int) []*person {
	first := []string{"Ada", "Ben", "Cleo", "Dev", "Ella", "Finn", "Gina", "Hugo", "Iris", "Jan", "Kira", "Leo", "Mina", "Noah", "Olive", "Paul"}
	last := []string{"Abbott", "Baker", "Costa", "Dietrich", "Evans", "Fischer", "Garcia", "Hansen", "Ito", "Jensen", "Kaur", "Larsen"}
	var made []*person
	for i := range n {
		p := &person{
			ID: homeTenant<<36 + 10_000 + int64(i), First: first[i%len(first)], Last: last[i/len(first)%len(last)],
			Title: "Employee", Department: "Crowd", Company: homeCompany, Location: "London", Type: typeNormal, Active: true,
			Roles: []string{roleIndividual}, About: "one of the crowd",
		}
		if again := i / (len(first) * len(last)); again > 0 {
			p.Last += " " + strconv.Itoa(again+1)
		}
		p.Display = p.First + " " + p.Last
		p.Username = strings.ToLower(strings.ReplaceAll(p.Display, " ", "."))
		p.Email = p.Username + "@acme.test"
		made = append(made, p)
	}
	return made
}
