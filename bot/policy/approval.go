package policy

import (
	"fmt"
	"slices"
	"time"

	"roombot/bot/config/schema"
)

// approval is who has to approve a request of the rule, and how long it is waited for.
type approval struct {
	when   []condition
	by     []subject
	room   string // stream id of the room that gets the card; empty for the approvers' 1:1 chats
	within time.Duration
	names  []string // by as it is written
}

// isNeeded reports whether the request needs it, or would if more were known. Only what is planned
// does: what a request would do is approved, and nothing else.
func (a *approval) isNeeded(q *foldedQuery) bool {
	t := truthOf(q.plan != nil)
	for i := range a.when {
		t = min(t, a.when[i].holds(q))
	}
	return t != no
}

// approval reads who has to approve. Without a room for the card its approvers must be people, by
// name or by group: each gets a card.
func (c *compiler) approval(a *approvalText) *approval {
	// A list in it matches where any of the request does, as in a deny rule.
	out := &approval{when: c.conditions(a.When, true), by: c.subjects(a.By, false), within: a.Within, names: c.texts(a.By)}
	if a.Room.Node != nil {
		out.room = c.approvalRoom(a.Room)
		return out
	}
	for _, s := range out.by {
		if !slices.Contains([]string{"user", "userid", "group"}, s.kind) {
			c.problems = append(c.problems, s.value.Problem("names no single people, of whom each would get a card",
				`write "user:NAME", "group:NAME" or "userid:ID", or a "room" that gets the card`))
		}
	}
	return out
}

func (c *compiler) approvalRoom(v schema.Value) string {
	text, ok := c.text(v)
	if !ok {
		return ""
	}
	where, wrong := ParsePlace(text)
	if wrong == nil && where.StreamID == "" {
		wrong = &schema.InvalidValue{What: "is no room by its id", Fix: `write "roomid:STREAMID"`}
	}
	if wrong != nil {
		c.problems = append(c.problems, v.ProblemWith(wrong))
	}
	return streamID(where.StreamID)
}

// MaxApprovers is how many people one rule may have for approvers without a room for the card.
const MaxApprovers = 20

// Approvers are who may approve the requests of a rule: Users, who is in Groups and, where
// HasOthers, people who are not named one by one.
type Approvers struct {
	Users     []int64
	Groups    []string // ids of distribution lists
	HasOthers bool
	Room      string // stream id of the room that gets the card; empty for their 1:1 chats
	Within    time.Duration
}

// ApproversOf are the approvers of an allow rule, false where the rule is not there or needs no
// approval.
func (p *Policy) ApproversOf(rule string) (a Approvers, found bool) {
	r := p.approvedRule(rule)
	if r == nil {
		return Approvers{}, false
	}
	a = Approvers{Room: r.approval.room, Within: r.approval.within}
	for _, s := range r.approval.by {
		switch {
		case s.groupID != "" && !slices.Contains(a.Groups, s.groupID):
			a.Groups = append(a.Groups, s.groupID)
		case s.number != 0 && (s.kind == "user" || s.kind == "userid") && !slices.Contains(a.Users, s.number):
			a.Users = append(a.Users, s.number)
		}
		isNamed := s.kind == "userid" || s.resolved && (s.kind == "user" || s.kind == "group")
		a.HasOthers = a.HasOthers || !isNamed
	}
	return a, true
}

// IsApprover reports whether somebody is known to be an approver of a rule.
func (p *Policy) IsApprover(rule string, who Subject) bool {
	r := p.approvedRule(rule)
	if r == nil {
		return false
	}
	q := foldSubject(who)
	return matchAny(r.approval.by, &q) == yes
}

func (p *Policy) approvedRule(name string) *rule {
	if p == nil {
		return nil
	}
	for i := range p.allow {
		if r := &p.allow[i]; r.name == name && r.approval != nil {
			return r
		}
	}
	return nil
}

// TooManyApprovers are the problems of rules with more than MaxApprovers people who would each get
// a card. count says how many people one has.
func (p *Policy) TooManyApprovers(count func(Approvers) int) (problems schema.Problems) {
	if p == nil {
		return nil
	}
	for _, r := range p.allow {
		approvers, needed := p.ApproversOf(r.name)
		if !needed || approvers.Room != "" || len(r.approval.by) == 0 {
			continue
		}
		if n := count(approvers); n > MaxApprovers {
			problems = append(problems, r.approval.by[0].value.Problem(
				fmt.Sprintf("and the other approvers are %d people, who would each get a card", n),
				fmt.Sprintf(`name at most %d, or a "room" that gets the card`, MaxApprovers)))
		}
	}
	return problems
}
