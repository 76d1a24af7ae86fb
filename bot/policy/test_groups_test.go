package policy_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/bot/policy"
)

func TestADenyRuleAboutPeopleLooksBehindGroups(t *testing.T) {
	t.Parallel()
	p := mustCompile(t, `
deny:
  - {name: wall, who: ["group:Research"], commands: [newroom], when: {members: ["group:Sales"]}, reason: Ask Compliance.}
allow:
  - {name: everybody, who: [internal], commands: [newroom], when: {people: {max: 3}}}
`)
	in := func(groups ...string) policy.Subject { return policy.PersonByNames("", "", groups...) }
	for name, c := range map[string]struct {
		plan policy.Plan
		want policy.Denial
	}{
		"a person of the other side":        {policy.Plan{People: 2, Behind: []policy.Subject{in("FX"), in("Sales")}}, policy.ByRule},
		"nobody of the other side":          {policy.Plan{People: 2, Behind: []policy.Subject{in("FX")}}, ""},
		"a group of which nothing is known": {policy.Plan{People: 2, BehindUnknown: true}, policy.UnknownGroup},
		"one that is known is enough":       {policy.Plan{People: 2, Members: []policy.Subject{in("Sales")}, BehindUnknown: true}, policy.ByRule},
		"how many is not known":             {policy.Plan{People: 2, PeopleUnknown: true}, policy.ByCondition},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, p.Decide(policy.Query{User: in("Research"), Where: policy.Place{Kind: policy.IM}, Command: "newroom", Plan: &c.plan}).Denial)
		})
	}
}
