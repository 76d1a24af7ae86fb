package soak

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"time"

	"roombot/bot/config/schema"
	"roombot/bot/policy"
	"roombot/commands"
	"roombot/symphony/sandbox/client"
)

// administrator and deputy are whom the bots' policy names as administrators. The first one
// governs; both decide about requests for access.
const (
	administrator = "ops"
	deputy        = "cora"
)

func administrators() []string { return []string{administrator, deputy} }

// isOrdinary reports whether somebody of the own company is neither a bot nor an administrator, and
// is kept out of no room.
func isOrdinary(who client.Person) bool {
	return !who.External && who.AccountType != "SYSTEM" && !slices.Contains(append(administrators(), botName, barredUser), who.Username)
}

// Rules are what one text of the policy says: one person may be denied for a while, a few may open
// some rooms an hour, some need an approval, no rule admits some, and everybody else may open as
// many as nobody asks for.
type Rules struct {
	Version string // as the bots show it
	Text    []byte

	Denied, DenyRule   string   // whom a rule denies, and its name; empty for nobody
	Few                []string // whom a rule of their own admits; nil for nobody
	Everybody          []string // whom EveryRule admits; nil for all
	FewRule, EveryRule string
	FewPerHour         int
	EveryPerHour       int

	Approval *ApprovalRule // nil where nobody needs one
}

// What refusals say: that of a rule, and that of no rule.
const (
	denyReason = "Not today."
	notAllowed = "Nobody has allowed you /" + commands.CommandNewRoom + " here."
)

// fewPeople is how many people reach the limit of an hour sooner or later.
const fewPeople = 12

// manyRooms is the least limit that nobody reaches.
const manyRooms = 50_000

// ruling is what rules say about the requests of somebody.
type ruling struct {
	allowed   bool
	rule      string // empty where none admits the request, but a grant may
	perHour   int
	approvers []string // who may approve the request; nil where it needs no approval
}

// rulingFor is what the rules say about a request. It is worked out without the package that the
// bots decide by.
func (r *Rules) rulingFor(c *Request) ruling {
	switch {
	case c.As == r.Denied:
		return ruling{rule: r.DenyRule}
	case slices.Contains(r.Few, c.As):
		return ruling{allowed: true, rule: r.FewRule, perHour: r.FewPerHour}
	case r.Approval.admits(c.As):
		return ruling{allowed: true, rule: r.Approval.Rule, perHour: manyRooms, approvers: r.Approval.approversOf(c)}
	}
	if r.Everybody != nil && !slices.Contains(r.Everybody, c.As) {
		return ruling{}
	}
	return ruling{allowed: true, rule: r.EveryRule, perHour: r.EveryPerHour}
}

// firstRules admit everybody.
func firstRules() (*Rules, error) {
	r := &Rules{EveryRule: "everybody 0", EveryPerHour: manyRooms}
	return r, r.write()
}

// write makes the text and the version.
func (r *Rules) write() error {
	r.Text = r.text(policy.Allow)
	parsed, err := schema.Parse("policy.json", r.Text, os.LookupEnv)
	if err != nil {
		return fmt.Errorf("policy of the soak: %w", err)
	}
	p, err := policy.Compile(parsed, policy.Options{Commands: []string{commands.CommandNewRoom}})
	if err != nil {
		return fmt.Errorf("policy of the soak: %w", err)
	}
	r.Version = p.Version()
	return nil
}

// text is the policy as JSON, with a test that expects an outcome for the administrator: allow is
// the right one.
func (r *Rules) text(expected policy.Outcome) []byte {
	type words = map[string]any
	newRoom := []string{commands.CommandNewRoom}
	document := words{
		"admins": usersNamed(administrators()),
		"tests": []words{{
			"name": "administrators may", "as": words{"username": administrator}, "in": "im", "run": `/newroom "Q2" @bob`, "expect": expected,
		}},
	}
	if r.Denied != "" {
		document["deny"] = []words{{"name": r.DenyRule, "who": []string{"user:" + r.Denied}, "commands": newRoom, "reason": denyReason}}
	}
	var allow []words
	if len(r.Few) > 0 {
		allow = append(allow, words{"name": r.FewRule, "who": usersNamed(r.Few), "commands": newRoom, "limits": words{"perHour": r.FewPerHour}})
	}
	if r.Approval != nil {
		allow = append(allow, r.Approval.text())
	}
	everybody := []string{"*"}
	if r.Everybody != nil {
		everybody = usersNamed(r.Everybody)
	}
	document["allow"] = append(allow, words{
		"name": r.EveryRule, "who": everybody, "where": []string{"*"}, "commands": []string{"*"},
		"limits": words{"perHour": r.EveryPerHour, "perDay": manyRooms},
	})
	text, err := json.MarshalIndent(document, "", "  ")
	if err != nil {
		return nil // texts and numbers always encode
	}
	return text
}

// edit is a change of the policy's file.
type edit struct {
	after     int    // so many requests are answered
	faulty    []byte // a text that is wrong, which stands there before; nil for none
	faultyFor time.Duration
	rules     *Rules
}

// pausePlan is a pause that is planned.
type pausePlan struct {
	after  int // so many requests are answered
	inChat bool
	kind   string // of requests, as one types it
	length time.Duration
}

