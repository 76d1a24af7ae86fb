package soak

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"roombot/commands"
	"roombot/symphony/sandbox/client"
)

// ApprovalRule admits some people, and wants an approval of their requests.
type ApprovalRule struct {
	Rule      string
	People    []string
	Approvers []string
	When      approvalCondition
}

// approvalTime is how long an approval is waited for: the least that a policy may say.
const approvalTime = time.Minute

// approvalCondition says which requests of the rule need an approval.
type approvalCondition string

const (
	eachRequest  approvalCondition = ""
	ifExternal   approvalCondition = "external"
	unlessNoCopy approvalCondition = "nocopy"
)

// admits reports whether the rule is for somebody. There is none where a is nil.
func (a *ApprovalRule) admits(who string) bool { return a != nil && slices.Contains(a.People, who) }

// approversOf are who may approve a request of the rule; nil where it needs no approval.
func (a *ApprovalRule) approversOf(c *Request) []string {
	needed := true
	switch a.When {
	case ifExternal:
		needed = strings.Contains(c.Text, " external:yes")
	case unlessNoCopy:
		needed = !strings.Contains(c.Text, " nocopy:yes")
	case eachRequest:
	}
	if !needed {
		return nil
	}
	return a.Approvers
}

// text is the rule as JSON.
func (a *ApprovalRule) text() map[string]any {
	approval := map[string]any{"by": usersNamed(a.Approvers), "within": approvalTime.String()}
	if a.When != eachRequest {
		approval["when"] = map[string]any{string(a.When): a.When == ifExternal}
	}
	return map[string]any{
		"name": a.Rule, "who": usersNamed(a.People), "where": []string{"*"}, "commands": []string{commands.CommandNewRoom}, "approval": approval,
	}
}

func usersNamed(names []string) (subjects []string) {
	for _, name := range names {
		subjects = append(subjects, "user:"+name)
	}
	return subjects
}

// How many people need an approval sooner or later, and how many may give one.
const (
	approvedPeople = 24
	approverPool   = 6
)

// approvalDrawer draws the rule that wants an approval, for one version of the policy after the
// other. Mostly it stays as it is.
type approvalDrawer struct {
	dice     *rand.Rand
	people   []string // who need an approval
	pool     []string // who may be approvers
	disabled []string // whose accounts are
	last     *ApprovalRule
	named    int
}

func newApprovalDrawer(seed int64, people []client.Person) *approvalDrawer {
	d := &approvalDrawer{dice: rand.New(rand.NewPCG(uint64(seed), 4))}
	var all []string
	for _, who := range people {
		switch {
		case !isOrdinary(who):
		case who.Active:
			all = append(all, who.Username)
		default:
			d.disabled = append(d.disabled, who.Username)
		}
	}
	d.dice.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	d.people = all[:min(approvedPeople, len(all))]
	// Some of those who need an approval may give it to others.
	d.pool = all[len(d.people)-min(len(d.people), approverPool/3):]
	d.pool = d.pool[:min(approverPool, len(d.pool))]
	return d
}

// draw is the rule of the next version, nil where nobody needs an approval.
func (d *approvalDrawer) draw() *ApprovalRule {
	if d.last != nil && d.dice.IntN(8) == 0 {
		return nil
	}
	a := ApprovalRule{People: d.people}
	if d.last != nil {
		a = *d.last
	}
	if d.last == nil || d.dice.IntN(4) == 0 {
		d.named++
		a.Rule = fmt.Sprintf("four eyes %d", d.named)
		a.When = []approvalCondition{eachRequest, eachRequest, eachRequest, unlessNoCopy, unlessNoCopy, ifExternal}[d.dice.IntN(6)]
	}
	if d.last == nil || d.dice.IntN(3) == 0 {
		a.Approvers = d.approvers()
	}
	d.last = &a
	return &a
}

// approvers are two or three people, and now and then one whose account is disabled: then nobody
// may approve.
func (d *approvalDrawer) approvers() (names []string) {
	if d.last != nil && len(d.disabled) > 0 && d.dice.IntN(6) == 0 {
		return d.disabled[:1]
	}
	for _, at := range d.dice.Perm(len(d.pool))[:min(2+d.dice.IntN(2), len(d.pool))] {
		names = append(names, d.pool[at])
	}
	return names
}
