package policy

import (
	"slices"
	"strings"
)

// commandRules are the rules about one command, in the order of the file, and what they turn on.
type commandRules struct {
	deny, allow    []listedRule
	needsDirectory bool
	asksMembers    bool
	asksBehind     bool     // a deny rule asks who is brought in
	groups         []string // ids, each once
}

// ruleIndex has the rules by the commands that they are about.
type ruleIndex struct {
	byCommand map[string]*commandRules // of the commands that rules name
	others    *commandRules            // of all other commands
}

// rulesAbout are the rules about a command, given by its folded name.
func (p *Policy) rulesAbout(command string) *commandRules {
	if p == nil || p.index == nil {
		return &commandRules{}
	}
	if rules, named := p.index.byCommand[command]; named {
		return rules
	}
	return p.index.others
}

// newRuleIndex is made anew whenever the rules have changed.
func newRuleIndex(deny, allow []rule) *ruleIndex {
	x := &ruleIndex{byCommand: map[string]*commandRules{}, others: newCommandRules("", deny, allow)}
	for _, rules := range [][]rule{deny, allow} {
		for i := range rules {
			for command := range rules[i].commands {
				if x.byCommand[command] == nil {
					x.byCommand[command] = newCommandRules(command, deny, allow)
				}
			}
		}
	}
	return x
}

func newCommandRules(command string, deny, allow []rule) *commandRules {
	c := &commandRules{}
	groups := map[string]bool{}
	c.deny = c.add(command, deny, groups)
	c.asksBehind = c.asksMembers
	c.allow = c.add(command, allow, groups)
	return c
}

// add gathers the rules about the command, and notes what they turn on.
func (c *commandRules) add(command string, rules []rule, groups map[string]bool) []listedRule {
	var out []listedRule
	for i := range rules {
		r := &rules[i]
		if !r.concerns(command) {
			continue
		}
		out = append(out, listedRule{rule: r, lists: r.lists})
		c.needsDirectory = c.needsDirectory || slices.ContainsFunc(r.who, subject.needsDirectory)
		c.asksMembers = c.asksMembers || slices.ContainsFunc(r.when, func(w condition) bool { return len(w.subjects) > 0 })
		for s := range r.eachSubject() {
			if s.groupID != "" && !groups[s.groupID] {
				groups[s.groupID] = true
				c.groups = append(c.groups, s.groupID)
			}
		}
	}
	return out
}

// listNumbers are the numbers of a rule's lists.
type listNumbers struct{ who, where int }

// listNumberer gives the same list the same number, so that a decision compares each once.
type listNumberer map[string]int

func (l listNumberer) number(entries []string, deny bool) int {
	key := strings.Join(entries, "\x00")
	if deny {
		key += "\x00deny"
	}
	if _, known := l[key]; !known {
		l[key] = len(l)
	}
	return l[key]
}

// listedRule is a rule beside the numbers of its lists, which often tell that it does not match
// without a look at it.
type listedRule struct {
	*rule
	lists listNumbers
}

func (r *listedRule) matches(q *foldedQuery) truth {
	if q.who[r.lists.who] == no+1 || q.where[r.lists.where] == no+1 {
		return no
	}
	return r.rule.matches(q)
}
