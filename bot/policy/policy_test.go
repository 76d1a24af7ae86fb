package policy_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/bot/config/schema"
	"roombot/bot/policy"
)

var commands = []string{"newroom", "groups", "help"}

func compile(t testing.TB, yaml string) (*policy.Policy, error) {
	t.Helper()
	rules, err := schema.Parse("policy.yaml", []byte(yaml), nil)
	require.NoError(t, err)
	return policy.Compile(rules, policy.Options{Commands: commands})
}

func mustCompile(t testing.TB, yaml string) *policy.Policy {
	t.Helper()
	p, err := compile(t, yaml)
	require.NoError(t, err)
	return p
}

const rules = `
deny:
  - name: contractors
    who: ["email:*@contractors.acme.com"]
    commands: [newroom]
    reason: Ask your desk head.
  - name: not in trading
    who: ["*"]
    where: ["room:trading*", "room:aaaaaaaaaaaaaaaaaaaaaaaaaa-_"]
    commands: ["*"]
    reason: Trading rooms are recorded.
allow:
  - name: guests ask for groups
    who: [external, "user:Ravi"]
    where: [im]
    commands: [groups]
  - name: everyone
    who: [internal]
    commands: [new-room, GROUPS]
  - name: everyone again
    who: [internal]
    commands: [newroom]
`

// employee is somebody of the own company, as the directory has them.
func employee(username, email string) policy.Subject {
	return policy.Subject{ID: 103<<36 + 94, Company: 103, Kind: policy.PersonAccount, Username: username, Email: email}
}

// ask is alice's /newroom in a 1:1 chat, changed.
func ask(change ...func(*policy.Query)) policy.Query {
	a := policy.Query{
		User:    employee("alice", "alice@acme.com"),
		Where:   policy.Place{Kind: policy.IM, StreamID: "im"},
		Command: "newroom",
	}
	for _, c := range change {
		c(&a)
	}
	return a
}

func inRoom(name, id string) func(*policy.Query) {
	return func(a *policy.Query) { a.Where = policy.Place{Kind: policy.Room, RoomName: name, StreamID: id} }
}

func byUser(user policy.Subject) func(*policy.Query) { return func(a *policy.Query) { a.User = user } }

func ofCommand(command string) func(*policy.Query) {
	return func(a *policy.Query) { a.Command = command }
}

func TestTheFirstAllowRuleThatMatchesAdmits(t *testing.T) {
	t.Parallel()
	d := mustCompile(t, rules).Decide(ask(ofCommand("New_Room")))
	require.Equal(t, policy.Decision{
		Allowed: true, Rule: "everyone", Line: 17,
		Checks: []policy.Check{
			{Key: "who", What: "who is one of internal", OK: true},
			{Key: "where", What: "in any chat", OK: true},
			{Key: "command", What: "command is one of new-room, GROUPS", OK: true},
		},
	}, d)
}

func TestAnyDenyRuleThatMatchesWins(t *testing.T) {
	t.Parallel()
	p := mustCompile(t, rules)
	d := p.Decide(ask(byUser(employee("kim", "KIM@Contractors.ACME.com"))))
	require.False(t, d.Allowed)
	require.Equal(t, "contractors", d.Rule)
	require.Equal(t, 3, d.Line)
	require.Equal(t, "Ask your desk head.", d.Reason)
	require.Equal(t, policy.Check{Key: "who", What: "who is one of email:*@contractors.acme.com", OK: true}, d.Checks[0])

	for _, place := range []func(*policy.Query){
		inRoom("Trading floor", "x"),
		inRoom("Lunch", "aaaaaaaaaaaaaaaaaaaaaaaaaa+/=="),
	} {
		require.Equal(t, "not in trading", p.Decide(ask(place)).Rule)
	}
	require.True(t, p.Decide(ask(inRoom("Lunch", "AAAAAAAAAAAAAAAAAAAAAAAAAA-_"))).Allowed, "stream ids differ by case")
}

func TestADeniedRoomStaysDeniedWithoutItsName(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"Boardroom", "Board-Restructuring-2027"} { // the second could be a stream id as well
		p := mustCompile(t, `
deny: [{name: board, who: ["*"], where: ["room:`+name+`"], commands: ["*"], reason: no}]
allow: [{name: all, who: ["*"], commands: ["*"]}]`)
		require.False(t, p.Decide(ask(inRoom("", "somewhere"))).Allowed, name)
		require.False(t, p.Decide(ask(inRoom(name, "somewhere"))).Allowed, name)
		require.True(t, p.Decide(ask(inRoom("Lunch", "somewhere"))).Allowed, name)
	}
}

