package policy_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/bot/policy"
	"roombot/bot/policy/request"
)

var compared = []policy.ComparedCommand{{Name: "newroom", IsPlanned: true}, {Name: "groups"}, {Name: "help"}}

const desks = `
admins: ["user:ops"]
allow:
  - {name: desk rooms, who: ["group:FX"], where: [im], commands: [newroom], when: {external: false, people: {max: 30}}, limits: {perDay: 10}}
  - {name: lists, who: [internal], commands: [groups]}
`

// differenceOf are the lines about a change of the policy of the desks.
func differenceOf(t *testing.T, change *strings.Replacer, people ...policy.Known) []string {
	t.Helper()
	before, after := mustCompile(t, desks), mustCompile(t, change.Replace(desks))
	d := policy.Compare(t.Context(), before, after, compared, people)
	require.Equal(t, before.Version(), d.Before)
	require.Equal(t, after.Version(), d.After)
	require.True(t, policy.Compare(t.Context(), after, after, compared, people).IsEmpty())
	return d.Lines()
}

func TestADifferenceSaysWhoGainsOrLosesWhat(t *testing.T) {
	t.Parallel()
	kim := policy.Known{Name: "Kim Novak", Who: policy.PersonByNames("kim", "kim@acme.test", "FX")}
	bob := policy.Known{Name: "Bob Chen", Who: policy.PersonByNames("bob", "bob@acme.test")}
	for name, c := range map[string]struct {
		change *strings.Replacer
		lines  []string
	}{
		"only the order of keys":   {strings.NewReplacer("{name: lists, who: [internal]", "{who: [internal], name: lists"), nil},
		"only a rule's name":       {strings.NewReplacer("name: lists", "name: all lists"), []string{`Rules that are new: "all lists" (line 5)`, `Rules that are gone: "lists" (line 5)`, "Nobody gains or loses anything."}},
		"a command for a group":    {strings.NewReplacer(`who: ["group:FX"]`, `who: ["group:FX", "group:Sales"]`), []string{`Rules that are changed: "desk rooms" (line 4)`, "group:Sales: may now use /newroom in the 1:1 chat: external: no, people at most 30, at most 10 a day"}},
		"another group":            {strings.NewReplacer(`"group:FX"`, `"group:Sales"`), []string{`Rules that are changed: "desk rooms" (line 4)`, "group:FX (of those who asked lately Kim Novak): may not use /newroom any more in the 1:1 chat", "group:Sales: may now use /newroom in the 1:1 chat: external: no, people at most 30, at most 10 a day"}},
		"everybody":                {strings.NewReplacer(`"group:FX"`, `internal`), []string{`Rules that are changed: "desk rooms" (line 4)`, "everybody else in your company (of those who asked lately Bob Chen): may now use /newroom in the 1:1 chat: external: no, people at most 30, at most 10 a day"}},
		"a bound and a limit":      {strings.NewReplacer("max: 30", "max: 50", "perDay: 10", "perDay: 5"), []string{`Rules that are changed: "desk rooms" (line 4)`, "group:FX (of those who asked lately Kim Novak): /newroom in the 1:1 chat: people at most 50, at most 5 a day instead of people at most 30, at most 10 a day"}},
		"without a condition":      {strings.NewReplacer("external: false, ", ""), []string{`Rules that are changed: "desk rooms" (line 4)`, "group:FX (of those who asked lately Kim Novak): /newroom in the 1:1 chat: no longer only with external: no"}},
		"a limit":                  {strings.NewReplacer("perDay: 10", "perDay: 10, perHour: 5"), []string{`Rules that are changed: "desk rooms" (line 4)`, "group:FX (of those who asked lately Kim Novak): /newroom in the 1:1 chat: now at most 5 an hour"}},
		"a limit and a condition":  {strings.NewReplacer("perDay: 10", "perDay: 10, perHour: 5", "external: false", "external: false, public: false"), []string{`Rules that are changed: "desk rooms" (line 4)`, "group:FX (of those who asked lately Kim Novak): /newroom in the 1:1 chat: only with public: no; now at most 5 an hour"}},
		"without a limit":          {strings.NewReplacer(", limits: {perDay: 10}", ""), []string{`Rules that are changed: "desk rooms" (line 4)`, "group:FX (of those who asked lately Kim Novak): /newroom in the 1:1 chat: no longer at most 10 a day"}},
		"everywhere":               {strings.NewReplacer("where: [im], ", ""), []string{`Rules that are changed: "desk rooms" (line 4)`, "group:FX (of those who asked lately Kim Novak): may now use /newroom in rooms: external: no, people at most 30, at most 10 a day"}},
		"an administrator":         {strings.NewReplacer(`"user:ops"`, `"user:cora"`), []string{"user:cora: is an administrator now", "user:ops: is not an administrator any more"}},
		"a refusal":                {strings.NewReplacer("allow:", "deny: [{name: none, who: [\"user:kim\"], commands: [\"*\"], reason: Ask.}]\nallow:"), []string{`Rules that are new: "none" (line 3)`, "user:kim who is also group:FX (of those who asked lately Kim Novak): may not use /newroom any more in the 1:1 chat", "user:kim (of those who asked lately Kim Novak): may not use /groups any more", "Judged without address and groups: user:kim."}},
		"a refusal on a condition": {strings.NewReplacer("allow:", "deny: [{name: wall, who: [\"group:FX\"], commands: [newroom], when: {groups: [\"*Sales*\"]}, reason: Ask.}]\nallow:"), []string{`Rules that are new: "wall" (line 3)`, "group:FX (of those who asked lately Kim Novak): /newroom in the 1:1 chat: refused where groups *Sales*"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.lines, differenceOf(t, c.change, kim, bob))
		})
	}
}

