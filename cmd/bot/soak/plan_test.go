package soak_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/bot/config/schema"
	"roombot/bot/policy"
	"roombot/bot/policy/request"
	"roombot/cmd/bot/soak"
	"roombot/symphony/sandbox/client"
)

func people() []client.Person {
	list := []client.Person{
		{Username: "roombot", Active: true}, {Username: "ravi", DisplayName: "Ravi Shah", Active: true}, {Username: "eve", Active: true, External: true},
		{Username: "dana", DisplayName: "Dana Former"}, {Username: "alice", Email: "alice@acme.test", Active: true},
	}
	for letter := range strings.SplitSeq("abcdefghijklmnopqrstuvwxyz", "") {
		list = append(list, client.Person{Username: letter, Email: letter + "@acme.test", Active: true})
	}
	return list
}

func groups() []client.Group {
	return []client.Group{{Name: "Sales", Members: []string{"a", "b"}}, {Name: "Research", Members: []string{"ravi"}}}
}

func TestTheSameSeedMakesTheSameRequests(t *testing.T) {
	t.Parallel()
	require.Equal(t, soak.Plan(50, 7, people(), groups()), soak.Plan(50, 7, people(), groups()))
	require.NotEqual(t, soak.Plan(50, 7, people(), groups()), soak.Plan(50, 8, people(), groups()))
}

func TestNoTwoRoomsHaveTheSameName(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, c := range soak.Plan(500, 1, people(), groups()) {
		require.False(t, seen[c.RoomName], c.RoomName)
		seen[c.RoomName] = true
		require.Contains(t, c.Text, c.RoomName)
	}
}

func TestARequestExpectsItsSenderTheBotAndThePeopleItNames(t *testing.T) {
	t.Parallel()
	for _, c := range soak.Plan(300, 1, people(), groups()) {
		require.Contains(t, c.Members, c.As)
		require.Contains(t, c.Members, "roombot")
		require.NotContains(t, c.Members, "ravi")
		require.LessOrEqual(t, len(c.Absent), strings.Count(c.Text, "@ravi"))
		require.Subset(t, c.Members, c.Owners)
		require.Equal(t, strings.Contains(c.Text, "external:yes"), slices.Contains(c.Members, "eve"))
		require.Equal(t, strings.Contains(c.Text, "owner:@eve"), slices.Contains(c.Owners, "eve"))
		if strings.Contains(c.Text, `group:"Sales"`) {
			require.Subset(t, c.Members, []string{"a", "b"})
		}
	}
}

func TestTheSameSeedMakesTheSamePolicies(t *testing.T) {
	t.Parallel()
	draw := func(seed int64) []*soak.Rules {
		rules, _, err := soak.DrawRules(300, seed, people())
		require.NoError(t, err)
		return rules
	}
	require.Equal(t, draw(7), draw(7))
	require.NotEqual(t, draw(7), draw(8))
	for i, r := range draw(7)[1:] {
		require.NotEqual(t, draw(7)[i].Version, r.Version, "each edit changes something")
	}
}

func TestFaultyTextsOfAPolicyAreFaulty(t *testing.T) {
	t.Parallel()
	_, faulty, err := soak.DrawRules(300, 7, people())
	require.NoError(t, err)
	require.NotEmpty(t, faulty)
	for _, text := range faulty {
		parsed, err := schema.Parse("policy.json", text, func(string) (string, bool) { return "", false })
		if err != nil {
			continue
		}
		p, err := policy.Compile(parsed, policy.Options{Commands: []string{"newroom"}})
		if err == nil {
			err = p.RunTests(request.Reader()).Err()
		}
		require.Error(t, err, string(text))
	}
}
