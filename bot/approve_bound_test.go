package bot_test

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// What an approval is bound to, and what does not take its place.

const smallRoomsRules = `{admins: ["user:ops", "user:cora"], allow: [{name: rooms, who: [internal], commands: [newroom], when: {people: {max: 2}},
	approval: {when: {external: true}, by: ["user:kim"], within: 4h}}]}`

func TestAGrantDoesNotPassByThoseWhoWereAsked(t *testing.T) {
	t.Parallel()
	file, setup := withPolicyFile(t, smallRoomsRules)
	w := newWorld(t, setup)
	w.isGranted("bob", `/newroom "Big" external @alice @carol`, "month")
	asked := w.asks("bob", `/newroom "Elm" external @alice`)
	asked.waitForAnswer("needs an approval. I have asked Kim Novak.")
	file.write(strings.Replace(smallRoomsRules, "max: 2", "max: 1", 1))
	asked.endsWith("This waited for an approval, and the policy refuses it now.")
	require.Empty(t, w.rooms("Elm"))
	w.says("bob", `/newroom "Big" external @alice @carol`).sees("✓ Big")
}

func TestAGroupThatHasGrownIsAskedAboutAgain(t *testing.T) {
	t.Parallel()
	var members atomic.Pointer[[]int64]
	w := newWorld(t, withRules(approvalRules), withFront(changesGroup(&members)))
	w.stop()
	w.addsGroup("Approvers", "alice", "carol")
	w.start()
	asked := w.asks("bob", `/newroom "Elm" external group:"Approvers"`)
	card := w.waitForCard("cora", 1)
	require.Contains(t, plain(card), "Group: Approvers (2 people)")
	w.waitUntilIdle()
	w.stop()
	members.Store(&[]int64{w.personID("alice"), w.personID("carol"), w.personID("dana")})
	w.start()
	w.decides("cora", card, "approve", "")
	asked.waitForAnswer("again")
	again := w.waitForCard("cora", 1)
	require.Contains(t, plain(again), "Group: Approvers (3 people)")
	require.Empty(t, w.rooms("Elm"))
	w.decides("cora", again, "approve", "").seesAmong("You have approved it.")
	asked.endsWith("✓ Elm", "Group: Approvers (3 people)")
}

func TestNothingIsOpenedForWhoWasDisabledBeforeTheApproval(t *testing.T) {
	t.Parallel()
	var gone atomic.Bool
	w, _, asked := waitsUnder(t, approvalRules, withFront(withoutActive(&gone, "bob")))
	card := w.waitForCard("cora", 1)
	gone.Store(true)
	w.decides("cora", card, "approve", "")
	asked.endsWith("✗")
	require.Empty(t, w.rooms("Elm"))
}

func TestTheRecordDoesNotSayThatSomebodyWasAskedWhereTooManyWait(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(approvalRules))
	for i := range 20 {
		w.asks("bob", fmt.Sprintf(`/newroom "Elm %d" external`, i)).waitForAnswer("needs an approval")
	}
	full := w.says("bob", `/newroom "One more" external`)
	full.sees("Withdraw one of them")
	require.Empty(t, w.outcomesOf(full))
	require.Len(t, w.cards("cora"), 20)
}