// government is how the administrator changes the policy and pauses the bots.
type government struct {
	edits  []edit
	pauses []pausePlan
}

// planGovernment plans what the administrator does during so many requests, the same for the same
// seed.
func planGovernment(n int, seed int64, people []client.Person) (g government, err error) {
	d := rulesDrawer{dice: rand.New(rand.NewPCG(uint64(seed), 3)), approvals: newApprovalDrawer(seed, people)}
	for _, who := range people {
		if who.Active && isOrdinary(who) {
			d.people = append(d.people, who.Username)
		}
	}
	for _, at := range d.dice.Perm(len(d.people))[:min(fewPeople, len(d.people))] {
		d.few = append(d.few, d.people[at])
	}
	d.drawGuests()
	for at := 2 + d.dice.IntN(4); at < n; at += 8 + d.dice.IntN(16) {
		e, err := d.edit(at)
		if err != nil {
			return government{}, err
		}
		g.edits = append(g.edits, e)
	}
	for at := 1 + d.dice.IntN(3); at < n; at += 30 + d.dice.IntN(40) {
		g.pauses = append(g.pauses, pausePlan{
			after: at, inChat: len(g.pauses)%2 == 1, kind: []string{"all", "all", commands.CommandNewRoom}[d.dice.IntN(3)],
			length: time.Duration(1500+d.dice.IntN(2000)) * time.Millisecond,
		})
	}
	return g, nil
}

// rulesDrawer draws versions of the policy.
type rulesDrawer struct {
	dice   *rand.Rand
	people []string
	few    []string
	guests []string // whom mostly no rule admits
	drawn  []*Rules

	approvals *approvalDrawer
}

// guestPeople is how many people mostly no rule admits, and of those how many may be admitted by
// other rules than the one for everybody.
const (
	guestPeople = 12
	luckyGuests = 2
)

// drawGuests draws whom mostly no rule admits: most of them are in no other rule.
func (d *rulesDrawer) drawGuests() {
	var others []string
	for _, name := range d.people {
		if !slices.Contains(d.few, name) && !slices.Contains(d.approvals.people, name) {
			others = append(others, name)
		}
	}
	d.dice.Shuffle(len(others), func(i, j int) { others[i], others[j] = others[j], others[i] })
	d.guests = others[:min(guestPeople-luckyGuests, len(others)/2)]
	d.guests = append(d.guests, d.few[:min(luckyGuests, len(d.few))]...)
}

// drawEverybody draws all but most of the guests.
func (d *rulesDrawer) drawEverybody() []string {
	names := slices.Clone(administrators())
	for _, name := range d.people {
		if !slices.Contains(d.guests, name) || d.dice.IntN(6) == 0 {
			names = append(names, name)
		}
	}
	return names
}

// edit is the next change: to new rules, or back to some that have been there before.
func (d *rulesDrawer) edit(after int) (edit, error) {
	e := edit{after: after}
	if len(d.drawn) > 1 && d.dice.IntN(6) == 0 {
		e.rules = d.drawn[d.dice.IntN(len(d.drawn)-1)]
	} else {
		e.rules = d.rules()
		if err := e.rules.write(); err != nil {
			return edit{}, err
		}
	}
	// The last one is in force before the edit.
	d.drawn = append(slices.DeleteFunc(d.drawn, func(r *Rules) bool { return r == e.rules }), e.rules)
	if d.dice.IntN(5) < 2 {
		e.faulty = d.faultyText(e.rules)
		e.faultyFor = time.Duration(200+d.dice.IntN(2300)) * time.Millisecond
	}
	return e, nil
}

func (d *rulesDrawer) rules() *Rules {
	n := len(d.drawn) + 1
	number := fmt.Sprintf("%d-%d", n, d.dice.IntN(1000))
	r := &Rules{EveryRule: "everybody " + number, EveryPerHour: manyRooms + d.dice.IntN(manyRooms)}
	if d.dice.IntN(2) == 0 {
		r.Denied, r.DenyRule = d.people[d.dice.IntN(len(d.people))], "away "+number
	} else if d.dice.IntN(2) == 0 && len(d.guests) > 0 { // whom a grant may admit
		r.Denied, r.DenyRule = d.guests[d.dice.IntN(len(d.guests))], "away "+number
	}
	r.Everybody = d.drawEverybody()
	if d.dice.IntN(4) > 0 {
		r.FewRule, r.FewPerHour = "few "+number, 1+d.dice.IntN(3)
		for _, name := range d.few {
			if d.dice.IntN(4) > 0 {
				r.Few = append(r.Few, name)
			}
		}
	}
	r.Approval = d.approvals.draw()
	return r
}

// faultyText is the text of rules half written, with a word that there is not, or with a test that
// fails.
func (d *rulesDrawer) faultyText(r *Rules) []byte {
	switch d.dice.IntN(3) {
	case 0:
		return r.Text[:len(r.Text)/2]
	case 1:
		return []byte(`{"allow": [{"name": "everybody", "who": ["*"], "comands": ["*"]}]}`)
	default:
		return r.text(policy.Deny)
	}
}