// What a deny rule changes shows only in those whom an allow rule is about as well.
func TestADenyRuleThatIsGoneIsComparedForWhomAnAllowRuleIsAbout(t *testing.T) {
	t.Parallel()
	const admitted = `allow: [{name: desks, who: ["group:FX", "group:Sales"], commands: [groups]}]`
	of := func(deny string) *policy.Policy { return mustCompile(t, deny+admitted) }
	deny := func(who, more string) string {
		return "deny: [{name: contractors, who: [" + who + "], " + more + "commands: [groups], reason: Ask.}]\n"
	}
	const all = " who is also group:FX or group:Sales: "
	for name, c := range map[string]struct {
		before, after string
		lines         []string
	}{
		"a username":   {deny(`"user:kim"`, ""), "", []string{"user:kim" + all + "may now use /groups"}},
		"an address":   {deny(`"email:*@contractors.test"`, ""), "", []string{"email:*@contractors.test" + all + "may now use /groups"}},
		"a group":      {deny(`"group:Test"`, ""), "", []string{"group:Test" + all + "may now use /groups"}},
		"one of them":  {deny(`"group:FX"`, ""), "", []string{"group:FX: may now use /groups"}},
		"externals":    {deny("external", ""), "", []string{"people of other companies" + all + "may now use /groups"}},
		"narrowed":     {deny(`"user:kim"`, ""), deny(`"user:kim"`, "where: [im], "), []string{"user:kim" + all + "may now use /groups in rooms"}},
		"somebody new": {"", deny(`"user:kim"`, ""), []string{"user:kim" + all + "may not use /groups any more"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := policy.Compare(t.Context(), of(c.before), of(c.after), compared, nil)
			require.Equal(t, c.lines, d.Lines()[1:])
		})
	}
	kim := policy.Known{Name: "Kim Novak", Who: policy.PersonByNames("kim", "kim@acme.test", "FX"), Entry: "user:kim"}
	kim.Who.ID = 7
	d := policy.Compare(t.Context(), of(deny(`"user:kim"`, "")), of(""), compared, []policy.Known{kim})
	require.Equal(t, []string{"user:kim: may now use /groups"}, d.Lines()[1:])
}

func TestTheEntriesOfASetAreComparedWhereItIsNamed(t *testing.T) {
	t.Parallel()
	of := func(entries string) *policy.Policy {
		return mustCompile(t, "sets: {partners: ["+entries+"]}\nallow: [{name: a, who: [internal], commands: [newroom], when: {members: [\"set:partners\"]}}]")
	}
	d := policy.Compare(t.Context(), of(`"company:104"`), of(`"company:104", "company:105"`), compared, nil)
	require.Equal(t, []string{
		`Rules that are changed: "a" (line 2)`,
		"everybody in your company: /newroom: members company:104, company:105 instead of members company:104",
	}, d.Lines())
}

