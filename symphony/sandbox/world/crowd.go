package world

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Crowd is employees without a story, with groups and rooms of theirs, for trials under load.
type Crowd struct {
	People int
	Groups int // distribution lists; none without people
	Rooms  int // that they have among themselves; none without people
}

// MostCrowdGroups keeps the ids of groups below those of the people.
const MostCrowdGroups = 8000

// crowdCircle is how many of the crowd a group or a room has.
const crowdCircle = 5

// addTo adds the crowd to the first state of a world.
func (c Crowd) addTo(s *State, now time.Time) {
	people := makeCrowd(c.People)
	s.People = append(s.People, people...)
	if len(people) == 0 {
		return
	}
	for n := range min(c.Groups, MostCrowdGroups) {
		s.LastUser++
		circle := circleOf(people, n)
		g := newGroup(fmt.Sprintf("Crowd %d", n+1), firstMadeGroup+s.LastUser, circle[0].ID, now)
		for _, who := range circle {
			g.Members = append(g.Members, GroupMember{User: who.ID, Added: now.UnixMilli()})
		}
		s.Groups = append(s.Groups, g)
	}
	for n := range c.Rooms {
		s.Streams = append(s.Streams, crowdRoom(n+1, circleOf(people, n), now))
	}
}

// circleOf is part n of the people.
func circleOf(people []*Person, n int) []*Person {
	circle := make([]*Person, min(crowdCircle, len(people)))
	for i := range circle {
		circle[i] = people[(n*crowdCircle+i)%len(people)]
	}
	return circle
}

// crowdRoom is a room of a circle, whose first one has made it.
func crowdRoom(n int, circle []*Person, now time.Time) *Stream {
	at := now.UnixMilli()
	st := &Stream{
		ID: MintID(StreamMark, now), Type: TypeRoom, Created: at, Creator: circle[0].ID, Active: true, Found: at,
		Room: Attributes{Name: fmt.Sprintf("Crowd %d", n), Description: "a room of the crowd"},
	}
	for i, who := range circle {
		st.Members = append(st.Members, &Member{User: who.ID, Owner: i == 0, Joined: at, Direct: true})
	}
	return st
}

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
