package policy_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/bot/policy"
)

// The accounts that ask in these tests: of company 103, which is the bot's own, and of 104.
var (
	alice    = employee("alice", "alice@acme.com")
	service  = policy.Subject{ID: 103<<36 + 8, Company: 103, Kind: policy.ServiceAccount, Username: "alice", Email: "alice@acme.com"}
	unlisted = policy.Subject{ID: 103<<36 + 94, Company: 103}
	eve      = policy.Subject{ID: 104<<36 + 1, Company: 104, External: true}
	// imposter is somebody of another company with whatever an event claims of them.
	imposter = policy.Subject{
		ID: 104<<36 + 2, Company: 104, External: true, Kind: policy.PersonAccount, Username: "alice", Email: "alice@acme.com",
	}
)

const (
	matches = "matches"
	differs = "differs"
	unknown = "unknown"
)

// whoMatches is what an entry of `who` says to somebody: a deny rule alone tells what matches or is
// not known from what differs, an allow rule what matches from the rest.
func whoMatches(t *testing.T, entry string, who policy.Subject) (allow, deny string) {
	t.Helper()
	admits := mustCompile(t, fmt.Sprintf(`allow: [{name: a, who: [%q], commands: ["*"]}]`, entry)).Decide(ask(byUser(who)))
	refuses := mustCompile(t, fmt.Sprintf(`
deny: [{name: d, who: [%q], commands: ["*"], reason: no}]
allow: [{name: a, who: ["*"], commands: ["*"]}]`, entry)).Decide(ask(byUser(who)))
	allow, deny = differs, differs
	if admits.Allowed {
		allow = matches
	}
	switch {
	case refuses.Allowed:
	case refuses.Reason == "no":
		deny = matches
	default:
		deny = unknown
	}
	return allow, deny
}

func TestEachEntryOfWhoMatchesItsAccounts(t *testing.T) {
	t.Parallel()
	type answer struct{ allow, deny string }
	both, neither, refused := answer{matches, matches}, answer{differs, differs}, answer{differs, unknown}
	onlyDenied := answer{differs, matches}
	for entry, want := range map[string][5]answer{ // alice, service, unlisted, eve, imposter
		"*":                    {both, both, both, both, both},
		"internal":             {both, neither, refused, neither, neither},
		"bot":                  {neither, both, refused, neither, neither},
		"external":             {neither, neither, neither, both, both},
		"user:Alice":           {both, onlyDenied, refused, neither, neither},
		"user:bob":             {neither, neither, refused, neither, neither},
		"email:*@ACME.com":     {both, onlyDenied, refused, neither, neither},
		"company:104":          {neither, neither, neither, both, both},
		"company:103":          {both, neither, refused, neither, neither},
		"company:105":          {neither, neither, neither, neither, neither},
		"userid:7146825580545": {neither, neither, neither, both, neither},
		"userid:7078106103902": {both, neither, both, neither, neither},
	} {
		t.Run(entry, func(t *testing.T) {
			t.Parallel()
			for i, who := range []policy.Subject{alice, service, unlisted, eve, imposter} {
				var got answer
				got.allow, got.deny = whoMatches(t, entry, who)
				require.Equal(t, want[i], got, "subject %d", i)
			}
		})
	}
}

func TestADenialSaysWhatTheDirectoryDoesNotShow(t *testing.T) {
	t.Parallel()
	p := mustCompile(t, `deny: [{name: d, who: [bot], commands: [newroom], reason: no}]`)
	require.Equal(t, policy.UnknownAccount, p.Decide(ask(byUser(unlisted))).Denial)
}

func TestWrongNumbersOfCompaniesAndUsersAreReported(t *testing.T) {
	t.Parallel()
	for entry, says := range map[string]string{
		"company:":      `has no number; write the number in the user ids of that company`,
		"company:Acme":  `has no number; write the number in the user ids of that company`,
		"company:-1":    `has no number`,
		"userid:alice":  `has no number; write one user id, such as "userid:7146825580545"`,
		"userid:1 or 2": `has no number`,
		"bot:x":         `says nobody`,
		"Bot":           `says nobody`,
	} {
		_, err := compile(t, fmt.Sprintf(`allow: [{name: a, who: [%q], commands: ["*"]}]`, entry))
		require.ErrorContains(t, err, says, entry)
	}
}

func TestThePolicyNeedsTheDirectoryOnlyForRulesThatTurnOnIt(t *testing.T) {
	t.Parallel()
	for entry, needs := range map[string]bool{
		"*": false, "external": false, "userid:7": false, "internal": true, "bot": true, "user:a": true, "email:*@b": true, "company:104": true,
	} {
		for _, rules := range []string{
			`allow: [{name: a, who: ["*", %q], commands: [newroom]}]`, `deny: [{name: d, who: [%q], commands: [newroom], reason: no}]`,
		} {
			p := mustCompile(t, fmt.Sprintf(rules, entry))
			require.Equal(t, needs, p.NeedsDirectory("new-room"), entry)
			require.False(t, p.NeedsDirectory("groups"), entry)
		}
	}
	all := mustCompile(t, `allow: [{name: a, who: [internal], commands: ["*"]}]`)
	require.True(t, all.NeedsDirectory("groups"))
	require.False(t, all.NeedsDirectory("help"), "which is open to everybody")
	require.False(t, (*policy.Policy)(nil).NeedsDirectory("newroom"))
}

func TestAccountsThatRulesNameAreListed(t *testing.T) {
	t.Parallel()
	p := mustCompile(t, `
deny:
  - {name: kim, who: ["user:KIM", external], commands: ["*"], reason: no}
allow:
  - {name: desk, who: ["email:Bob@acme.com", "email:*@acme.com", "userid:7", "*"], commands: ["*"], when: {members: ["user:cora"]}}
admins:
  - group:Admins
  - user:Ops
`)
	require.Equal(t, []policy.NamedAccount{
		{Rule: policy.NamedRule{Name: "admins", Line: 8}, Username: "ops"},
		{Rule: policy.NamedRule{Name: "kim", Line: 3}, Username: "kim", Deny: true},
		{Rule: policy.NamedRule{Name: "desk", Line: 5}, Email: "bob@acme.com"},
		{Rule: policy.NamedRule{Name: "desk", Line: 5}, Username: "cora"},
	}, p.NamedAccounts())
	require.Empty(t, (*policy.Policy)(nil).NamedAccounts())
	people, groups, companies := p.CountAdmins()
	require.Equal(t, []int{1, 1, 0}, []int{people, groups, companies})
}
