package policy

import (
	"context"
	"runtime"
	"slices"
	"strings"
)

// How many of those whom rules are about, how many of those whom two entries are about, and how
// many places, are compared.
const (
	maxClasses = 300
	maxPairs   = 300
	maxPlaces  = 12
)

// comparison gathers what changes.
type comparison struct {
	before, after *Policy
	changed       []*rule
	changes       []Change
	left          int
}

// class are some whom rules are about, or a known person.
type class struct {
	name  string
	also  string // another entry that is about them; empty for whom only the one is about
	query foldedQuery
	known bool // a person
}

// placeAsked is a place in which it is asked, with its name in words.
type placeAsked struct {
	name string
	room bool
	set  func(q *foldedQuery)
}

// addCommand compares what a command's rules give to everybody.
func (c *comparison) addCommand(ctx context.Context, command ComparedCommand, people []Known) {
	name := commandName(command.Name)
	var changed []*rule
	for _, r := range c.changed {
		if r.concerns(name) {
			changed = append(changed, r)
		}
	}
	if len(changed) == 0 || name == help {
		return
	}
	rules := ruleSets{
		changed:    changed,
		denyBefore: rulesOf(c.before.deny, command, true), allowBefore: rulesOf(c.before.allow, command, false),
		denyAfter: rulesOf(c.after.deny, command, true), allowAfter: rulesOf(c.after.allow, command, false),
	}
	named, ids := namedPeople(people)
	classes, places := c.classes(rules), c.places(rules)
	classes = append(classes, c.pairs(rules, named)...)
	for i := range classes {
		if who, known := named[classes[i].name]; known {
			classes[i].query = foldSubject(who)
		}
	}
	for _, k := range people {
		if who, isNamed := ids[k.Who.ID]; isNamed && k.Who.ID != 0 {
			k.Who = who
		}
		if k.Entry == "" {
			classes = append(classes, class{name: k.Name, query: foldSubject(k.Who), known: true})
		}
	}
	found := changeList{command: command.Name}
	for i := range classes {
		if ctx.Err() != nil {
			c.left += len(classes) - i
			break
		}
		runtime.Gosched() // requests that are under way go first
		rules.addTo(&found, &classes[i], places)
	}
	c.changes = append(c.changes, found.withoutRepeated(classes)...)
}

// namedPeople are those whom rules name, by their entries and by their ids.
func namedPeople(people []Known) (named map[string]Subject, ids map[int64]Subject) {
	named, ids = map[string]Subject{}, map[int64]Subject{}
	for _, k := range people {
		if k.Entry != "" {
			named[k.Entry], ids[k.Who.ID] = k.Who, k.Who
		}
	}
	return named, ids
}

