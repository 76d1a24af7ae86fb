package bot_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/symphony/sandbox/client"
)

// What becomes of a request that waits for an approval while the policy, or who may approve it, is
// changed.

// waitsUnder is bob's request for the room Elm, which waits for an approval by rules in a file.
func waitsUnder(t *testing.T, rules string, changes ...func(*world)) (*world, policyFile, said) {
	t.Helper()
	file, setup := withPolicyFile(t, rules)
	w := newWorld(t, append([]func(*world){setup}, changes...)...)
	asked := w.asks("bob", `/newroom "Elm" external`)
	asked.waitForAnswer("needs an approval")
	w.waitUntilIdle()
	return w, file, asked
}

func TestARequestIsAskedAgainByTheRuleThatWantsTheApprovalNow(t *testing.T) {
	t.Parallel()
	w, file, asked := waitsUnder(t, approvalRules)
	card := w.waitForCard("cora", 1)
	file.write(strings.Replace(approvalRules, "name: rooms", "name: client rooms", 1))
	asked.waitForAnswer("I have asked Cora Lind, Kim Novak again, since the policy has changed.", "[ Withdraw ]")
	w.waitForChat("cora", "): it is asked about anew")
	again := w.waitForCard("cora", 1)
	require.Contains(t, plain(again), "asks for your approval again, since the policy has changed:")
	require.Contains(t, plain(again), "Rule “client rooms” of policy version")
	w.decides("cora", card, "approve", "").seesAmong("Your click changes nothing: it is asked about anew, since")
	require.Empty(t, w.rooms("Elm"))
	w.decides("cora", again, "approve", "").seesAmong("You have approved it.")
	asked.endsWith("✓ Elm", "Approved by Cora Lind")
	w.theOnly("Elm", "bob")
	require.Equal(t, []string{"approval asked", "approval ended", "approval asked", "approval clicked", "approval approved"}, w.outcomesOf(asked))
}

func TestARequestGoesOnAtOnceWhereThePolicyWantsNoApprovalAnyMore(t *testing.T) {
	t.Parallel()
	w, file, asked := waitsUnder(t, approvalRules)
	file.write(rulesWithoutApproval)
	asked.endsWith("✓ Elm", "The policy wants no approval of it any more.")
	require.NotContains(t, w.waitForChat("kim", "): nobody has to approve it any more, by the policy as it is now, and it goes on without."), "[ Approve ]")
	w.theOnly("Elm", "bob")
	require.Equal(t, []string{"approval asked", "approval ended"}, w.outcomesOf(asked))
}

func TestARequestIsRefusedAtOnceWhereThePolicyDeniesItNow(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ rules, told string }{
		"by a deny rule":            {deniesExternal, "✗ This waited for an approval, and the policy refuses it now. No rooms with others this week."},
		"since the rule is removed": {`{admins: ["user:ops"], allow: [{name: lists, who: [internal], commands: [groups]}]}`, "✗ This waited for an approval, and the policy refuses it now. Nobody has allowed you /newroom here."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, file, asked := waitsUnder(t, approvalRules)
			file.write(test.rules)
			asked.endsWith(test.told)
			require.NotContains(t, w.waitForChat("cora", "): it was refused before anybody had decided."), "[ Approve ]")
			require.Empty(t, w.rooms("Elm"))
			w.says("bob", "/approvals").sees("none of yours for one")
		})
	}
}

