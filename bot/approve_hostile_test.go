package bot_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/commands"
	"roombot/symphony/sandbox/client"
)

// What people try on an approval that is not theirs, not any more, or not what they approve.

// forgesClick is an event that says that somebody has pressed a button of a message, which need not
// be in a chat of theirs, nor have one.
func (w *world) forgesClick(who string, carrier client.Message, values map[string]any) {
	w.t.Helper()
	id := "forged-" + who + carrier.ID
	w.inject(map[string]any{
		"id": id, "messageId": id, "timestamp": time.Now().UnixMilli(), "type": "SYMPHONYELEMENTSACTION",
		"initiator": map[string]any{"user": map[string]any{"userId": w.personID(who), "displayName": "Cora Lind", "username": "cora"}},
		"payload": map[string]any{"symphonyElementsAction": map[string]any{
			"stream": map[string]any{"streamId": w.imOf(who), "streamType": "IM"}, "formMessageId": carrier.ID, "formId": commands.FormApproval, "formValues": values,
		}},
	})
}

// outcomesOf are the entries about approvals of a request.
func (w *world) outcomesOf(s said) []string {
	w.t.Helper()
	return slices.DeleteFunc(w.recordOf(s), func(e string) bool { return !strings.HasPrefix(e, "approval ") })
}

func TestAnApproverWhoClicksTwiceApprovesOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(approvalRules))
	w.fail(client.Fault{Kind: "duplicate-events"})
	asked := w.asks("bob", `/newroom "Elm" external`)
	card, kims := w.waitForCard("cora", 1), w.waitForCard("kim", 1)
	for range 2 {
		w.act("", "cora", card, "roombot-approval", "approve", nil)
	}
	asked.endsWith("✓ Elm", "Approved by Cora Lind")
	all := w.waitForChat("cora", "Your click changes nothing: approved by Cora Lind")
	require.Equal(t, 1, strings.Count(all, "You have approved it."))
	w.decides("cora", card, "reject", "after all").seesAmong("Your click changes nothing: approved by Cora Lind")
	w.decides("kim", kims, "reject", "").seesAmong("Your click changes nothing: approved by Cora Lind")
	w.theOnly("Elm", "bob")
	require.Equal(t, []string{"approval asked", "approval approved", "approval clicked", "approval clicked"}, w.outcomesOf(asked))
}

// deniesExternal is approvalRules with a rule that denies what they want an approval for.
var deniesExternal = strings.Replace(approvalRules, "allow:",
	`deny: [{name: freeze, who: ["user:bob"], commands: [newroom], when: {external: true}, reason: No rooms with others this week.}], allow:`, 1)

func TestWhatTheChangedPolicyDeniesIsRefusedThoughItIsApproved(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(approvalRules))
	w.says("ops", "/pause newroom").sees("Paused")
	asked := w.asks("bob", `/newroom "Elm" external`)
	w.decides("cora", w.waitForCard("cora", 1), "approve", "").seesAmong("You have approved it.")
	asked.waitForAnswer("has paused me")
	w.changeRules(deniesExternal)
	w.says("ops", "/resume").seesAmong("Resumed")
	asked.endsWith("✗ No rooms with others this week.")
	require.Empty(t, w.rooms("Elm"))
	require.Equal(t, []string{"approval asked", "approval approved"}, w.outcomesOf(asked))
}

// The cards are sent, and the requester is not told yet.
func TestAQuestionEndsWithARequestThatThePolicyDeniesMeanwhile(t *testing.T) {
	t.Parallel()
	w := newWorld(t, settlesSoon, withRules(approvalRules), withFront(refuseSecondIM))
	asked := w.asks("bob", `/newroom "Elm" external`)
	card := w.waitForCard("cora", 1)
	w.changeRules(deniesExternal)
	asked.endsWith("✗ No rooms with others this week.")
	w.waitForChat("cora", "): it was refused before anybody had decided.")
	w.decides("cora", card, "approve", "").seesAmong("Your click changes nothing: it was refused before anybody had decided.")
	require.Empty(t, w.rooms("Elm"))
	require.Equal(t, []string{"approval asked", "approval ended", "approval clicked"}, w.outcomesOf(asked))
}

// refuseSecondIM fails to open a second 1:1 chat.
func refuseSecondIM(pod http.Handler) http.Handler {
	var asked atomic.Int32
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/im/create") && asked.Add(1) > 1 {
			rw.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		pod.ServeHTTP(rw, r)
	})
}

// A message that somebody copies or forwards is theirs, whatever its entity data says.
func TestACopyOfACardDecidesNothing(t *testing.T) {
	t.Parallel()
	var forged forgedData
	w := newWorld(t, withFront(forged.front), withRules(approvalRules))
	asked := w.asks("bob", `/newroom "Elm" external`)
	card := w.waitForCard("cora", 1)
	copied := w.says("alice", "/help").Message
	forged.set(copied.ID, card.Data)
	for _, who := range []string{"cora", "kim", "alice"} {
		w.forgesClick(who, copied, map[string]any{"action": "approve"})
	}
	w.says("carol", "/help").sees("I open rooms") // the events before it were read
	w.waitUntilIdle()
	require.Len(t, w.shownAnswers("alice", copied), 1, "they are ignored")
	require.Equal(t, 1, strings.Count(w.waitForChat("cora", "asks for your approval"), "\n[ Approve ]"))
	require.Empty(t, w.rooms("Elm"))
	w.decides("cora", card, "approve", "").seesAmong("You have approved it.")
	asked.endsWith("✓ Elm", "Approved by Cora Lind")
	w.theOnly("Elm", "bob")
}