func TestWithoutAMatchingRuleEverythingIsDenied(t *testing.T) {
	t.Parallel()
	p := mustCompile(t, rules)
	eve := policy.Subject{Username: "eve", Email: "eve@other.com", External: true}

	d := p.Decide(ask(byUser(eve)))
	require.False(t, d.Allowed)
	require.Empty(t, d.Rule)
	require.Zero(t, d.Line)
	require.Equal(t, policy.ByDefault, d.Denial)
	require.Equal(t, "your Symphony administrators", d.Contact)
	require.Equal(t, policy.Check{Key: "who", What: "who is one of internal"}, d.Checks[0])
	require.Equal(t, "everyone", d.Nearest)
	require.Equal(t, 17, d.NearestLine)
	require.True(t, d.Checks[2].OK)

	require.True(t, p.Decide(ask(byUser(eve), ofCommand("groups"))).Allowed)
	d = p.Decide(ask(byUser(eve), ofCommand("groups"), inRoom("Lunch", "x")))
	require.Equal(t, policy.OutsideIM, d.Denial)

	d = p.Decide(ask(ofCommand("rooms")))
	require.Equal(t, []policy.Check{{Key: "command", What: "some rule allows /rooms"}}, d.Checks)
}

func TestADenialNamesTheOneToOneChatOnlyIfItIsAllowedThere(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rules  string
		denial policy.Denial
	}{
		"by a rule that is not the nearest": {`
allow: [{name: desks, who: ["*"], where: ["room:Desk*"], commands: [newroom]}, {name: chats, who: ["*"], where: [im], commands: [newroom]}]`, policy.OutsideIM},
		"unless a rule denies it there": {`
deny: [{name: shut, who: ["user:alice"], where: [im], commands: ["*"], reason: no}]
allow: [{name: chats, who: ["*"], where: [im], commands: [newroom]}]`, policy.ByDefault},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := mustCompile(t, c.rules)
			require.Equal(t, c.denial, p.Decide(ask(inRoom("Lunch", "x"))).Denial)
			require.Equal(t, c.denial == policy.OutsideIM, p.Decide(ask()).Allowed)
		})
	}
}

func TestAnAccentMatchesInEitherEncoding(t *testing.T) {
	t.Parallel()
	p := mustCompile(t, "allow: [{name: a, who: ['*'], where: ['room:z\u00fcrich ?'], commands: ['*']}]")
	require.True(t, p.Decide(ask(inRoom("Zu\u0308rich é", "x"))).Allowed)
}

func TestAllowsAnybody(t *testing.T) {
	t.Parallel()
	const all = "allow: [{name: all, who: ['*'], commands: [newroom]}]\n"
	for rules, open := range map[string]bool{
		all: true,
		all + "deny: [{name: d, who: ['*'], commands: ['*'], reason: no}]":                                 false,
		all + "deny: [{name: d, who: [internal, '*'], where: [im, '*'], commands: [newroom], reason: no}]": false,
		all + "deny: [{name: d, who: ['*'], where: [im], commands: ['*'], reason: no}]":                    true,
		all + "deny: [{name: d, who: [external], commands: ['*'], reason: no}]":                            true,
		all + "deny: [{name: d, who: ['*'], commands: [groups], reason: no}]":                              true,
		"deny: [{name: d, who: [external], commands: ['*'], reason: no}]":                                  false,
	} {
		require.Equal(t, open, mustCompile(t, rules).AllowsAnybody("new-room"), rules)
	}
	require.False(t, mustCompile(t, all).AllowsAnybody("groups"))
	require.False(t, (*policy.Policy)(nil).AllowsAnybody("newroom"))
}

func TestHelpIsAllowedToEverybody(t *testing.T) {
	t.Parallel()
	denied := mustCompile(t, "deny: [{name: all, who: ['*'], commands: ['*'], reason: no}]")
	for _, p := range []*policy.Policy{nil, {}, denied} {
		require.True(t, p.Decide(ask(ofCommand("Help"))).Allowed)
		d := p.Decide(ask())
		require.False(t, d.Allowed)
		require.NotEmpty(t, d.Denial)
	}
}