func TestOthersWhoMayApproveByNowGetCards(t *testing.T) {
	t.Parallel()
	w, file, asked := waitsUnder(t, approvalRules)
	coras := w.waitForCard("cora", 1)
	file.write(strings.Replace(approvalRules, `["user:cora", "user:kim"]`, `["user:alice", "user:kim"]`, 1))
	asked.waitForAnswer("Who may approve it has changed: I have asked Alice Martin, Kim Novak.")
	alices := w.waitForCard("alice", 1)
	require.Len(t, w.cards("kim"), 1, "has a card already")
	w.decides("cora", coras, "approve", "").seesAmong("You are not one of those who may approve this now.")
	require.Empty(t, w.rooms("Elm"))
	w.decides("alice", alices, "approve", "").seesAmong("You have approved it.")
	asked.endsWith("✓ Elm", "Approved by Alice Martin")
	require.NotContains(t, w.waitForChat("cora", "approved by Alice Martin"), "[ Approve ]")
	require.Equal(t, []string{"approval asked", "approval asked-also", "approval clicked", "approval approved"}, w.outcomesOf(asked))
}

// groupRules want an approval by the group Approvers.
const groupRules = `{admins: ["user:ops"], allow: [{name: rooms, who: [internal], commands: [newroom, groups], approval: {by: ["group:Approvers"]}}]}`

// waitsForGroup is bob's request for the room Elm, which waits for an approval by cora or kim, who
// are the group Approvers until members says otherwise.
func waitsForGroup(t *testing.T, members *atomic.Pointer[[]int64]) (*world, said) {
	t.Helper()
	w := newWorld(t, withFront(changesGroup(members)))
	w.addsGroup("Approvers", "cora", "kim")
	w.changeRules(groupRules)
	asked := w.asks("bob", `/newroom "Elm"`)
	asked.waitForAnswer("I have asked Cora Lind, Kim Novak.")
	w.waitUntilIdle()
	return w, asked
}

const (
	nobodyLeft      = "✗ Nobody whom I have asked may approve this any more, and there is nobody else who may. Nothing was created."
	nobodyLeftAdmin = `Rule "rooms": nobody who may approve its requests is there, so they are refused until the policy, or a group that it names, has somebody who may.`
)

func TestTheRequesterLearnsAtOnceThatNobodyIsLeftWhoMayApprove(t *testing.T) {
	t.Parallel()
	for name, happens := range map[string]func(*world, client.Message){
		"when the groups are read again": func(w *world, _ client.Message) {
			require.NoError(w.t, w.bot.ReadMembersAgain(withLog(w)))
		},
		"by the click of who is none any more": func(w *world, card client.Message) {
			w.decides("cora", card, "approve", "").seesAmong("You are not one of those who may approve this now.")
		},
		"at the next start": func(w *world, _ client.Message) {
			w.stop()
			w.start()
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var members atomic.Pointer[[]int64]
			w, asked := waitsForGroup(t, &members)
			card := w.waitForCard("cora", 1)
			members.Store(&[]int64{})
			happens(w, card)
			asked.endsWith(nobodyLeft)
			w.waitForChat("ops", nobodyLeftAdmin)
			require.NotContains(t, w.waitForChat("kim", "nobody who may approve it could be asked."), "[ Approve ]")
			require.Empty(t, w.rooms("Elm"))
			outcomes := slices.DeleteFunc(w.outcomesOf(asked), func(e string) bool { return e == "approval clicked" })
			require.Equal(t, []string{"approval asked", "approval unreached"}, outcomes)
		})
	}
}

func TestWhoJoinsTheApproversApprovesOnACardOfTheirOwn(t *testing.T) {
	t.Parallel()
	var members atomic.Pointer[[]int64]
	w, asked := waitsForGroup(t, &members)
	coras := w.waitForCard("cora", 1)
	members.Store(&[]int64{w.personID("cora"), w.personID("kim"), w.personID("alice")}) // a second ago
	w.forgesClick("alice", coras, map[string]any{"action": "approve"})
	w.waitForChat("alice", "✗ This card is for Cora Lind. Nothing was decided.")
	require.Empty(t, w.rooms("Elm"))
	alices := w.waitForCard("alice", 1)
	asked.waitForAnswer("Who may approve it has changed: I have asked", "Alice Martin")
	w.decides("alice", alices, "approve", "").seesAmong("You have approved it.")
	asked.endsWith("✓ Elm", "Approved by Alice Martin")
}