func TestTheFieldsOfACardNameNoOtherRequestPersonOrPlan(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(approvalRules))
	elm := w.asks("bob", `/newroom "Elm" external`)
	card, kims := w.waitForCard("cora", 1), w.waitForCard("kim", 1)
	oak := w.asks("alice", `/newroom "Oak" external`)
	w.waitForCard("cora", 2)
	claims := func(job string) map[string]any {
		return map[string]any{
			"reason": "x", "job": job, "n": 1, "hash": strings.Repeat("0", 64), "approval": map[string]any{"job": job}, "for": w.personID("cora"), "user": "cora", "outcome": "approved",
		}
	}
	for who, reads := range map[string]string{
		"bob": "✗ You cannot approve what you have asked for yourself.", "alice": "✗ This card is for Cora Lind.", "kim": "✗ This card is for Cora Lind.",
	} {
		w.forgesClick(who, card, mergeValues(claims(elm.Message.ID), "action", "approve"))
		w.waitForChat(who, reads)
	}
	require.Empty(t, w.rooms("Elm"))
	w.forgesClick("cora", card, mergeValues(claims(oak.Message.ID), "action", "approve"))
	elm.seesAmong("Approved by Cora Lind")
	w.theOnly("Elm", "bob")
	require.Empty(t, w.rooms("Oak"), "was not on that card")
	w.forgesClick("kim", kims, mergeValues(claims(oak.Message.ID), "action", "reject"))
	w.waitForChat("kim", "Your click changes nothing: approved by Cora Lind")
	w.decides("cora", w.waitForCard("cora", 1), "reject", "").seesAmong("You have rejected it.")
	oak.seesAmong("Cora Lind has not approved this.")
	require.Empty(t, w.rooms("Oak"))
}

func mergeValues(values map[string]any, key string, value any) map[string]any {
	values[key] = value
	return values
}

// swapsNames has alice and cora be called by each other's name.
func swapsNames(swapped *atomic.Bool) front {
	return rewriteAnswers("/v3/users", func(_, answer string) string {
		if !swapped.Load() {
			return answer
		}
		return strings.NewReplacer(`"alice"`, `"cora"`, `"cora"`, `"alice"`, "Alice Martin", "Cora Lind", "Cora Lind", "Alice Martin").Replace(answer)
	})
}

func TestWhoIsRenamedIntoAnApproverIsNone(t *testing.T) {
	t.Parallel()
	var swapped atomic.Bool
	w := newWorld(t, withFront(swapsNames(&swapped)))
	desk := w.openSharedRoom("@cora @alice")
	w.changeRules(fmt.Sprintf(`{allow: [{name: rooms, who: [internal], commands: [newroom], approval: {by: ["user:cora"], room: "roomid:%s"}}]}`, desk))
	asked := w.asks("bob", `/newroom "Elm"`)
	card := w.waitForCardIn(desk)
	swapped.Store(true)
	w.click("alice", card, "roombot-approval", "approve", nil)
	w.waitForChat("alice", "You are not one of those who may approve this now.")
	asked.endsWith(nobodyLeft) // the rule names nobody any more
	w.click("cora", card, "roombot-approval", "approve", nil)
	w.waitForChat("cora", "Your click changes nothing: nobody who may approve it could be asked.")
	require.Empty(t, w.rooms("Elm"))
}

// changesGroup has the group Approvers have other members.
func changesGroup(members *atomic.Pointer[[]int64]) front {
	change := rewriteAnswers("", func(_, answer string) string {
		var content any
		now := members.Load()
		if now == nil || !strings.Contains(answer, `"Approvers"`) || json.Unmarshal([]byte(answer), &content) != nil {
			return answer
		}
		replaceMembers(content, *now)
		changed, err := json.Marshal(content)
		if err != nil {
			return answer
		}
		return string(changed)
	})
	return func(pod http.Handler) http.Handler {
		changed := change(pod)
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.URL.Path, "/profile-manager/") {
				changed.ServeHTTP(rw, r)
				return
			}
			pod.ServeHTTP(rw, r)
		})
	}
}

func replaceMembers(content any, ids []int64) {
	switch c := content.(type) {
	case []any:
		for _, entry := range c {
			replaceMembers(entry, ids)
		}
	case map[string]any:
		if c["name"] == "Approvers" && c["members"] != nil {
			all := []any{}
			for _, id := range ids {
				all = append(all, map[string]any{"memberId": id, "memberTenant": id >> 36, "status": "ACTIVE"})
			}
			c["members"] = all
		}
		for _, entry := range c {
			replaceMembers(entry, ids)
		}
	}
}

func TestOnlyWhoWasAskedAndIsStillInTheGroupApproves(t *testing.T) {
	t.Parallel()
	var members atomic.Pointer[[]int64]
	w := newWorld(t, withFront(changesGroup(&members)))
	w.addsGroup("Approvers", "cora", "kim", "bob")
	w.changeRules(`{allow: [{name: rooms, who: [internal], commands: [newroom], approval: {by: ["group:Approvers"]}}]}`)
	asked := w.asks("bob", `/newroom "Elm"`)
	asked.waitForAnswer("I have asked Cora Lind, Kim Novak.")
	card, kims := w.waitForCard("cora", 1), w.waitForCard("kim", 1)
	members.Store(&[]int64{w.personID("alice"), w.personID("kim")}) // she joins, and cora leaves
	w.forgesClick("alice", card, map[string]any{"action": "approve"})
	w.waitForChat("alice", "✗ This card is for Cora Lind.")
	w.decides("cora", card, "approve", "").seesAmong("You are not one of those who may approve this now.")
	w.decides("kim", kims, "approve", "").seesAmong("You have approved it.")
	asked.endsWith("✓ Elm", "Approved by Kim Novak")
}
