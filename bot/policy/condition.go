package policy

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"roombot/bot/config/schema"
	"roombot/commands/syntax"
)

// when are the conditions of a rule on what a request would do, as administrators write them.
type when struct {
	External      *bool          `config:"external" doc:"whether the room is for other companies"`
	Public        *bool          `config:"public" doc:"whether everybody in the company may join"`
	ReadOnly      *bool          `config:"readonly" doc:"whether only owners may write"`
	NoCopy        *bool          `config:"nocopy" doc:"whether nothing may be copied out of it"`
	History       *bool          `config:"history" doc:"whether who comes later sees earlier messages"`
	Discoverable  *bool          `config:"discoverable" doc:"whether people may find it"`
	MembersCanAdd *bool          `config:"membersCanAdd" doc:"whether members may add others"`
	People        *bound         `config:"people" doc:"how many people, with those behind groups and the requester"`
	Owners        *bound         `config:"owners" doc:"how many owners, with the requester"`
	Groups        []schema.Value `config:"groups" doc:"names of distribution lists, * for any text"`
	Companies     []schema.Value `config:"companies" doc:"other companies, by the number in their user ids, or \"*\""`
	Members       []schema.Value `config:"members" doc:"who may be brought in, as in who"`
}

// bound is a condition on a number. An allow rule says the most; a deny rule matches above it.
type bound struct {
	Max int `config:"max,required,min=0,max=100000" doc:"at most so many; in a deny rule: refuses more" eg:"50"`
}

// condition is one condition of a rule, ready to be compared.
type condition struct {
	key     string   // as written, such as "people"
	written string   // what it asks for, such as "at most 50"
	words   string   // what it asks for, for users, such as "at most 50 people"
	entries []string // what it asks for, apart
	deny    bool     // of a deny rule: holds where any element matches
	// admitsNoRoom is set of an allow rule that asks for less than each room has.
	admitsNoRoom bool
	// subjects are those of members; test reads them from here, since they are looked up later.
	subjects []subject
	test     func(c *condition, p *foldedPlan) truth
	// why says what does not fit, for the user of an allow rule. The reason of a deny rule says it.
	why func(p *foldedPlan) string
}

// holds is whether the condition is met. While the plan is not known it is open, which admits for
// now and does not refuse yet.
func (c *condition) holds(q *foldedQuery) truth {
	if q.plan == nil {
		return truthOf(!c.deny)
	}
	return c.test(c, q.plan)
}

// foldedPlan is a Plan made ready for comparing with many rules.
type foldedPlan struct {
	Plan
	groups          []string // folded names
	members, behind []foldedQuery
}

// foldPlan makes a plan ready. Nobody brings in themselves with a group.
func foldPlan(p *Plan, requester int64) *foldedPlan {
	if p == nil {
		return nil
	}
	out := &foldedPlan{Plan: *p}
	for _, name := range p.Groups {
		out.groups = append(out.groups, syntax.FoldGroupName(name))
	}
	for _, who := range p.Members {
		out.members = append(out.members, foldSubject(who))
	}
	for _, who := range p.Behind {
		if who.ID == 0 || who.ID != requester {
			out.behind = append(out.behind, foldSubject(who))
		}
	}
	return out
}

// conditions turns what is written into conditions, in the order of the type when.
func (c *compiler) conditions(w *when, deny bool) []condition {
	if w == nil {
		return nil
	}
	var list []condition
	for _, o := range options() {
		if want := o.written(w); want != nil {
			list = append(list, optionCondition(o, *want, deny))
		}
	}
	if w.People != nil {
		list = append(list, peopleCondition(w.People.Max, deny))
	}
	if w.Owners != nil {
		list = append(list, boundCondition("owners", w.Owners.Max, deny, func(p *foldedPlan) int { return p.Owners }))
	}
	if len(w.Groups) > 0 {
		list = append(list, c.groupCondition(w.Groups, deny))
	}
	if len(w.Companies) > 0 {
		list = append(list, c.companyCondition(w.Companies, deny))
	}
	if len(w.Members) > 0 {
		list = append(list, c.memberCondition(w.Members, deny))
	}
	return list
}

// option is a room's option that a rule may ask for.
type option struct {
	key     string
	is, not string // what a room with or without it is called, for users
	written func(w *when) *bool
	planned func(p *foldedPlan) bool
}

func options() []option {
	return []option{
		{"external", "rooms for other companies", "internal rooms", func(w *when) *bool { return w.External }, func(p *foldedPlan) bool { return p.External }},
		{"public", "public rooms", "rooms that are not public", func(w *when) *bool { return w.Public }, func(p *foldedPlan) bool { return p.Public }},
		{"readonly", "read-only rooms", "rooms in which everybody may write", func(w *when) *bool { return w.ReadOnly }, func(p *foldedPlan) bool { return p.ReadOnly }},
		{"nocopy", "rooms without copying", "rooms with copying", func(w *when) *bool { return w.NoCopy }, func(p *foldedPlan) bool { return p.NoCopy }},
		{"history", "rooms with history", "rooms without history", func(w *when) *bool { return w.History }, func(p *foldedPlan) bool { return p.History }},
		{"discoverable", "rooms that people can find", "rooms that nobody can find", func(w *when) *bool { return w.Discoverable }, func(p *foldedPlan) bool { return p.Discoverable }},
		{"membersCanAdd", "rooms whose members may add others", "rooms whose owners alone add people", func(w *when) *bool { return w.MembersCanAdd }, func(p *foldedPlan) bool { return p.MembersCanAdd }},
	}
}

