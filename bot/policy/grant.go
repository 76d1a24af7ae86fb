package policy

import (
	"fmt"
	"slices"
	"strings"
)

// Grant is an exception that an administrator has made for somebody. It admits what no allow rule
// does, nothing that a deny rule refuses, and lifts neither limits nor approvals of a rule that
// admits.
type Grant struct {
	N     int64 // its number
	Who   int64 // user id
	Scope Scope
}

// Scope is what a grant admits: a command in one chat, and where the command has a plan the bounds
// on that. It is a stored format: fields are added, none is renamed.
type Scope struct {
	Command string      `json:"command"`
	Room    string      `json:"room,omitempty"` // stream id; empty for the 1:1 chat with the bot
	Plan    *PlanBounds `json:"plan,omitempty"`
}

// PlanBounds are the bounds of a grant on what a request would do.
type PlanBounds struct {
	Options   []string `json:"options"` // of those in boundOptions, what the room may have
	People    int      `json:"people"`
	Owners    int      `json:"owners"`
	Groups    []string `json:"groups"`
	Companies []int64  `json:"companies"`
	Members   []int64  `json:"members"` // null where anybody may be brought in
}

// boundOptions are the options that open a room to others than whom the request names. The other
// options only restrict what members may do.
var boundOptions = []string{"external", "public", "discoverable", "history", "membersCanAdd"}

// SmallestScope is the least that admits a request: its command in its chat, with no more people,
// owners, groups, companies and openness. Who is brought in is bound where rules about the command
// ask for that.
func (p *Policy) SmallestScope(query Query) Scope {
	scope := Scope{Command: commandName(query.Command)}
	if query.Where.Kind != IM {
		scope.Room = streamID(query.Where.StreamID)
	}
	if query.Plan == nil {
		return scope
	}
	plan := foldPlan(query.Plan, query.User.ID)
	bounds := &PlanBounds{
		Options: []string{}, People: plan.People, Owners: plan.Owners,
		Groups: sortedCopy(plan.groups), Companies: sortedCopy(plan.Companies),
	}
	for _, o := range options() {
		if slices.Contains(boundOptions, o.key) && o.planned(plan) {
			bounds.Options = append(bounds.Options, o.key)
		}
	}
	if p.AsksMembers(scope.Command) {
		bounds.Members = []int64{}
		for _, who := range plan.Plan.Members {
			bounds.Members = append(bounds.Members, who.ID)
		}
		slices.Sort(bounds.Members)
	}
	scope.Plan = bounds
	return scope
}

func sortedCopy[T int64 | string](list []T) []T {
	all := append([]T{}, list...)
	slices.Sort(all)
	return slices.Compact(all)
}

// MayRefuse reports whether a deny rule matches a request, or would if more were known of it.
func (p *Policy) MayRefuse(query Query) bool {
	if p == nil {
		return false
	}
	q := p.foldQuery(query)
	_, denied := p.findDenial(&q)
	return denied
}

// MayBeGranted reports whether a grant could admit what was refused: no rule admits it, and no deny
// rule was the cause.
func (d Decision) MayBeGranted() bool { return d.Denial == ByDefault || d.Denial == ByCondition }

// HasRule reports whether a rule has decided, so that no grant counts.
func (d Decision) HasRule() bool {
	return d.Allowed || d.Denial != ByDefault && d.Denial != ByCondition && d.Denial != OutsideIM
}

// rule is the grant as an allow rule, whose lists have the given numbers.
func (g Grant) rule(lists listNumbers) *rule {
	r := &rule{
		name: g.Name(), lists: lists, commands: map[string]bool{commandName(g.Scope.Command): true},
		who:   []subject{{kind: "userid", number: g.Who}},
		where: []place{{kind: "im"}},
		when:  g.Scope.conditions(),
	}
	if g.Scope.Room != "" {
		r.where = []place{{kind: "room", byID: true, stream: g.Scope.Room}}
	}
	r.written = ruleText{who: r.who[0].text(), where: r.where[0].text(), commands: g.Scope.Command}
	return r
}

// Name is what a grant is called where a rule has its name.
func (g Grant) Name() string { return fmt.Sprintf("grant %d", g.N) }

