package policy_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/bot/policy"
)

// bankRules is a policy of n rules as a program of a bank would write it: desks by group, clients
// by company, contractors by address, people by name, with sets, rooms and conditions. Rule i is
// about what i gives, so each kind is spread over the whole file.
func bankRules(n int) string {
	var b strings.Builder
	b.WriteString("admins: ['user:ops']\nsets:\n")
	for i := range 50 {
		fmt.Fprintf(&b, "  region%d: ['group:Region %d', 'group:Region %d Coverage', 'email:*@region%d.acme.com', 'user:head%d']\n", i, i, i, i, i)
	}
	b.WriteString("deny:\n")
	for i := range n / 5 {
		fmt.Fprintf(&b, "  - {name: d%d, %s, reason: Ask Compliance.}\n", i, []string{
			fmt.Sprintf("who: ['group:Research %d'], commands: [newroom], when: {groups: ['*Sales %d*', 'FX*']}", i/5%300, i),
			fmt.Sprintf("who: ['email:*@contractors%d.acme.com'], commands: ['*']", i),
			fmt.Sprintf("who: ['set:region%d'], where: ['room:*Deal %d*'], commands: [newroom, groups]", i/5%50, i),
			fmt.Sprintf("who: ['company:%d', 'user:left%d'], commands: [newroom], when: {public: true}", 200+i, i),
			fmt.Sprintf("who: [internal], where: ['room:Project %d *', 'roomid:pLNTJdesk%015d'], commands: [newroom]", i, i),
		}[i%5])
	}
	b.WriteString("allow:\n")
	for i := range n - n/5 {
		fmt.Fprintf(&b, "  - {name: a%d, %s}\n", i, []string{
			fmt.Sprintf("who: ['group:Desk %d'], where: [im], commands: [newroom, groups], when: {external: false, people: {max: 50}, groups: ['Desk %d*']}, limits: {perDay: 20}", i, i),
			fmt.Sprintf("who: ['set:region%d'], where: [im, 'room:*Desk %d*'], commands: [newroom], when: {external: true, nocopy: true}", i/5%50, i),
			fmt.Sprintf("who: ['user:u%d', 'email:trader%d@acme.com'], commands: [newroom]", i, i),
			fmt.Sprintf("who: ['email:*.%d@desk*.acme.com'], where: ['room:*'], commands: [newroom, groups]", i),
			fmt.Sprintf("who: [internal], where: ['room:*Floor %d', 'roomid:pLNTJroom%015d'], commands: [newroom], when: {members: [internal, 'set:region%d']}", i, i, i/5%50),
		}[i%5])
	}
	return b.String()
}

// banker is somebody whose groups the directory all shows.
func banker(groups ...string) func(*policy.Query) { return byUser(inGroups(groups...)) }

// bankQueries are requests and the rule of bankRules(10_000) that decides on them. Where none does,
// it is the one that comes closest.
func bankQueries() map[string]struct {
	query         policy.Query
	rule, nearest string
} {
	plan := withPlan(policy.Plan{People: 12, Owners: 1, Groups: []string{"Desk 7995"}, Members: []policy.Subject{alice}})
	external := withPlan(policy.Plan{People: 12, Owners: 1, External: true})
	return map[string]struct {
		query         policy.Query
		rule, nearest string
	}{
		"admitted by one of the last": {ask(banker("Desk 7995", "Region 99"), plan), "a7995", ""},
		"admitted by several":         {ask(banker("Region 7"), external, func(q *policy.Query) { q.Plan.NoCopy = true }), "a36", ""},
		"denied by one of the last":   {ask(byUser(employee("kim", "kim@contractors1996.acme.com")), plan), "d1996", ""},
		"refused in the 1:1 chat":     {ask(banker("Nothing"), plan), "", "a4"},
		"refused in a room":           {ask(banker("Nothing"), external, inRoom("Lunch", "x")), "", "a4"},
		"refused before the plan":     {ask(banker("Nothing"), inRoom("Lunch", "x")), "", "a4"},
	}
}

func TestTenThousandRulesAreReadAndDecide(t *testing.T) {
	t.Parallel()
	p := mustCompile(t, bankRules(10_000))
	deny, allow := p.Rules()
	require.Equal(t, []int{2000, 8000}, []int{deny, allow})
	for name, c := range bankQueries() {
		d := p.Decide(c.query)
		require.Equal(t, c.rule, d.Rule, name)
		require.Equal(t, c.nearest, d.Nearest, name)
	}
}

func BenchmarkDecideAmongTenThousandRules(b *testing.B) {
	p := mustCompile(b, bankRules(10_000))
	for name, c := range bankQueries() {
		b.Run(strings.ReplaceAll(name, " ", "-"), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				p.Decide(c.query)
			}
		})
	}
}

// BenchmarkDecideByIDAmongTenThousandRules is a decision as the bot asks for it: names are
// resolved, and of each group that rules name it is known whether the person is in it.
func BenchmarkDecideByIDAmongTenThousandRules(b *testing.B) {
	p := mustCompile(b, bankRules(10_000))
	directory := policy.Directory{Users: map[string]int64{}, Groups: map[string][]string{}}
	for i, name := range p.Names().Users {
		directory.Users[name] = int64(i + 1)
	}
	for _, name := range p.Names().Groups {
		directory.Groups[name] = []string{"id of " + name}
	}
	p, problems := p.Resolve(directory)
	require.Empty(b, problems)
	q := bankQueries()["refused in a room"].query
	q.User.Groups, q.User.AllGroups = map[string]bool{}, false
	for _, id := range p.GroupsAsked("newroom") {
		q.User.Groups[id] = false
	}
	for b.Loop() {
		p.Decide(q)
	}
}

// BenchmarkWhatIsLookedUpAmongTenThousandRules is what the bot asks a policy before each decision.
func BenchmarkWhatIsLookedUpAmongTenThousandRules(b *testing.B) {
	p := mustCompile(b, bankRules(10_000))
	for b.Loop() {
		p.GroupsAsked("newroom")
		p.NeedsDirectory("newroom")
		p.AsksMembers("newroom")
	}
}

func BenchmarkCompileTenThousandRules(b *testing.B) {
	text := bankRules(10_000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		mustCompile(b, text)
	}
}
