package policy

import (
	"slices"

	"roombot/commands/syntax"
)

// foldGroups are lists of usernames by the folded names of groups.
func foldGroups(written map[string][]string) map[string][]string {
	groups := make(map[string][]string, len(written))
	for name, people := range written {
		folded := make([]string, len(people))
		for i, who := range people {
			folded[i] = FoldName(who)
		}
		groups[syntax.FoldGroupName(name)] = folded
	}
	return groups
}

// tellGroups adds what the test says of people and groups to its query.
func (t Test) tellGroups(q *Query) {
	t.addGroupsOf(&q.User)
	plan := q.Plan
	if plan == nil {
		return
	}
	for i := range plan.Members {
		t.addGroupsOf(&plan.Members[i])
	}
	if plan.BehindUnknown = !t.knowsGroups(plan.Groups); !plan.BehindUnknown {
		t.addBehind(plan, q.User.Username)
	}
	if t.People > 0 {
		plan.People, plan.PeopleUnknown = t.People, false
	}
}

func (t Test) knowsGroups(names []string) bool {
	return !slices.ContainsFunc(names, func(name string) bool { return t.Groups[syntax.FoldGroupName(name)] == nil })
}

// addGroupsOf adds the groups that the test puts somebody into.
func (t Test) addGroupsOf(who *Subject) {
	for name, people := range t.Groups {
		if slices.Contains(people, FoldName(who.Username)) {
			who.Groups[name] = true
		}
	}
}

// addBehind adds who is behind the groups of a plan, and counts those who are not counted yet.
func (t Test) addBehind(plan *Plan, requester string) {
	counted := []string{FoldName(requester)}
	for _, who := range plan.Members {
		counted = append(counted, FoldName(who.Username))
	}
	for _, group := range plan.Groups {
		for _, username := range t.Groups[syntax.FoldGroupName(group)] {
			who := PersonByNames(username, "")
			t.addGroupsOf(&who)
			if username != counted[0] {
				plan.Behind = append(plan.Behind, who)
			}
			if !slices.Contains(counted, username) {
				counted = append(counted, username)
				plan.People++
			}
		}
	}
	plan.PeopleUnknown = false
}
