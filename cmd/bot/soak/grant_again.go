package soak

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// dueRequest is a request that somebody sends again at a moment.
type dueRequest struct {
	*Request
	at time.Time
}

// variation is how a request differs from an earlier one.
type variation int

// The variations. A grant for the earlier request admits the first one alone.
const (
	sameShape variation = iota
	morePeople
	withHistory
	elsewhere
)

// repeatRequest is a request like an earlier one, for another room, which is varied as far as that
// can be.
func (g *grantPeople) repeatRequest(of *Request, n int, how variation) *Request {
	name := fmt.Sprintf("%s, again %d", of.RoomName, n)
	c := &Request{
		RoomName: name, As: of.As, Text: strings.Replace(of.Text, `"`+of.RoomName+`"`, `"`+name+`"`, 1), sentIn: of.sentIn, repeats: of.repeats + 1,
		Members: slices.Clone(of.Members), Owners: slices.Clone(of.Owners), Absent: slices.Clone(of.Absent),
	}
	switch {
	case how == sameShape:
	case how == elsewhere && g.otherChat(of) != of.sentIn:
		c.sentIn = g.otherChat(of)
	case how == withHistory && !strings.Contains(of.Text, " history:") && !strings.Contains(of.Text, " external:"):
		c.Text += " history:yes"
	default:
		for _, other := range g.people {
			if !slices.Contains(of.Members, other) {
				c.Text += " @" + other
				c.Members = sortUnique(append(c.Members, other))
				break
			}
		}
	}
	return c
}

// otherChat is a room that somebody is in, for a request of their 1:1 chat, and the other way
// round; it is the same where there is none.
func (g *grantPeople) otherChat(of *Request) *Request {
	if of.sentIn != nil {
		return nil
	}
	for _, c := range g.plan {
		if c.isOpening && c.roomID != "" && slices.Contains(c.Members, of.As) {
			return c
		}
	}
	return nil
}

// follow plans what somebody sends once they read that a grant was made: the same, which it admits
// while it is good, something that it does not admit, and the same again when it is not good any
// more.
func (g *grantPeople) follow(q *grantQuestion, of *Request, d grantDeed) {
	if of.repeats >= maxRepeats {
		return
	}
	now, n := time.Now(), 0
	plan := func(after time.Duration, how variation) {
		n++
		g.due = append(g.due, dueRequest{g.repeatRequest(of, 10*int(q.n)+n, how), now.Add(after)})
	}
	plan(200*time.Millisecond, sameShape)
	plan(400*time.Millisecond, []variation{morePeople, withHistory, elsewhere}[int(q.n)%3])
	switch d.button {
	case grantOnce:
		plan(200*time.Millisecond, sameShape)
	case grantDayLong:
		plan(grantDay+3*time.Second, sameShape)
	case grantMonth:
		if d.revokes {
			g.toRevoke = append(g.toRevoke, dueRevocation{n: q.n, at: now.Add(d.revokesAfter), then: g.repeatRequest(of, 10*int(q.n)+n+1, sameShape)})
		}
	}
}
