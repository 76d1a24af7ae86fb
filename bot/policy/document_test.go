package policy_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/bot/config/schema"
	"roombot/bot/policy"
)

const governed = `
admins: ["user:ops", "group:Admins"]
sets: {desk: ["group:Sales", "group:FX"], approvers: ["group:Compliance"]}
deny:
  - name: wall
    who: ["group:Research"]
    commands: [newroom]
    when: {groups: ["*Sales*", "FX*"]}
    reason: Ask Compliance.
allow:
  - name: desk rooms
    who: ["set:desk"]
    where: [im]
    commands: [newroom]
    when: {public: false, people: {max: 50}, groups: ["Sales*", FX]}
    limits: {perHour: 5, perDay: 20}
    approval: {when: {external: true}, by: ["set:approvers"]}
`

// inGroups is an employee who is in these groups and in no others.
func inGroups(names ...string) policy.Subject {
	who := employee("alice", "alice@acme.com")
	who.Groups, who.AllGroups = policy.GroupsByName(names...), true
	return who
}

func withPlan(plan policy.Plan) func(*policy.Query) {
	return func(q *policy.Query) { q.Plan = &plan }
}

func TestARuleAdmitsOnlyARequestThatFitsAsAWhole(t *testing.T) {
	t.Parallel()
	p := mustCompile(t, governed)
	for name, c := range map[string]struct {
		plan policy.Plan
		want policy.Outcome
		why  string
	}{
		"fits":              {policy.Plan{People: 50, Groups: []string{"Sales EMEA", "fx"}}, policy.Allow, ""},
		"too many people":   {policy.Plan{People: 80}, policy.Deny, "You may open rooms with at most 50 people; this has 80."},
		"public":            {policy.Plan{Public: true}, policy.Deny, "You may open only rooms that are not public."},
		"one group too far": {policy.Plan{Groups: []string{"FX", "Board"}}, policy.Deny, `You may not invite the group "Board".`},
		"has to be approved": {
			policy.Plan{External: true}, policy.Approve, `Rule "desk rooms" admits this once somebody has approved it.`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := p.Decide(ask(byUser(inGroups("FX")), withPlan(c.plan)))
			require.Equal(t, c.want, d.Outcome())
			require.Equal(t, c.want == policy.Allow, d.Allowed)
			require.Equal(t, c.why, d.Why())
		})
	}
	require.True(t, p.Decide(ask(byUser(inGroups("FX")))).Allowed, "conditions are open until the plan is known")
}

func TestADenyRuleRefusesWhereAnyOfTheRequestMatches(t *testing.T) {
	t.Parallel()
	p := mustCompile(t, governed)
	d := p.Decide(ask(byUser(inGroups("Research", "FX")), withPlan(policy.Plan{Groups: []string{"Board", "Sales"}})))
	require.Equal(t, "wall", d.Rule)
	require.Equal(t, "Ask Compliance.", d.Reason)
	require.True(t, p.Decide(ask(byUser(inGroups("Research", "FX")), withPlan(policy.Plan{}))).Allowed)
}

func TestAGroupThatIsNotKnownAdmitsNobodyAndRefusesInADenyRule(t *testing.T) {
	t.Parallel()
	unknown := employee("alice", "alice@acme.com")
	allows := mustCompile(t, `allow: [{name: a, who: ["group:FX"], commands: [newroom]}]`)
	require.Equal(t, policy.ByDefault, allows.Decide(ask(byUser(unknown))).Denial)
	denies := mustCompile(t, `
deny: [{name: d, who: ["group:FX"], commands: [newroom], reason: no}]
allow: [{name: a, who: ["*"], commands: [newroom]}]`)
	require.Equal(t, policy.UnknownGroup, denies.Decide(ask(byUser(unknown))).Denial)
	require.True(t, denies.Decide(ask(byUser(inGroups("Sales")))).Allowed)
}

func TestALimitThatIsUsedUpRefuses(t *testing.T) {
	t.Parallel()
	p := mustCompile(t, governed)
	for _, c := range []struct {
		used policy.Used
		want policy.Outcome
	}{
		{policy.Used{Hour: 4, Day: 19}, policy.Allow}, {policy.Used{Hour: 5}, policy.Limit}, {policy.Used{Day: 20}, policy.Limit},
	} {
		d := p.Decide(ask(byUser(inGroups("FX")), withPlan(policy.Plan{}), func(q *policy.Query) { q.Used = &c.used }))
		require.Equal(t, c.want, d.Outcome(), c.used)
		require.Equal(t, policy.Limits{PerHour: 5, PerDay: 20}, d.Limits)
	}
}

