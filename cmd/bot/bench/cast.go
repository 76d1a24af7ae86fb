package bench

import (
	"fmt"
	"slices"
	"strings"

	"roombot/symphony/sandbox/client"
)

// cast is who talks to the bot, and whom they name.
type cast struct {
	crowd  []string // usernames
	groups []string
}

func newCast(state client.State) cast {
	var c cast
	for _, p := range state.People {
		if strings.Contains(p.Username, ".") { // one of the crowd
			c.crowd = append(c.crowd, p.Username)
		}
	}
	for _, g := range state.Groups {
		if !slices.Contains(g.Members, "ravi") { // behind a barrier to the others
			c.groups = append(c.groups, g.Name)
		}
	}
	return c
}

func (c cast) speaker(n int) string { return c.crowd[n%len(c.crowd)] }

func nameOf(n int) string { return fmt.Sprintf("Bench %d", n) }

// command opens room n. Whom it names differs from command to command.
func (c cast) command(n, people, groups int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "/newroom %q", nameOf(n))
	for i := range people {
		b.WriteString(" @" + c.crowd[(abs(n)*7+i)%len(c.crowd)])
	}
	for _, g := range c.groups[:groups] {
		fmt.Fprintf(&b, " group:%q", g)
	}
	return b.String()
}

func abs(n int) int { return max(n, -n) }
