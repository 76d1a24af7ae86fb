package policy_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const faultless = `
sets: {desk: ["group:FX", "group:Sales"]}
deny:
  - {name: contractors, who: ["email:*@contractors.acme.com"], commands: [newroom], reason: no}
  - {name: nothing public, who: ["*"], commands: ["*"], when: {public: true}, reason: no}
allow:
  - {name: client rooms, who: ["group:FX"], where: [im], commands: [newroom], when: {external: true, members: [internal, "company:104"]}}
  - {name: desk rooms, who: ["set:desk"], where: [im, "room:*"], commands: [newroom, help], when: {external: false}, limits: {perDay: 5}}
  - {name: small rooms, who: ["set:desk"], commands: [newroom], when: {people: {max: 1}}}
  - {name: contractors too, who: ["email:*@contractors.acme.com"], commands: [newroom, groups]}
  - {name: everybody, who: ["*"], commands: ["*"]}
`

func TestRulesWithoutEffectAreReported(t *testing.T) {
	t.Parallel()
	require.Empty(t, mustCompile(t, faultless).RulesWithoutEffect())
	p := mustCompile(t, `
deny:
  - {name: contractors, who: [external, "email:*@contractors.acme.com"], commands: ["*"], reason: no}
  - {name: contractors in rooms, who: ["email:*@Contractors.acme.com"], where: ["room:*"], commands: [newroom], when: {public: true}, reason: no}
allow:
  - {name: guests, who: [external], commands: [newroom]}
  - name: desk
    who: [internal]
    where: [im, "*"]
    commands: [newroom, groups]
  - {name: alice, who: ["user:alice", "email:bob@acme.com"], commands: [newroom], limits: {perDay: 1}}
  - {name: helped, who: ["*"], commands: [help]}
  - {name: none, who: [bot], commands: [newroom], when: {external: true, people: {max: 0}}}
`)
	require.EqualError(t, p.RulesWithoutEffect().Err(), strings.TrimSpace(`
policy.yaml:4:12: deny[1]: never decides: deny rule "contractors" on line 3 refuses all that it is about; remove it
policy.yaml:6:12: allow[0]: admits nobody: deny rule "contractors" on line 3 refuses all that it is about; remove it, or narrow the deny rule
policy.yaml:11:12: allow[2]: never decides: allow rule "desk" on line 7 comes before it and admits all that it is about; remove it, or put it first
policy.yaml:12:12: allow[3]: never decides: /help is open to everybody; name other commands, or remove it
policy.yaml:13:12: allow[4]: admits no room: "people" is at most 0, and the requester counts; write at least {max: 1}, or remove the rule
`))
}

func TestTenThousandRulesThatAllDifferHaveAnEffect(t *testing.T) {
	t.Parallel()
	p := mustCompile(t, bankRules(10_000))
	require.Empty(t, p.RulesWithoutEffect())
	twice := mustCompile(t, bankRules(10_000)+"  - {name: again, who: ['user:u7992', 'email:trader7992@acme.com'], commands: [newroom]}\n")
	require.ErrorContains(t, twice.RulesWithoutEffect().Err(), `never decides: allow rule "a7992" on line `)
}

func BenchmarkRulesWithoutEffectAmongTenThousand(b *testing.B) {
	p := mustCompile(b, bankRules(10_000))
	for b.Loop() {
		_ = p.RulesWithoutEffect()
	}
}

// requireIdleRules asks the policy at random about everything: no rule that is said to have no
// effect may decide, but for one that admits no room, which may about what is no room.
func requireIdleRules(t testing.TB, seed uint64) (reported int) {
	c := newChance(seed)
	p := c.rules(t)
	problems := p.RulesWithoutEffect()
	isIdle, admitsNoRoom := map[string]bool{}, map[string]bool{}
	for _, problem := range problems {
		name := strings.Replace(strings.NewReplacer("deny[", "true ", "allow[", "false ").Replace(problem.Path), "]", "", 1)
		isIdle[name] = true
		admitsNoRoom[name] = strings.Contains(problem.Message, "admits no room")
	}
	for range 60 {
		q := c.query()
		d := p.Decide(q)
		require.False(t, isIdle[d.Rule] && (!admitsNoRoom[d.Rule] || q.Plan != nil), "seed %d: rule %q: %v", seed, d.Rule, problems)
	}
	return len(problems)
}

func TestNoRuleThatIsSaidToHaveNoEffectDecides(t *testing.T) {
	t.Parallel()
	reported := 0
	for seed := range uint64(1500) {
		reported += requireIdleRules(t, seed)
	}
	require.Greater(t, reported, 500, "the policies have too few such rules for the test to show anything")
}

func FuzzNoRuleThatIsSaidToHaveNoEffectDecides(f *testing.F) {
	f.Add(uint64(1))
	f.Fuzz(func(t *testing.T, seed uint64) { requireIdleRules(t, seed) })
}