func TestWithoutRulesOnlyHelpIsAllowed(t *testing.T) {
	t.Parallel()
	p, err := policy.Compile(schema.Value{}, policy.Options{Contact: "chat-help@acme.com"})
	require.NoError(t, err)
	require.Equal(t, policy.ByDefault, p.Decide(ask()).Denial)
	require.Equal(t, "chat-help@acme.com", p.Decide(ask()).Contact)
}

func TestUnknownFactsNeverAllowAndDenyWhereARuleNeedsThem(t *testing.T) {
	t.Parallel()
	p := mustCompile(t, rules)
	nameless := employee("nameless", "")
	d := p.Decide(ask(byUser(nameless)))
	require.False(t, d.Allowed)
	require.Equal(t, "contractors", d.Rule)
	require.Equal(t, "who is one of email:*@contractors.acme.com (not known)", d.Checks[0].What)
	require.Equal(t, policy.UnknownAddress, d.Denial)
	require.Contains(t, d.Explain(), "  – who is one of email:*@contractors.acme.com (not known)", "✗ would be: it is not about them")
	require.True(t, p.Decide(ask(byUser(nameless), ofCommand("groups"))).Allowed, "the rule is about /newroom only")

	d = p.Decide(ask(inRoom("", "x")))
	require.Equal(t, "not in trading", d.Rule)
	require.Equal(t, policy.UnknownRoom, d.Denial)

	only := mustCompile(t, "allow: [{name: us, who: ['email:*'], commands: ['*']}]")
	require.False(t, only.Decide(ask(byUser(nameless))).Allowed)
	certain := mustCompile(t, "deny: [{name: a, who: ['email:x@y'], commands: ['*'], reason: a}, {name: b, who: ['*'], commands: ['*'], reason: b}]")
	require.Equal(t, "b", certain.Decide(ask(byUser(nameless))).Reason, "a rule that matches goes before one that might")
}

func TestGlobs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		glob, name string
		match      bool
	}{
		{"Desk", "dESK", true}, {"Desk", "Desks", false}, {"*", "anything", true}, {"d?sk", "désk", true}, {"d?sk", "dsk", false},
		{"*desk*", "the desk here", true}, {"a*b*c", "aXXbYYbZc", true}, {"a*b*c", "aXXbYYbZ", false}, {"**", "x", true},
		{"[EXT] *", "[ext] Deal", true}, {"?", "日", true}, {"*ä", "ÄÄ", true}, {"x*", "", false},
	} {
		p := mustCompile(t, fmt.Sprintf("allow: [{name: a, who: ['*'], where: ['room:%s'], commands: ['*']}]", c.glob))
		require.Equal(t, c.match, p.Decide(ask(inRoom(c.name, "x"))).Allowed, "%s on %s", c.glob, c.name)
	}
}

func TestAllFaultsOfTheRulesAreReportedAtOnce(t *testing.T) {
	t.Parallel()
	_, err := compile(t, `
deny:
  - name: a
    who: ["group:*", "user:*", "email:(a|b)@c", "email:acme.com", "email:@acme.com", nobody, 7]
    commands: [help, newrom, "*"]
  - name: A
    who: []
    where: [here, "room:", "IM"]
    commands: []
    reason: x
alow: []
allow:
  - name: " "
    who: ["email:.*@acme.com"]
    reason: x
`)
	require.Equal(t, strings.TrimSpace(`
policy.yaml:3:5: deny[0].reason: is missing: what the refused user reads; add "reason": "Contractors ask their desk head."
policy.yaml:4:11: deny[0].who[0]: "group:*" has a wildcard, which groups do not take here; write the name of one group, or a set of several
policy.yaml:4:22: deny[0].who[1]: "user:*" has a wildcard, which usernames do not take; write one username, "*" or "email:*@acme.com"
policy.yaml:4:32: deny[0].who[2]: "email:(a|b)@c" looks like a regular expression; only * and ? are special: write "email:*@acme.com"
policy.yaml:4:49: deny[0].who[3]: "email:acme.com" can match no e-mail address; write "email:*@acme.com" or "email:*acme.com*"
policy.yaml:4:67: deny[0].who[4]: "email:@acme.com" can match no e-mail address; write "email:*@acme.com" or "email:*acme.com*"
policy.yaml:4:86: deny[0].who[5]: "nobody" says nobody; write "*", "internal", "external", "bot", "user:USERNAME", "email:*@acme.com", "group:NAME", "set:NAME", "company:TENANT" or "userid:ID"
policy.yaml:4:94: deny[0].who[6]: 7 is not text; write "7"
policy.yaml:5:16: deny[0].commands[0]: "help" cannot be denied: it is open to everybody; remove it
policy.yaml:5:22: deny[0].commands[1]: "newrom" is not a command; did you mean "newroom"?
policy.yaml:6:11: deny[1].name: "A" is also the name of the rule on line 3; give each rule its own name
policy.yaml:7:10: deny[1].who: is an empty list; write at least one entry
policy.yaml:8:13: deny[1].where[0]: "here" is no place; write "*", "im", "room:*", "room:NAME" or "roomid:STREAMID"
policy.yaml:8:19: deny[1].where[1]: "room:" has nothing after the colon; write a text in which * stands for anything and ? for one character
policy.yaml:8:28: deny[1].where[2]: "IM" is no place; write "*", "im", "room:*", "room:NAME" or "roomid:STREAMID"
policy.yaml:9:15: deny[1].commands: is an empty list; write at least one entry
policy.yaml:11:1: alow: is not a key that is known here; did you mean "allow"?
policy.yaml:13:5: allow[0].commands: is missing: which commands; add "commands": ["newroom"]
policy.yaml:13:11: allow[0].name: is empty; write a name that decisions can show
policy.yaml:14:11: allow[0].who[0]: "email:.*@acme.com" looks like a regular expression; only * and ? are special: write "email:*@acme.com"
policy.yaml:15:5: allow[0].reason: is not a key that is known here; known here: name, who, where, commands, when, limits, approval
`), err.Error())
}

