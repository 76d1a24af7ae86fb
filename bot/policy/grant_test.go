package policy_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/bot/policy"
)

func TestAGrantAdmitsWhatItSaysAndNoMore(t *testing.T) {
	t.Parallel()
	p := mustCompile(t, `{
		deny: [{name: wall, who: ["*"], commands: [newroom], when: {groups: ["Research*"]}, reason: "No."}],
		allow: [{name: few, who: ["userid:7"], commands: [newroom], when: {people: {max: 2}, members: ["userid:8"]},
			limits: {perHour: 1}}]}`)
	asked := policy.Query{
		User: policy.Subject{ID: 5}, Where: policy.Place{Kind: policy.IM}, Command: "newroom",
		Plan: &policy.Plan{External: true, People: 4, Owners: 1, Groups: []string{"Sales *"}, Companies: []int64{104}, Members: []policy.Subject{{ID: 8}, {ID: 9}}},
	}
	require.True(t, p.Decide(asked).MayBeGranted())
	stored, err := json.Marshal(p.SmallestScope(asked))
	require.NoError(t, err)
	var scope policy.Scope
	require.NoError(t, json.Unmarshal(stored, &scope))
	asked.Grants = []policy.Grant{{N: 2, Who: 6, Scope: scope}, {N: 3, Who: 5, Scope: scope}}
	d := p.Decide(asked)
	require.True(t, d.Allowed)
	require.Equal(t, int64(3), d.Grant)
	require.Equal(t, "grant 3", d.Rule)
	require.Equal(t, []string{"allow by grant 3", "No rule allows it; grant 3 asks for:"}, d.Explain()[:2])

	for name, change := range map[string]func(*policy.Query, *policy.Plan){
		"another person":  func(q *policy.Query, _ *policy.Plan) { q.User.ID = 7 },
		"another command": func(q *policy.Query, _ *policy.Plan) { q.Command = "groups" },
		"a room":          func(q *policy.Query, _ *policy.Plan) { q.Where = policy.Place{Kind: policy.Room, StreamID: "abc"} },
		"more people":     func(_ *policy.Query, plan *policy.Plan) { plan.People++ },
		"more owners":     func(_ *policy.Query, plan *policy.Plan) { plan.Owners++ },
		"a public room":   func(_ *policy.Query, plan *policy.Plan) { plan.Public = true },
		"another company": func(_ *policy.Query, plan *policy.Plan) { plan.Companies = []int64{104, 105} },
		"a group that the name of the granted one would match": func(_ *policy.Query, plan *policy.Plan) { plan.Groups = []string{"Sales EU"} },
		"somebody else":       func(_ *policy.Query, plan *policy.Plan) { plan.Members = []policy.Subject{{ID: 10}} },
		"what a rule refuses": func(_ *policy.Query, plan *policy.Plan) { plan.Groups = []string{"Research"} },
	} {
		q, plan := asked, *asked.Plan
		q.Plan = &plan
		change(&q, &plan)
		require.False(t, p.Decide(q).Allowed, name)
	}
	smaller, plan := asked, *asked.Plan
	plan.External, plan.People, plan.Groups, plan.Companies, plan.NoCopy = false, 2, nil, nil, true
	smaller.Plan = &plan
	require.True(t, p.Decide(smaller).Allowed)
}

func TestAGrantSaysWhatItAdmits(t *testing.T) {
	t.Parallel()
	for want, plan := range map[string]policy.Plan{
		"internal rooms that are not public, without history, that nobody can find, whose owners alone add people; at most 1 person; at most 1 owner; no groups": {People: 1, Owners: 1},
		"internal rooms, also public rooms; at most 3 people; at most 2 owners; no groups but “sales”":                                                           {Public: true, Discoverable: true, History: true, MembersCanAdd: true, People: 3, Owners: 2, Groups: []string{"Sales"}},
		"rooms that are not public, that nobody can find, whose owners alone add people, also for other companies, also with history; " +
			"at most 2 people; at most 1 owner; no groups; no companies but 104": {External: true, History: true, People: 2, Owners: 1, Companies: []int64{104}},
	} {
		scope := mustCompile(t, `{}`).SmallestScope(policy.Query{Command: "newroom", Plan: &plan})
		require.Equal(t, want, strings.Join(scope.Conditions(), "; "))
	}
}

func TestAGrantLiftsNoLimitOfARule(t *testing.T) {
	t.Parallel()
	p := mustCompile(t, `{allow: [{name: few, who: ["userid:5"], commands: [newroom], limits: {perHour: 1}}]}`)
	q := policy.Query{User: policy.Subject{ID: 5}, Where: policy.Place{Kind: policy.IM}, Command: "newroom", Plan: &policy.Plan{People: 1, Owners: 1}}
	q.Grants, q.Used = []policy.Grant{{N: 1, Who: 5, Scope: p.SmallestScope(q)}}, &policy.Used{Hour: 1}
	require.Equal(t, policy.Limit, p.Decide(q).Outcome())
}

func TestNothingIsAskedForThatADenyRuleMightRefuse(t *testing.T) {
	t.Parallel()
	p := mustCompile(t, `{deny: [{name: wall, who: ["*"], commands: [newroom], when: {members: ["group:Research"]}, reason: "No."}]}`)
	q := policy.Query{User: policy.Subject{ID: 5}, Command: "newroom", Plan: &policy.Plan{People: 2}}
	require.False(t, p.MayRefuse(q))
	q.Plan.Members = []policy.Subject{{ID: 9}}
	require.True(t, p.MayRefuse(q))
}
