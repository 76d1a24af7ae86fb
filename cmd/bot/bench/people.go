package bench

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"roombot/symphony/sandbox/client"
)

// people are those who talk to the bot, and whom they name.
type people struct {
	crowd  []string // usernames
	groups []string

	mu    sync.Mutex // guards named
	named map[string]bool
}

func newPeople(state client.State) *people {
	c := &people{named: map[string]bool{}}
	for _, p := range state.People {
		if strings.Contains(p.Username, ".") && len(c.crowd) < smallCrowd { // one of the crowd
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

func (p *people) speaker(n int) string { return p.crowd[n%len(p.crowd)] }

func roomName(n int) string { return fmt.Sprintf("Bench %d", n) }

// command is the text that opens room n. Each request names other people.
func (p *people) command(n, people, groups int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "/newroom %q", roomName(n))
	for _, username := range p.invitees(n, people) {
		b.WriteString(" @" + username)
	}
	for _, g := range p.groups[:groups] {
		fmt.Fprintf(&b, " group:%q", g)
	}
	return b.String()
}

// invitees are the people whom request n names.
func (p *people) invitees(n, count int) []string {
	usernames := make([]string, count)
	for i := range usernames {
		usernames[i] = p.crowd[(abs(n)*7+i)%len(p.crowd)]
	}
	return usernames
}

// hasNewcomer reports whether request n names somebody whom no request has named before, and notes
// them.
func (p *people) hasNewcomer(n, count int) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	found := false
	for _, username := range p.invitees(n, count) {
		found = found || !p.named[username]
		p.named[username] = true
	}
	return found
}

func abs(n int) int { return max(n, -n) }