func TestAnotherOrderOfRulesIsADifferenceWhereItMatters(t *testing.T) {
	t.Parallel()
	small := `{name: small, who: [internal], commands: [newroom], when: {people: {max: 5}}, limits: {perDay: 9}}`
	large := `{name: large, who: [internal], commands: [newroom], when: {people: {max: 50}}, limits: {perDay: 1}}`
	d := policy.Compare(t.Context(), mustCompile(t, "allow: ["+small+", "+large+"]"), mustCompile(t, "allow: ["+large+", "+small+"]"), compared, nil)
	require.Equal(t, []string{"everybody in your company: /newroom: another rule comes first: people at most 50, at most 1 a day"}, d.Lines())
}

// Conditions are asked about a plan, and /groups has none.
func TestAConditionOnACommandWithoutAPlanIsNoDifference(t *testing.T) {
	t.Parallel()
	of := func(rest string) *policy.Policy {
		return mustCompile(t, "allow: [{name: a, who: [internal], commands: [groups]"+rest+"}]")
	}
	d := policy.Compare(t.Context(), of(""), of(", when: {people: {max: 5}}"), compared, nil)
	require.Equal(t, []string{`Rules that are changed: "a" (line 1)`, "Nobody gains or loses anything."}, d.Lines())
}

func TestWhatIsNotComparedIsCounted(t *testing.T) {
	t.Parallel()
	stopped, stop := context.WithCancel(t.Context())
	stop()
	d := policy.Compare(stopped, nil, mustCompile(t, desks), compared, nil)
	require.Positive(t, d.Left)
	require.Contains(t, d.Lines()[len(d.Lines())-1], "Not compared")
	var who []string
	for i := range 400 {
		who = append(who, fmt.Sprintf(`"user:u%d"`, i))
	}
	many := mustCompile(t, "allow: [{name: a, commands: [newroom], who: ["+strings.Join(who, ", ")+"]}]")
	d = policy.Compare(t.Context(), nil, many, compared, nil)
	require.Equal(t, 103, d.Left)
	require.Contains(t, d.Lines()[1], "user:u0, user:u1, user:u2, user:u3, user:u4 and 292 more: may now use /newroom")
}

func TestAReplayListsWhatWouldBeDecidedOtherwise(t *testing.T) {
	t.Parallel()
	before := mustCompile(t, desks)
	after := mustCompile(t, strings.NewReplacer("max: 30", "max: 5", "perDay: 10", "perDay: 2").Replace(desks))
	past := func(request string, at time.Duration, outcome policy.Outcome, people, used int, groups ...string) policy.Past {
		p := policy.Past{Request: request, At: time.Date(2026, 3, 4, 5, 0, 0, 0, time.UTC).Add(at), User: 7, Name: "Kim", Command: "newroom", Outcome: outcome}
		if outcome == policy.Allow {
			p.Rule = "desk rooms"
		}
		p.Query = policy.Query{
			User: policy.PersonByNames("kim", "kim@acme.test", groups...), Where: policy.Place{Kind: policy.IM}, Command: "newroom",
			Plan: &policy.Plan{People: people}, Used: &policy.Used{Day: used},
		}
		return p
	}
	unknown := past("unknown", 0, policy.Allow, 2, 0)
	unknown.Query.User = policy.Subject{Kind: policy.PersonAccount, Username: "kim", Email: "kim@acme.test"}
	r := policy.ReplayPast(t.Context(), policy.CommandReader{}, before, after, []policy.Past{
		past("small", 0, policy.Allow, 2, 0, "FX"), past("large", time.Hour, policy.Allow, 12, 0, "FX"), past("third", 2*time.Hour, policy.Allow, 2, 2, "FX"),
		past("larger", 0, policy.Deny, 31, 0, "FX"), past("other", 0, policy.Deny, 2, 0, "Sales"), unknown,
		past("told at an earlier change", 0, policy.Deny, 2, 0, "FX"),
	})
	require.Equal(t, []string{
		"Of 6 past requests 2 would be decided otherwise. Of 1 more not enough is known, such as unknown.",
		`third, Kim, /newroom of 4 Mar 07:00: allow by rule "desk rooms"; now limit by rule "desk rooms": Rule "desk rooms" lets one person open 2 rooms in any day; 2 were opened.`,
		`large, Kim, /newroom of 4 Mar 06:00: allow by rule "desk rooms"; now deny: You may open rooms with at most 5 people; this has 12.`,
	}, r.Lines())
	require.Equal(t, []string{"The record has no requests that could be decided again."}, policy.ReplayPast(t.Context(), policy.CommandReader{}, before, after, nil).Lines())
}

