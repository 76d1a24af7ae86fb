package policy

import (
	"context"
	"slices"
	"strings"
)

// Difference is what changes from one policy to another.
type Difference struct {
	Before  string       `json:"before"` // version
	After   string       `json:"after"`
	Rules   []RuleChange `json:"rules"`
	Admins  []EntryDelta `json:"admins"`
	Changes []Change     `json:"changes"`
	// ByNameOnly are those of Changes whom a rule names by user: and of whom no address and group is
	// known, although rules turn on these.
	ByNameOnly []string `json:"byNameOnly,omitempty"`
	// Left counts the people, groups and places that were not compared: there are too many.
	Left int `json:"left,omitempty"`
}

// RuleChange is a rule that is new, gone or changed.
type RuleChange struct {
	Rule string `json:"rule"`
	Line int    `json:"line,omitempty"` // in the later policy; in the earlier one where it is gone
	What string `json:"what"`           // new, gone or changed
}

// EntryDelta is an entry of a list that is new or gone.
type EntryDelta struct {
	Entry string `json:"entry"`
	What  string `json:"what"` // new or gone
}

// Effect is what a change does to somebody.
type Effect string

// The effects. Alters is for a command that may be used before and after, under other conditions.
const (
	Gains  Effect = "gains"
	Loses  Effect = "loses"
	Alters Effect = "alters"
)

// Change is what changes for some about a command.
type Change struct {
	Effect  Effect   `json:"effect"`
	Command string   `json:"command"`
	Where   string   `json:"where,omitempty"`  // in words; empty for everywhere
	How     string   `json:"how,omitempty"`    // the conditions in words, or what changes in them
	Who     []string `json:"who,omitempty"`    // whom rules are about, in words
	People  []string `json:"people,omitempty"` // known people
}

// Known is somebody who is known by name, with their groups by name.
type Known struct {
	Name string
	Who  Subject
	// Entry is the entry of a rule that names them, such as "user:kim"; empty for somebody who has
	// asked lately.
	Entry string
}

// ComparedCommand is a command, and whether conditions are asked about its plan.
type ComparedCommand struct {
	Name      string
	IsPlanned bool
}

// Compare finds who gains or loses which command or condition. The names of both policies must not
// be resolved. What is not compared when ctx ends is counted.
func Compare(ctx context.Context, before, after *Policy, commands []ComparedCommand, people []Known) Difference {
	if before == nil {
		before = &Policy{}
	}
	if after == nil {
		after = &Policy{}
	}
	d := Difference{
		Before: before.Version(), After: after.Version(),
		Rules:  append([]RuleChange{}, compareRules(before, after)...),
		Admins: append([]EntryDelta{}, compareEntries(textsOf(before.admins), textsOf(after.admins))...),
	}
	c := comparison{before: before, after: after, changed: changedRules(before, after), changes: []Change{}}
	for _, command := range commands {
		c.addCommand(ctx, command, people)
	}
	d.Changes, d.Left = c.changes, c.left
	d.ByNameOnly = c.listByNameOnly(people)
	return d
}

// IsEmpty reports whether nothing changes.
func (d Difference) IsEmpty() bool { return len(d.Rules)+len(d.Admins)+len(d.Changes)+d.Left == 0 }

// compareRules lists the rules that are new, gone or changed, by their names.
func compareRules(before, after *Policy) (all []RuleChange) {
	old, fresh := slices.Concat(before.deny, before.allow), slices.Concat(after.deny, after.allow)
	known, kept := rulesByName(old), rulesByName(fresh)
	for i := range fresh {
		r := &fresh[i]
		switch o := known[fold(r.name)]; {
		case o == nil:
			all = append(all, RuleChange{r.name, r.line, "new"})
		case o.signature() != r.signature() || o.reason != r.reason:
			all = append(all, RuleChange{r.name, r.line, "changed"})
		}
	}
	for i := range old {
		if kept[fold(old[i].name)] == nil {
			all = append(all, RuleChange{old[i].name, old[i].line, "gone"})
		}
	}
	return all
}

func rulesByName(rules []rule) map[string]*rule {
	all := make(map[string]*rule, len(rules))
	for i := range rules {
		all[fold(rules[i].name)] = &rules[i]
	}
	return all
}

func compareEntries(before, after []string) (all []EntryDelta) {
	for _, entry := range after {
		if !slices.Contains(before, entry) {
			all = append(all, EntryDelta{entry, "new"})
		}
	}
	for _, entry := range before {
		if !slices.Contains(after, entry) {
			all = append(all, EntryDelta{entry, "gone"})
		}
	}
	return all
}

// changedRules are the rules that only one of the policies has, whatever their names. Where the
// rest of the allow rules has another order, all of them are changed: the first that admits gives
// limits and approval.
func changedRules(before, after *Policy) []*rule {
	changed := slices.Concat(rulesWithout(before.deny, after.deny), rulesWithout(after.deny, before.deny))
	gone, fresh := rulesWithout(before.allow, after.allow), rulesWithout(after.allow, before.allow)
	if slices.Equal(signaturesWithout(before.allow, gone), signaturesWithout(after.allow, fresh)) {
		return slices.Concat(changed, gone, fresh)
	}
	for _, p := range []*Policy{before, after} {
		for i := range p.allow {
			changed = append(changed, &p.allow[i])
		}
	}
	return changed
}

func rulesWithout(rules, known []rule) (all []*rule) {
	signatures := make(map[string]bool, len(known))
	for i := range known {
		signatures[known[i].signature()] = true
	}
	for i := range rules {
		if !signatures[rules[i].signature()] {
			all = append(all, &rules[i])
		}
	}
	return all
}

func signaturesWithout(rules []rule, without []*rule) (all []string) {
	for i := range rules {
		if !slices.Contains(without, &rules[i]) {
			all = append(all, rules[i].signature())
		}
	}
	return all
}

// signature is all of a rule that decides, as text.
func (r *rule) signature() string {
	var places, commands []string
	for _, p := range r.where {
		places = append(places, p.text())
	}
	for name := range r.commands {
		commands = append(commands, name)
	}
	slices.Sort(commands)
	parts := []string{strings.Join(textsOf(r.who), ","), strings.Join(places, ","), strings.Join(commands, ",")}
	if r.commands == nil {
		parts[2] = "*"
	}
	return fold(strings.Join(append(parts, r.terms()...), "\n"))
}