func TestWithoutAListOfCommandsAnyNameIsAccepted(t *testing.T) {
	t.Parallel()
	parsed, err := schema.Parse("p.json", []byte(`{"allow": [{"name": "a", "who": ["*"], "commands": ["future"]}]}`), nil)
	require.NoError(t, err)
	p, err := policy.Compile(parsed, policy.Options{})
	require.NoError(t, err)
	require.True(t, p.Decide(ask(ofCommand("future"))).Allowed)
}

func TestDecideMayBeCalledConcurrently(t *testing.T) {
	t.Parallel()
	p := mustCompile(t, rules)
	for i := range 8 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			for range 100 {
				require.True(t, p.Decide(ask()).Allowed)
				require.False(t, p.Decide(ask(inRoom("", ""))).Allowed)
			}
		})
	}
}

func manyRules(n int) string {
	var b strings.Builder
	b.WriteString("deny:\n")
	for i := range n / 2 {
		fmt.Fprintf(&b, "  - {name: d%d, who: ['email:*.%d@*.example.com'], where: ['room:*a*b*%d'], commands: [newroom], reason: no}\n", i, i, i)
	}
	b.WriteString("allow:\n")
	for i := range n - n/2 {
		fmt.Fprintf(&b, "  - {name: a%d, who: ['email:*%d@other.com', 'user:u%d'], where: [im, 'room:*'], commands: [newroom, groups]}\n", i, i, i)
	}
	return b.String()
}

func BenchmarkDecideAmongThousandRules(b *testing.B) {
	p := mustCompile(b, manyRules(1000))
	a := ask(inRoom("A room with an ordinary name", "x"))
	b.ReportAllocs()
	for b.Loop() {
		p.Decide(a)
	}
}

func BenchmarkCompileThousandRules(b *testing.B) {
	text := manyRules(1000)
	for b.Loop() {
		mustCompile(b, text)
	}
}

func BenchmarkWorstGlob(b *testing.B) {
	p := mustCompile(b, "allow: [{name: a, who: ['*'], where: ['room:"+strings.Repeat("*a", 125)+"*b'], commands: ['*']}]")
	a := ask(inRoom(strings.Repeat("a", 250), "x"))
	for b.Loop() {
		p.Decide(a)
	}
}

func TestTheNearestRuleIsOneForThePersonWhereThereIsOne(t *testing.T) {
	t.Parallel()
	p := mustCompile(t, `allow: [{name: others, who: [external], commands: [newroom], when: {people: {max: 9}}},
  {name: ours, who: [internal], commands: [newroom], when: {people: {max: 2}}}]`)
	d := p.Decide(ask(withPlan(policy.Plan{People: 5})))
	require.Equal(t, "ours", d.Nearest)
	require.Equal(t, policy.ByCondition, d.Denial)
	require.Contains(t, d.Why(), "at most 2 people; this has 5")
}