func TestAPolicyThatIsResolvedGoesByIDs(t *testing.T) {
	t.Parallel()
	p := mustCompile(t, governed)
	require.Equal(t, policy.Names{Users: []string{"ops"}, Groups: []string{"admins", "research", "sales", "fx", "compliance"}}, p.Names())
	resolved, problems := p.Resolve(policy.Directory{
		Users: map[string]int64{"ops": 7}, Groups: map[string][]string{"admins": {"g1"}, "research": {"g2"}, "fx": {"g3"}, "compliance": {"g5", "g6"}},
	})
	require.ErrorContains(t, problems.Err(), `policy.yaml:3:15: sets.desk[0]: "group:Sales" is no group that the bot can see`)
	require.ErrorContains(t, problems.Err(), `"group:Compliance" is the name of 2 groups`)
	require.Len(t, problems, 2)
	require.Equal(t, []string{"g2", "g3"}, resolved.GroupsAsked("newroom"))
	require.Equal(t, p.Version(), resolved.Version())

	renamed := employee("ops", "kim@acme.com")
	require.False(t, resolved.IsAdmin(renamed), "somebody else who has taken the name")
	renamed.ID = 7
	require.True(t, resolved.IsAdmin(renamed))
	member := employee("bob", "bob@acme.com")
	member.Groups = map[string]bool{"g2": false, "g3": true}
	require.True(t, resolved.Decide(ask(byUser(member))).Allowed)
}

func TestTheVersionIsOfWhatTheRulesSay(t *testing.T) {
	t.Parallel()
	a := mustCompile(t, "allow: [{name: a, who: ['*'], commands: [newroom]}]")
	b := mustCompile(t, "# why\nallow:\n  - commands: [newroom]\n    who: [\"*\"]\n    name: a\n")
	require.Len(t, a.Version(), 8)
	require.Equal(t, a.Version(), b.Version())
	require.NotEqual(t, a.Version(), mustCompile(t, "allow: [{name: a, who: ['*'], commands: [groups]}]").Version())
}

func TestFaultsOfSetsAndTestsAreReported(t *testing.T) {
	t.Parallel()
	_, err := compile(t, `
sets: {desk: ["group:FX"], idle: ["user:bob"]}
allow:
  - {name: a, who: ["set:dsk", "set:desk"], commands: [newroom], when: {people: {max: -1}}}
tests:
  - {name: t, as: {username: alice}, in: here, run: /newroom, expect: maybe, rule: b}
`)
	for _, says := range []string{
		`allow[0].who[0]: "set:dsk" is a set that is not defined; did you mean "set:desk"?`, `sets.idle: is a set that nothing names`,
		`allow[0].when.people.max: -1 is out of range`, `tests[0].in: "here" is no conversation`, `tests[0].expect: "maybe"`, `tests[0].rule: "b" is no rule`,
	} {
		require.ErrorContains(t, err, says)
	}
}

func TestASetInASetIsReportedAsThat(t *testing.T) {
	t.Parallel()
	_, err := compile(t, `
sets: {a: ["set:b"], b: ["set:a", "user:bob"]}
allow:
  - {name: a, who: ["user:kim"], commands: [newroom]}
`)
	require.EqualError(t, err, `policy.yaml:2:12: sets.a[0]: "set:b" is a set, and sets hold no other sets; write here whom it means
policy.yaml:2:26: sets.b[0]: "set:a" is a set, and sets hold no other sets; write here whom it means`)
}

func TestAnEmptyPolicyIsToldWhatItNeeds(t *testing.T) {
	t.Parallel()
	for _, content := range []string{"", "# nothing yet\n"} {
		_, err := policy.Parse("policy.yaml", []byte(content), nil)
		require.EqualError(t, err, `policy.yaml: is empty; write at least one rule of "allow", such as {"allow": [{"name": "everybody", "who": ["internal"], "commands": ["newroom"]}]}`)
	}
}

func TestThePolicysOwnTestsAreRun(t *testing.T) {
	t.Parallel()
	p := mustCompile(t, governed+`
tests:
  - {name: may, as: {username: alice, groups: [FX]}, run: "/newroom small", expect: allow, rule: desk rooms}
  - {name: crowd, as: {username: alice, groups: [FX]}, run: "/newroom small", people: 51, expect: deny}
  - {name: wrong, as: {username: kim, groups: [HR]}, run: "/newroom small", expect: allow}
  - {name: typo, as: {username: kim}, run: newrom, expect: deny}
`)
	problems := p.RunTests(policy.CommandReader{Read: func(line string) (string, *policy.Plan, error) {
		if !strings.HasPrefix(line, "/newroom") {
			return "", nil, errors.New("what is that?")
		}
		return "newroom", &policy.Plan{People: 1}, nil
	}})
	require.Len(t, problems, 2)
	require.ErrorContains(t, problems[:1].Err(), `test "wrong" fails: expected allow, got deny; the nearest rule is "desk rooms" (line 11): Rule "desk rooms" is for set:desk.`)
	require.ErrorContains(t, problems[1:].Err(), `test "typo" runs what is no command: what is that?`)
}

func FuzzCompileAndDecide(f *testing.F) {
	f.Add(governed)
	f.Add(rules)
	f.Fuzz(func(t *testing.T, text string) {
		p, err := compileFuzzed(text)
		if err != nil {
			return
		}
		q := ask(withPlan(policy.Plan{People: 3, Groups: []string{"FX"}}))
		d := p.Decide(q)
		require.Equal(t, p.DecidePlainly(q), d)
		for _, problem := range p.RulesWithoutEffect() {
			require.Positive(t, problem.Line, problem.Message)
		}
		require.Equal(t, d.Allowed, d.Denial == "", fmt.Sprint(d))
	})
}

func compileFuzzed(text string) (*policy.Policy, error) {
	parsed, err := schema.Parse("policy.yaml", []byte(text), nil)
	if err != nil {
		return nil, err
	}
	return policy.Compile(parsed, policy.Options{Commands: commands})
}