// listByNameOnly lists those of the changes who are named by user: and not known, unless no rule
// turns on anything else of people.
func (c *comparison) listByNameOnly(people []Known) (names []string) {
	turnsOnMore := func(s *subject) bool { return s.kind == "email" || s.kind == "group" || s.kind == "userid" }
	named, _ := namedPeople(people)
	isMixed := slices.ContainsFunc(slices.Concat(c.before.deny, c.before.allow, c.after.deny, c.after.allow), func(r rule) bool {
		for i := range r.who {
			if turnsOnMore(&r.who[i]) {
				return true
			}
		}
		return false
	})
	for _, change := range c.changes {
		for _, name := range change.Who {
			_, known := named[name]
			known = known || strings.Contains(name, alsoAbout)
			if isMixed && !known && strings.HasPrefix(name, "user:") && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// ruleSets are the rules about one command.
type ruleSets struct {
	changed                                        []*rule
	denyBefore, allowBefore, denyAfter, allowAfter []ruleOf
}

func (s ruleSets) all() (rules []*rule) {
	rules = slices.Clone(s.changed)
	for _, r := range slices.Concat(s.denyBefore, s.allowBefore, s.denyAfter, s.allowAfter) {
		rules = append(rules, r.rule)
	}
	return rules
}

// addTo adds what changes for some: in each place, or everywhere.
func (s ruleSets) addTo(found *changeList, who *class, places []placeAsked) {
	effects := make([]Change, len(places))
	for i, p := range places {
		q := who.query
		p.set(&q)
		if !slices.ContainsFunc(s.changed, func(r *rule) bool { return r.isAbout(&q) != no }) {
			continue
		}
		effects[i] = changeOfAccess(accessOf(s.denyBefore, s.allowBefore, &q), accessOf(s.denyAfter, s.allowAfter, &q))
	}
	for i, e := range effects {
		if e.Effect == "" || slices.ContainsFunc(effects[:i], e.isSame) {
			continue
		}
		e.Command, e.Where = found.command, whereOf(places, func(j int) bool { return effects[j].isSame(e) })
		found.add(e, who)
	}
}

// whereOf names the places that are chosen; nothing where all are.
func whereOf(places []placeAsked, isChosen func(int) bool) string {
	var chosen, rooms []string
	all, allRooms := true, true
	for i, p := range places {
		switch {
		case !isChosen(i):
			all, allRooms = false, allRooms && !p.room
		case p.room:
			rooms = append(rooms, p.name)
		default:
			chosen = append(chosen, p.name)
		}
	}
	if all {
		return ""
	}
	if allRooms && len(rooms) > 0 {
		rooms = []string{"in rooms"}
	}
	return strings.Join(append(chosen, rooms...), " and ")
}

func changeOfAccess(before, after access) Change {
	switch {
	case len(before.ways) == 0 && len(after.ways) > 0:
		return Change{Effect: Gains, How: after.describe()}
	case len(before.ways) > 0 && len(after.ways) == 0:
		return Change{Effect: Loses}
	}
	if how := before.change(after); how != "" {
		return Change{Effect: Alters, How: how}
	}
	return Change{}
}

func (c Change) isSame(other Change) bool {
	return c.Effect == other.Effect && c.How == other.How && c.Where == other.Where
}

// changeList gathers the changes of a command. Those whom the same happens to stand in one.
type changeList struct {
	command string
	all     []Change
	about   [][]*class // of each change
}

func (l *changeList) add(change Change, who *class) {
	i := slices.IndexFunc(l.all, change.isSame)
	if i < 0 {
		i, l.all, l.about = len(l.all), append(l.all, change), append(l.about, nil)
	}
	l.about[i] = append(l.about[i], who)
	if who.known {
		l.all[i].People = append(l.all[i].People, who.name)
	} else {
		l.all[i].Who = who.addName(l.all[i].Who)
	}
}

// alsoAbout stands between the names of two entries that are about the same people.
const alsoAbout = " who is also "

// addName adds the name of a class to those whom the same happens to, where they are not among
// these already.
func (k *class) addName(names []string) []string {
	switch {
	case k.also == "":
		return append(names, k.name)
	case slices.Contains(names, k.name), slices.Contains(names, k.also):
		return names
	}
	if last := len(names) - 1; last >= 0 && strings.HasPrefix(names[last], k.name+alsoAbout) {
		names[last] += " or " + k.also
		return names
	}
	return append(names, k.name+alsoAbout+k.also)
}

// withoutRepeated leaves out those of the own company to whom the same happens as to everybody else
// in it. Where that is so of all whom the rules about the command name, nobody is left out.
func (l *changeList) withoutRepeated(classes []class) []Change {
	for i := range l.all {
		c := &l.all[i]
		place := slices.Index(c.Who, everybodyElse)
		if place < 0 {
			continue
		}
		isOutside := func(k *class) bool { return k.isColleague() && !slices.Contains(l.about[i], k) }
		all := true
		for at := range classes {
			all = all && !isOutside(&classes[at])
		}
		if all {
			c.Who[place] = everybodyInside
		}
		c.Who = slices.DeleteFunc(c.Who, isNamedColleague)
	}
	return l.all
}

// isColleague reports whether the class is of the own company, named by a rule or a known person.
func (k *class) isColleague() bool {
	if k.known {
		return !k.query.external
	}
	return isNamedColleague(k.name)
}

func isNamedColleague(name string) bool {
	return strings.Contains(name, ":") && !strings.HasPrefix(name, "company:") && !strings.HasPrefix(name, peopleOutside)
}

const (
	everybodyElse   = "everybody else in your company"
	everybodyInside = "everybody in your company"
	peopleOutside   = "people of other companies"
)

// classes are those whom the rules are about: first those of the rules that have changed.
func (c *comparison) classes(rules ruleSets) []class {
	all := []class{
		{name: everybodyElse, query: foldSubject(PersonByNames("", ""))},
		{name: peopleOutside, query: foldSubject(Subject{External: true, AllGroups: true})},
		{name: "service accounts", query: foldSubject(serviceAccount())},
	}
	named := map[string]bool{}
	for _, r := range rules.all() {
		for i := range r.who {
			s := &r.who[i]
			name := s.text()
			if named[name] || slices.Contains(wholeKinds, s.kind) {
				continue
			}
			if named[name] = true; len(all) >= maxClasses {
				c.left++
				continue
			}
			all = append(all, class{name: name, query: foldSubject(s.example())})
		}
	}
	return all
}

// pairs are those whom a deny rule that has changed and an allow rule are about: what a deny rule
// changes shows in nobody whom no rule admits. Of people who are known it shows in themselves.
func (c *comparison) pairs(rules ruleSets, named map[string]Subject) (all []class) {
	denied := slices.DeleteFunc(entriesOf(rules.changed), func(s *subject) bool {
		return !s.deny || s.kind == "*" || s.kind == "internal" // whom an allow rule is about is one of all
	})
	var allowing []*rule
	for _, r := range slices.Concat(rules.allowBefore, rules.allowAfter) {
		allowing = append(allowing, r.rule)
	}
	known := map[[2]string]bool{}
	for _, s := range denied {
		for _, t := range entriesOf(allowing) {
			pair := [2]string{s.text(), t.text()}
			_, isKnown := named[pair[0]]
			_, isKnownToo := named[pair[1]]
			if known[pair] || isKnown || isKnownToo || !s.mayBe(t) {
				continue
			}
			if known[pair] = true; len(all) >= maxPairs {
				c.left++
				continue
			}
			all = append(all, newPair(s, t))
		}
	}
	return all
}

// entriesOf are the entries of the rules that say whom these are about.
func entriesOf(rules []*rule) (all []*subject) {
	for _, r := range rules {
		for i := range r.who {
			all = append(all, &r.who[i])
		}
	}
	return all
}

// newPair are those whom both entries are about.
func newPair(s, t *subject) class {
	who, name := s.example(), s.text()
	t.addTo(&who)
	if s.kind == "external" {
		name = peopleOutside
	}
	return class{name: name, also: t.text(), query: foldSubject(who)}
}

// mayBe reports whether both entries can be about one account, without being about the same.
func (s *subject) mayBe(t *subject) bool {
	return !slices.Contains(wholeKinds, t.kind) && (s.kind != t.kind || s.kind == "group" && s.group != t.group)
}

func serviceAccount() Subject {
	who := PersonByNames("", "")
	who.Kind = ServiceAccount
	return who
}

// example is somebody whom the entry is about, and nothing else is.
func (s *subject) example() Subject {
	who := PersonByNames("", "")
	s.addTo(&who)
	return who
}

// addTo has somebody be one whom the entry is about.
func (s *subject) addTo(who *Subject) {
	switch s.kind {
	case "external":
		who.External = true
	case "bot":
		who.Kind = ServiceAccount
	case "user":
		who.Username = s.user
	case "email":
		who.Email = exampleOf(s.mail.pattern)
	case "group":
		if who.Groups == nil {
			who.Groups = map[string]bool{}
		}
		who.Groups[s.group] = true
	case "userid":
		who.ID = s.number
	case "company":
		who.External, who.Company = true, s.number
	}
}

// exampleOf is a text that a pattern matches.
func exampleOf(pattern string) string {
	return strings.NewReplacer("*", "somebody", "?", "x").Replace(pattern)
}

// places are the places that the rules distinguish: first those of the rules that have changed.
func (c *comparison) places(rules ruleSets) []placeAsked {
	all := []placeAsked{
		{name: "in the 1:1 chat", set: func(q *foldedQuery) { q.im = true }},
		{name: "in other rooms", room: true, set: func(q *foldedQuery) { q.room, q.stream = "some other room", "some-other-room" }},
	}
	named := map[string]bool{}
	for _, r := range rules.all() {
		for _, p := range r.where {
			name := p.text()
			isAnyRoom := !p.byID && strings.Trim(p.name.pattern, "*") == ""
			if named[name] || p.kind != "room" || isAnyRoom {
				continue
			}
			if named[name] = true; len(all) >= maxPlaces {
				c.left++
				continue
			}
			all = append(all, placeAsked{name: "in " + name, room: true, set: func(q *foldedQuery) {
				q.room, q.stream = "some other room", p.stream
				if !p.byID {
					q.room = exampleOf(p.name.pattern)
				}
			}})
		}
	}
	if len(all) == 2 {
		all[1].name = "in rooms"
	}
	return all
}