// No rule is about the commands of administrators.
func TestAReplayDecidesCommandsOfAdministratorsByWhoIsOne(t *testing.T) {
	t.Parallel()
	before := mustCompile(t, `{"admins": ["user:ops", "user:cora"], "allow": [{"name": "all", "who": ["*"], "commands": ["newroom"]}]}`)
	after := mustCompile(t, `{"admins": ["user:ops", "user:kim", "group:Support"], "allow": [{"name": "all", "who": ["*"], "commands": ["newroom"]}]}`)
	past := func(name, command string, outcome policy.Outcome, groups ...string) policy.Past {
		return policy.Past{
			Request: name, At: time.Date(2026, 3, 4, 5, 0, 0, 0, time.UTC), Name: name, Command: command, Outcome: outcome,
			Query: policy.Query{User: policy.PersonByNames(name, "", groups...), Where: policy.Place{Kind: policy.IM}, Command: command},
		}
	}
	hidden := past("ravi", "pause", policy.Deny)
	hidden.Query.User.Groups, hidden.Query.User.AllGroups = nil, false
	r := policy.ReplayPast(t.Context(), request.Reader(), before, after, []policy.Past{
		past("kim", "policy", policy.Deny), past("cora", "resume", policy.Allow), past("alice", "policy", policy.Deny),
		past("ops", "pause", policy.Allow), past("zoe", "pause", policy.Deny, "Support"), hidden,
	})
	require.Equal(t, []string{
		"Of 5 past requests 3 would be decided otherwise. Of 1 more not enough is known, such as ravi.",
		"kim, kim, /policy of 4 Mar 05:00: deny; now allow",
		"cora, cora, /resume of 4 Mar 05:00: allow; now deny: /resume is for administrators of the policy.",
		"zoe, zoe, /pause of 4 Mar 05:00: deny; now allow",
	}, r.Lines())
}

// randomRules are a few rules from few words, so that two of them often have much in common.
func randomRules(r *rand.Rand) string {
	pick := func(from ...string) string { return from[r.IntN(len(from))] }
	who := []string{"internal", "external", `"*"`, `"user:kim"`, `"group:fx"`, `"group:sales"`, `"email:*@acme.test"`}
	rule := func(i int, rest string) string {
		when := pick("", "", ", when: {external: false}", ", when: {public: true}", ", when: {people: {max: 5}}", ", when: {groups: [\"FX*\"], people: {max: 9}}")
		return fmt.Sprintf("{name: r%d, who: [%s], where: [%s], commands: [%s]%s%s}",
			i, pick(who...), pick(`"*"`, "im", `"room:desk*"`, `"room:*"`), pick("newroom", "groups", `"*"`), when, rest)
	}
	var deny, allow []string
	for i := range r.IntN(3) {
		deny = append(deny, rule(i, ", reason: Ask."))
	}
	for i := range 1 + r.IntN(3) {
		allow = append(allow, rule(10+i, pick("", ", limits: {perDay: 2}", ", approval: {by: [userid:5]}")))
	}
	return "deny: [" + strings.Join(deny, ", ") + "]\nallow: [" + strings.Join(allow, ", ") + "]"
}

// Whoever is decided about otherwise, in any place and with any plan, stands in the difference.
func TestADifferenceNamesEverybodyWhoIsDecidedAboutOtherwise(t *testing.T) {
	t.Parallel()
	people := []policy.Known{
		{Name: "Kim", Who: policy.PersonByNames("kim", "kim@acme.test", "fx")},
		{Name: "Bob", Who: policy.PersonByNames("bob", "bob@other.test", "sales")},
		{Name: "Eve", Who: policy.Subject{External: true, Groups: map[string]bool{"fx": true}, AllGroups: true}},
	}
	places := []policy.Place{{Kind: policy.IM}, {Kind: policy.Room, RoomName: "Desk 1"}, {Kind: policy.Room, RoomName: "Another"}}
	plans := []policy.Plan{{People: 2}, {People: 7, External: true}, {People: 7, Public: true, Groups: []string{"FX EMEA"}}, {People: 20, Groups: []string{"Sales"}}}
	differ := 0
	compareAtRandom(t, 200, people, func(before, after *policy.Policy, d policy.Difference, about string) {
		for _, who := range people {
			isNamed := slices.ContainsFunc(d.Changes, func(c policy.Change) bool { return c.Command == "newroom" && slices.Contains(c.People, who.Name) })
			n := countOtherwise(before, after, allQueries(who.Who, places, plans))
			require.True(t, n == 0 || isNamed, "%s: %s", who.Name, about)
			differ += n
		}
	})
	require.Greater(t, differ, 500)
}