func (s Scope) conditions() []condition {
	if s.Plan == nil {
		return nil
	}
	var list []condition
	for _, o := range options() {
		if slices.Contains(boundOptions, o.key) && !slices.Contains(s.Plan.Options, o.key) {
			list = append(list, optionCondition(o, false, false))
		}
	}
	list = append(list,
		boundCondition("people", s.Plan.People, false, func(p *foldedPlan) int { return p.People }),
		boundCondition("owners", s.Plan.Owners, false, func(p *foldedPlan) int { return p.Owners }),
		listCondition("groups", s.Plan.Groups, func(p *foldedPlan) []string { return p.groups }),
	)
	if slices.Contains(s.Plan.Options, "external") {
		list = append(list, listCondition("companies", s.Plan.Companies, func(p *foldedPlan) []int64 { return p.Companies }))
	}
	if s.Plan.Members != nil {
		c := listCondition("members", s.Plan.Members, func(p *foldedPlan) (ids []int64) {
			for _, who := range p.members {
				ids = append(ids, who.id)
			}
			return ids
		})
		list = append(list, c)
	}
	return list
}

// listCondition admits requests whose elements are all in a list.
func listCondition[T int64 | string](key string, allowed []T, of func(*foldedPlan) []T) condition {
	written := "no " + key
	if len(allowed) > 0 {
		written += " but " + joinQuoted(allowed)
	}
	return condition{
		key: key, written: written, words: written, entries: []string{written},
		test: func(_ *condition, p *foldedPlan) truth {
			return matchEach(of(p), false, func(e T) truth { return truthOf(slices.Contains(allowed, e)) })
		},
		why: func(*foldedPlan) string { return "It admits " + written + "." },
	}
}

// joinQuoted lists names in quotes, and numbers as they are.
func joinQuoted[T int64 | string](list []T) string {
	var all []string
	for _, e := range list {
		text := fmt.Sprint(e)
		if _, isName := any(e).(string); isName {
			text = "“" + text + "”"
		}
		all = append(all, text)
	}
	return strings.Join(all, ", ")
}

// Conditions says in words what a grant of the scope admits.
func (s Scope) Conditions() (words []string) {
	for _, c := range s.describe() {
		words = append(words, c.Words)
	}
	return words
}

// describe says at first which rooms a grant of the scope admits, then the bounds on who comes in.
func (s Scope) describe() []Condition {
	if s.Plan == nil {
		return nil
	}
	list := []Condition{{Words: s.Plan.rooms()}}
	for _, c := range s.conditions() {
		if !slices.Contains(boundOptions, c.key) {
			list = append(list, Condition{c.key, c.words})
		}
	}
	return list
}

// rooms says which rooms the bounds admit. Of what opens a room to others, it names also what is
// admitted: that is what the grant is for.
func (b *PlanBounds) rooms() string {
	noun := "rooms"
	var without, also []string
	for _, o := range options() {
		switch {
		case !slices.Contains(boundOptions, o.key):
		case slices.Contains(b.Options, o.key):
			if o.key == "public" || !slices.Contains(b.Options, "public") { // a public room has the other options anyway
				also = append(also, ", also "+strings.TrimPrefix(o.is, "rooms "))
			}
		case o.key == "external":
			noun = o.not
		default:
			without = append(without, strings.TrimPrefix(o.not, "rooms "))
		}
	}
	if len(without) > 0 {
		noun += " " + strings.Join(without, ", ")
	}
	return noun + strings.Join(also, "")
}

// findGrant is the decision by the first grant that admits; false where none does.
func (p *Policy) findGrant(q *foldedQuery) (Decision, bool) {
	for i, g := range q.grants {
		r := g.rule(listNumbers{who: p.lists.who + i, where: p.lists.where + i})
		if r.concerns(q.command) && r.matches(q) == yes {
			d := p.admission(q, r)
			d.Grant = g.N
			return d, true
		}
	}
	return Decision{}, false
}

// grantRights are the grants about somebody as rights.
func (q *foldedQuery) grantRights() (rights []Right) {
	for i, g := range q.grants {
		r := g.rule(listNumbers{who: len(q.who) - len(q.grants) + i, where: len(q.where) - len(q.grants) + i})
		if r.matchesWho(q) == yes && (q.place == "" || r.matchesWhere(q) == yes) && (q.command == "" || r.concerns(q.command)) {
			right := r.right()
			right.Grant, right.Conditions = g.N, g.Scope.describe()
			rights = append(rights, right)
		}
	}
	return rights
}
