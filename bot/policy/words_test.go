package policy_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/bot/policy"
)

func TestWhatWasMeantIsSuggested(t *testing.T) {
	t.Parallel()
	const rule = `{name: a, who: [internal], commands: [newroom]%s}`
	for text, says := range map[string]string{
		`allow: [{name: a, who: internal, commands: [newroom]}]`:                                                   "allow[0].who: is text and must be a list; write who: [internal]",
		`allow: [{name: a, who: "group:FX EMEA", commands: [newroom]}]`:                                            `write who: ["group:FX EMEA"]`,
		`allow: [{name: a, who: [intrenal], commands: [newroom]}]`:                                                 `"intrenal" says nobody; did you mean "internal"?`,
		`allow: [{name: a, who: ["gruop:FX EMEA"], commands: [newroom]}]`:                                          `did you mean "group:FX EMEA"?`,
		`allow: [` + fmt.Sprintf(rule, ", when: {people: 30}") + `]`:                                               "allow[0].when.people: is a number and must be an object; write people: {max: 30}",
		`allow: [` + fmt.Sprintf(rule, `, approval: {by: ["user:a"], within: 4 hours}`) + `]`:                      `"4 hours" is not a duration; write 4h`,
		`{allow: [` + fmt.Sprintf(rule, "") + `], tests: [{name: t, as: {user: kim}, run: /help, expect: allow}]}`: `tests[0].as.user: is not a key that is known here; did you mean "username"?`,
	} {
		_, err := compile(t, text)
		require.ErrorContains(t, err, says, text)
	}
}

func TestADecisionIsToldInWordsThatFit(t *testing.T) {
	t.Parallel()
	p := mustCompile(t, `allow: [{name: a, who: [internal], commands: [newroom], limits: {perDay: 1}}]`)
	q := ask(withPlan(policy.Plan{People: 1}))
	q.Command, q.Used = "newroom", &policy.Used{Day: 1}
	require.Equal(t, `Rule "a" lets one person open 1 room in any day; 1 was opened.`, p.Decide(q).Reason)
	require.Contains(t, p.Decide(q).Explain(), "  ✓ in any chat")
	require.Equal(t, 24*time.Hour, policy.LimitSpan(p.Decide(q).Checks))
	q.Command = "help"
	require.Equal(t, []string{"allow", "  ✓ /help is open to everybody"}, p.Decide(q).Explain())
	long := mustCompile(t, `allow: [{name: a, who: [internal], commands: [newroom], approval: {by: ["user:a"], within: 4h}}]`)
	longer := mustCompile(t, `allow: [{name: a, who: [internal], commands: [newroom], approval: {by: ["user:a"], within: 90m}}]`)
	told := strings.Join(policy.Compare(t.Context(), long, longer, []policy.ComparedCommand{{Name: "newroom", IsPlanned: true}}, nil).Lines(), "\n")
	require.Contains(t, told, "approval by user:a within 1h30m instead of approval by user:a within 4h")
}
