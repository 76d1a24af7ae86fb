package bench

import (
	"fmt"
	"slices"
	"strings"

	"roombot/symphony/sandbox/client"
)

// people are those who talk to the bot, and whom they name.
type people struct {
	crowd  []string // usernames
	groups []string
}

func newPeople(state client.State) people {
	var c people
	for _, p := range state.People {
		if strings.Contains(p.Username, ".") { // one of the crowd
			c.crowd = append(c.crowd, p.Username)
		}
	}
	for _, g := range state.Groups {
		if !slices.Contains(g.Members, "ravi") { // an information barrier keeps ravi from the others
			c.groups = append(c.groups, g.Name)
		}
	}
	return c
}

func (p people) speaker(n int) string { return p.crowd[n%len(p.crowd)] }

func roomName(n int) string { return fmt.Sprintf("Bench %d", n) }

// command is the text that opens room n. Each request names other people.
func (p people) command(n, people, groups int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "/newroom %q", roomName(n))
	for i := range people {
		b.WriteString(" @" + p.crowd[(abs(n)*7+i)%len(p.crowd)])
	}
	for _, g := range p.groups[:groups] {
		fmt.Fprintf(&b, " group:%q", g)
	}
	return b.String()
}

func abs(n int) int { return max(n, -n) }