// withoutActive has the directory know no active account of some people.
func withoutActive(gone *atomic.Bool, usernames ...string) front {
	return rewriteAnswers("/v3/users", func(query, answer string) string {
		if !gone.Load() || !strings.Contains(query, "active=true") {
			return answer
		}
		return withoutUsers(answer, usernames...)
	})
}

func withoutUsers(answer string, usernames ...string) string {
	var content struct {
		Users  []map[string]any `json:"users"`
		Errors []any            `json:"errors,omitempty"`
	}
	if json.Unmarshal([]byte(answer), &content) != nil {
		return answer
	}
	content.Users = slices.DeleteFunc(content.Users, func(u map[string]any) bool { return slices.Contains(usernames, fmt.Sprint(u["username"])) })
	changed, err := json.Marshal(content)
	if err != nil {
		return answer
	}
	return string(changed)
}

func TestADisabledApproverIsToldToTheAdministratorsAndTheLastOneEndsTheWait(t *testing.T) {
	t.Parallel()
	var kim, both atomic.Bool
	w, _, asked := waitsUnder(t, approvalRules, withFront(func(pod http.Handler) http.Handler {
		return withoutActive(&both, "cora", "kim")(withoutActive(&kim, "kim")(pod))
	}))
	kim.Store(true)
	require.NoError(t, w.bot.ReadMembersAgain(withLog(w)))
	asked.waitForAnswer("Who may approve it has changed: I have asked Cora Lind.")
	w.waitForChat("ops", `Rule "rooms": these cannot be asked for an approval: Kim Novak.`)
	w.waitUntilIdle()
	both.Store(true)
	require.NoError(t, w.bot.ReadMembersAgain(withLog(w)))
	asked.endsWith(nobodyLeft)
	w.waitForChat("ops", "nobody who may approve its requests is there")
	require.Empty(t, w.rooms("Elm"))
}

func TestARoomIsAskedNoMoreOnceNobodyInTheRuleMayApprove(t *testing.T) {
	t.Parallel()
	var members atomic.Pointer[[]int64]
	w := newWorld(t, withFront(changesGroup(&members)))
	desk := w.openSharedRoom("@cora @kim")
	w.addsGroup("Approvers", "cora", "kim")
	w.changeRules(strings.Replace(groupRules, `by: ["group:Approvers"]`, `by: ["group:Approvers"], room: "roomid:`+desk+`"`, 1))
	asked := w.asks("bob", `/newroom "Elm"`)
	card := w.waitForCardIn(desk)
	asked.waitForAnswer("needs an approval")
	w.waitUntilIdle()
	members.Store(&[]int64{})
	w.click("cora", card, "roombot-approval", "approve", nil)
	w.waitForChat("cora", "You are not one of those who may approve this now.")
	asked.endsWith(nobodyLeft)
	w.waitForChat("ops", nobodyLeftAdmin)
	require.Empty(t, w.rooms("Elm"))
}

// An outage ends no request that only waits.
func TestARequestWaitsOnThoughItCannotBeDecidedAnewNow(t *testing.T) {
	t.Parallel()
	w, file, asked := waitsUnder(t, approvalRules, func(w *world) { w.tries = 2 })
	card := w.waitForCard("cora", 1)
	w.fail(client.Fault{Path: "*/im/create", Status: http.StatusServiceUnavailable})
	file.write(strings.Replace(approvalRules, `"user:kim"`, `"user:kim", "user:alice"`, 1))
	require.True(t, comesTrue(func() bool {
		return strings.Contains(w.log.String(), "request that waits for an approval could not be decided anew, will retry")
	}))
	w.waitUntilIdle()
	asked.waitForAnswer("needs an approval")
	w.heal()
	require.NoError(t, w.bot.ReadMembersAgain(withLog(w)))
	w.waitForCard("alice", 1)
	w.decides("cora", card, "approve", "").seesAmong("You have approved it.")
	asked.endsWith("✓ Elm", "Approved by Cora Lind")
}