func optionCondition(o option, want, deny bool) condition {
	name := o.not
	if want {
		name = o.is
	}
	return condition{
		key: o.key, written: strconv.FormatBool(want), words: name, entries: []string{strconv.FormatBool(want)}, deny: deny,
		test: func(_ *condition, p *foldedPlan) truth { return truthOf(o.planned(p) == want) },
		why:  func(*foldedPlan) string { return "You may open only " + name + "." },
	}
}

func boundCondition(key string, most int, deny bool, count func(*foldedPlan) int) condition {
	written := fmt.Sprintf("at most %d", most)
	if deny {
		written = fmt.Sprintf("more than %d", most)
	}
	return condition{
		key: key, written: written, words: written + " " + countedNoun(key, most), entries: []string{written}, deny: deny, admitsNoRoom: most == 0 && !deny,
		test: func(_ *condition, p *foldedPlan) truth { return truthOf((count(p) <= most) != deny) },
		why: func(p *foldedPlan) string {
			return fmt.Sprintf("You may open rooms with at most %d %s; this has %d.", most, countedNoun(key, most), count(p))
		},
	}
}

// countedNoun is what is counted under a key, after a number.
func countedNoun(key string, n int) string {
	if n == 1 {
		return map[string]string{"people": "person", "owners": "owner"}[key]
	}
	return key
}

// peopleCondition is about how many people come together. Where groups are not counted, more than
// the named people may come.
func peopleCondition(most int, deny bool) condition {
	c := boundCondition("people", most, deny, func(p *foldedPlan) int { return p.People })
	counted, why := c.test, c.why
	c.test = func(c *condition, p *foldedPlan) truth {
		if p.PeopleUnknown && p.People <= most {
			return unknown
		}
		return counted(c, p)
	}
	c.why = func(p *foldedPlan) string {
		if p.PeopleUnknown && p.People <= most {
			return fmt.Sprintf("You may open rooms with at most %d %s; how many are behind the groups is not known.", most, countedNoun("people", most))
		}
		return why(p)
	}
	return c
}

// groupCondition is about the distribution lists of a request.
func (c *compiler) groupCondition(values []schema.Value, deny bool) condition {
	globs := parseEntries(c, values, deny, func(text string, _ bool) (glob, *schema.InvalidValue) {
		return newFoldedGlob(syntax.FoldGroupName(text)), checkPattern(text)
	})
	matches := func(name string) truth {
		return truthOf(slices.ContainsFunc(globs, func(g glob) bool { return g.match(name) }))
	}
	return condition{
		key: "groups", written: c.asWritten(values), words: "groups named " + c.asWritten(values), entries: c.texts(values), deny: deny,
		test: func(_ *condition, p *foldedPlan) truth { return matchEach(p.groups, deny, matches) },
		why: func(p *foldedPlan) string {
			return fmt.Sprintf("You may not invite the group %q.", firstUnmatched(p.Groups, p.groups, matches))
		},
	}
}

// companyCondition is about the other companies of a request.
func (c *compiler) companyCondition(values []schema.Value, deny bool) condition {
	numbers := parseEntries(c, values, deny, parseCompany)
	matches := func(company int64) truth {
		return truthOf(slices.ContainsFunc(numbers, func(n int64) bool { return n == anyCompany || n == company }))
	}
	return condition{
		key: "companies", written: c.asWritten(values), words: "companies " + c.asWritten(values), entries: c.texts(values), deny: deny,
		test: func(_ *condition, p *foldedPlan) truth { return matchEach(p.Companies, deny, matches) },
		why:  func(*foldedPlan) string { return "You may not invite people of all these companies." },
	}
}

const anyCompany = 0

func parseCompany(text string, _ bool) (int64, *schema.InvalidValue) {
	if text == "*" {
		return anyCompany, nil
	}
	s, wrong := parseNumber("company", strings.TrimSpace(strings.TrimPrefix(text, "company:")))
	return s.number, wrong
}

// memberCondition is about who is brought in.
func (c *compiler) memberCondition(values []schema.Value, deny bool) condition {
	return condition{
		key: "members", written: c.asWritten(values), words: "people who are " + c.asWritten(values), entries: c.texts(values), deny: deny, subjects: c.subjects(values, deny),
		test: func(c *condition, p *foldedPlan) truth { return c.matchesPeople(p) },
		why:  func(*foldedPlan) string { return "You may not bring in everybody whom you name." },
	}
}

// matchesPeople is whether all who are named are among the subjects, for an allow rule; for a deny
// rule whether anybody is who is named, or is behind a group.
func (c *condition) matchesPeople(p *foldedPlan) truth {
	t := matchEach(p.members, c.deny, c.matchesMember)
	if !c.deny {
		return t
	}
	if p.BehindUnknown {
		t = max(t, unknown)
	}
	return max(t, matchEach(p.behind, true, c.matchesMember))
}

// matchesMember is whether somebody who is brought in is one of the subjects.
func (c *condition) matchesMember(who foldedQuery) truth { return matchAny(c.subjects, &who) }

// matchEach is whether all elements match, for an allow rule, or any, for a deny rule.
func matchEach[T any](elements []T, isAny bool, matches func(T) truth) truth {
	t := truthOf(!isAny)
	for _, e := range elements {
		if isAny {
			t = max(t, matches(e))
		} else {
			t = min(t, matches(e))
		}
	}
	return t
}

// firstUnmatched is the name of the first element that does not match.
func firstUnmatched(names, folded []string, matches func(string) truth) string {
	for i, name := range folded {
		if matches(name) != yes {
			return names[i]
		}
	}
	return ""
}