// compareAtRandom compares so many pairs of random policies.
func compareAtRandom(
	t *testing.T, pairs int, people []policy.Known, check func(before, after *policy.Policy, d policy.Difference, about string),
) {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	for range pairs {
		texts := [2]string{randomRules(r), randomRules(r)}
		before, err := compile(t, texts[0])
		after, wrong := compile(t, texts[1])
		if err != nil || wrong != nil {
			continue
		}
		d := policy.Compare(t.Context(), before, after, compared, people)
		require.Zero(t, d.Left)
		check(before, after, d, fmt.Sprintf("%s\n%s\n%s", texts[0], texts[1], strings.Join(d.Lines(), "\n")))
	}
}

// countOtherwise counts the queries that the policies decide differently.
func countOtherwise(before, after *policy.Policy, queries []policy.Query) (n int) {
	for _, q := range queries {
		if before.Decide(q).Outcome() != after.Decide(q).Outcome() {
			n++
		}
	}
	return n
}

// Where anybody of two entries is decided about otherwise, it is not said that nobody is.
func TestADifferenceSaysNobodyOnlyWhereNobodyIsDecidedAboutOtherwise(t *testing.T) {
	t.Parallel()
	people := []policy.Subject{
		policy.PersonByNames("kim", "kim@elsewhere.test", "fx"), policy.PersonByNames("kim", "kim@acme.test"),
		policy.PersonByNames("zoe", "zoe@acme.test", "sales"), policy.PersonByNames("zoe", "zoe@elsewhere.test", "sales", "fx"),
		{External: true, Groups: map[string]bool{"fx": true}, AllGroups: true},
	}
	places := []policy.Place{{Kind: policy.IM}, {Kind: policy.Room, RoomName: "Desk 1"}, {Kind: policy.Room, RoomName: "Another"}}
	plans := []policy.Plan{{People: 2}, {People: 7, Public: true, Groups: []string{"FX EMEA"}}, {People: 20, Groups: []string{"Sales"}}}
	differ := 0
	compareAtRandom(t, 300, nil, func(before, after *policy.Policy, d policy.Difference, about string) {
		isSaid := slices.ContainsFunc(d.Changes, func(c policy.Change) bool { return c.Command == "newroom" })
		for i, who := range people {
			n := countOtherwise(before, after, allQueries(who, places, plans))
			require.True(t, n == 0 || isSaid, "person %d: %s", i, about)
			differ += n
		}
	})
	require.Greater(t, differ, 500)
}

func allQueries(who policy.Subject, places []policy.Place, plans []policy.Plan) (all []policy.Query) {
	for _, where := range places {
		for _, plan := range plans {
			for _, used := range []int{0, 2} {
				all = append(all, policy.Query{User: who, Where: where, Command: "newroom", Plan: &plan, Used: &policy.Used{Day: used}})
			}
		}
	}
	return all
}

func TestWhomARuleNamesIsJudgedWithAddressAndGroups(t *testing.T) {
	t.Parallel()
	of := func(who string) *policy.Policy {
		return mustCompile(t, "deny: [{name: none, who: ["+who+"], commands: [newroom], reason: Ask.}]\nallow: [{name: all, who: [internal], commands: [newroom]}]")
	}
	kim := policy.Known{Name: "Kim Novak", Who: policy.PersonByNames("kim", "kim@acme.test", "FX"), Entry: "user:kim"}
	kim.Who.ID = 7
	asked := policy.Known{Name: "Kim Novak", Who: policy.PersonByNames("kim", "kim@acme.test")}
	asked.Who.ID = 7
	address := kim
	address.Entry = "email:kim@acme.test"
	d := policy.Compare(t.Context(), of(`"user:kim"`), of(`"email:kim@acme.test"`), compared, []policy.Known{kim, address, asked})
	require.Empty(t, d.Changes)
	require.Empty(t, d.ByNameOnly)
	d = policy.Compare(t.Context(), of(`"user:kim"`), of(`"group:FX"`), compared, []policy.Known{kim, asked})
	require.NotContains(t, strings.Join(d.Lines(), "\n"), "may now use")
	d = policy.Compare(t.Context(), of(`"user:kim"`), of(`"group:FX"`), compared, nil)
	require.Equal(t, []string{"user:kim"}, d.ByNameOnly)
	require.Contains(t, d.Lines(), "Judged without address and groups: user:kim.")
}
