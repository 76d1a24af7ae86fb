package bot

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/bot/audit"
	"roombot/bot/engine"
	"roombot/bot/policy"
	"roombot/commands"
	"roombot/symphony"
)

// readFacts reads a decision with these facts.
func readFacts(t *testing.T, facts string) PastDecision {
	t.Helper()
	e := audit.New(audit.Decision, "5k9d-02mx-q7ht", "decision/1", decisionBody{Command: "newroom", Outcome: policy.Deny, Rule: "wall", Line: 3, Denial: policy.ByRule, Version: "1f0a9c3e", Chat: "stream"})
	e.Actor = int64(samplePerson.ID)
	d, err := ReadDecision(engine.StoredEntry{Entry: e, Facts: &audit.Facts{Text: json.RawMessage(facts)}})
	require.NoError(t, err)
	return d
}

func TestTheFactsOfADecisionAreReadAsAnyVersionHasWrittenThem(t *testing.T) {
	t.Parallel()
	const person = `"from":{"id":7078106103903,"name":"Bob Chen","username":"bob","email":"bob@acme.test"},"chat":"Desk","typed":"/newroom"`
	first := readFacts(t, `{`+person+`,"checks":[{"what":"who","ok":true}]}`)
	require.Equal(t, []any{"Bob Chen", "/newroom", false, 1}, []any{first.Name, first.Typed, first.IsWhole, len(first.Decision.Checks)})

	const asked = `{` + person + `,"why":"Ask Compliance.","asked":{"kind":"person","username":"bob","email":"bob@acme.test","in":["fx"],"notIn":["sales"],"room":true,` +
		`"plan":{"name":"Project Elm","options":["nocopy","public"],"people":3,"owners":1,"groups":["Sales"],"companies":[104],"members":[{"id":7,"external":true}],"more":1}}}`
	d := readFacts(t, asked)
	require.True(t, d.IsWhole)
	require.Equal(t, "Ask Compliance.", d.Decision.Why())
	require.Equal(t, policy.Query{
		User: policy.Subject{
			ID: int64(samplePerson.ID), Company: samplePerson.ID.Tenant(), Kind: policy.PersonAccount, Username: "bob", Email: "bob@acme.test",
			Groups: map[string]bool{"fx": true, "sales": false},
		},
		Where: policy.Place{Kind: policy.Room, StreamID: "stream", RoomName: "Desk"}, Command: "newroom",
		Plan: &policy.Plan{
			Public: true, NoCopy: true, People: 3, Owners: 1, Groups: []string{"Sales"}, Companies: []int64{104},
			Members: []policy.Subject{{ID: 7, External: true, Groups: map[string]bool{}}, {}}, BehindUnknown: true,
		},
	}, d.Query)
	var again decisionFacts
	require.NoError(t, json.Unmarshal([]byte(asked), &again))
	text, err := json.Marshal(again)
	require.NoError(t, err)
	require.JSONEq(t, asked, string(text))
}

func TestWhatIsKeptOfARequestIsBounded(t *testing.T) {
	t.Parallel()
	b := &Bot{rules: &policyInForce{groups: newGroupMembers(nil)}}
	var members []policy.Subject
	who := policy.Subject{ID: 7, Groups: map[string]bool{}}
	for i := range 150 {
		key := fmt.Sprint(i)
		b.rules.groups.note(commands.GroupList{Groups: []symphony.Group{{ID: symphony.GroupID(key), Name: "Desk " + key}}}, []string{"desk " + key})
		who.Groups[key] = i%50 == 0
		members = append(members, policy.Subject{ID: int64(i + 1)})
	}
	kept := b.newAskedPlan(&policy.Plan{People: 151}, members)
	require.Len(t, kept.Members, 100)
	require.Equal(t, 50, kept.More)
	require.Len(t, kept.plan().Members, 101, "one of whom nothing is known stands for the rest")
	person := b.newAskedPerson(who)
	require.Equal(t, []string{"desk 0", "desk 100", "desk 50"}, person.In)
	require.Len(t, person.NotIn, 17)
	text, err := json.Marshal(kept)
	require.NoError(t, err)
	require.Less(t, len(text), 2<<10)
}
