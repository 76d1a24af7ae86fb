package bot_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/symphony/sandbox/client"
)

// rulesWithoutApproval let everybody do what needed an approval before.
const rulesWithoutApproval = `{admins: ["user:ops"], allow: [{name: rooms, who: [internal], commands: [newroom, groups]}]}`

func TestWhatWasAskedEndsAlsoUnderAPolicyThatWantsNoApproval(t *testing.T) {
	t.Parallel()
	const inTime, late = `UPDATE question SET answered = until - 1, answer = '{"outcome":"rejected","by":1,"click":"c"}'`, `UPDATE question SET until = asked`
	denial := strings.Replace(approvalRules, "allow:", `deny: [{name: away, who: ["user:bob"], commands: [newroom], reason: "Not today."}], allow:`, 1)
	for name, test := range map[string]struct{ happened, rules, answer, card string }{
		"nobody has decided, and it needs no approval": {late, rulesWithoutApproval, "Nobody has approved this in time.", "nobody has decided in time"},
		"nobody has decided, and it is denied":         {late, denial, "Not today.", "nobody has decided in time"},
		"rejected, and it needs no approval":           {inTime, rulesWithoutApproval, "has not approved this", "rejected by"},
		"rejected, and it is denied":                   {inTime, denial, "Not today.", "rejected by"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, settlesSoon, withRules(approvalRules))
			asked := w.asks("bob", `/newroom "Elm" external`)
			asked.waitForAnswer("[ Withdraw ]")
			w.stop()
			w.changeStore(test.happened)
			w.rules = test.rules
			w.start()
			asked.endsWith(test.answer)
			require.NotContains(t, w.waitForChat("kim", test.card), "[ Approve ]")
			require.Empty(t, w.rooms("Elm"))
			w.waitUntilIdle()
			told := w.recordOf(asked)
			require.NotContains(t, told, "decision allow")
			if test.happened == late {
				require.Contains(t, told, "approval expired")
			}
		})
	}
}

func TestALaterRejectionCountsMoreThanAnEarlierApproval(t *testing.T) {
	t.Parallel()
	w := newWorld(t, settlesSoon, withRules(approvalRules))
	w.says("ops", "/pause newroom").sees("Paused")
	asked := w.asks("bob", `/newroom "Elm" external @alice`)
	w.decides("cora", w.waitForCard("cora", 1), "approve", "").seesAmong("You have approved it.")
	asked.waitForAnswer("has paused me")
	w.stop()
	w.rules = strings.Replace(approvalRules, "name: rooms", "name: client rooms", 1)
	w.start()
	w.says("ops", "/resume").seesAmong("Resumed")
	w.waitForCard("kim", 1)
	w.stop()
	w.changeStore(`UPDATE question SET answered = until - 1, answer = '{"outcome":"rejected","by":1,"click":"c"}' WHERE n = 2`)
	w.rules = approvalRules // what cora has approved
	w.start()
	asked.endsWith("has not approved this", "Nothing was created.")
	require.Empty(t, w.rooms("Elm"))
}

func TestAQuestionThatHasEndedWithoutAnAnswerIsAskedAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, settlesSoon, withRules(approvalRules))
	asked := w.asks("bob", `/newroom "Elm" external`)
	asked.waitForAnswer("[ Withdraw ]")
	w.stop()
	w.changeStore(`UPDATE question SET answered = until - 1, answer = '{"outcome":"ended"}'`)
	w.start()
	asked.waitForAnswer("again, since I do not know any more what was decided")
	w.decides("cora", w.waitForCard("cora", 1), "approve", "").seesAmong("You have approved it.")
	asked.endsWith("✓ Elm", "Approved by Cora Lind")
}

func TestACardWhoseSendingWasNotAnsweredSaysInTheEndWhatHasBecomeOfIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t, settlesSoon, withRules(strings.Replace(approvalRules, `, "user:kim"`, "", 1)))
	w.fail(client.Fault{Path: onSend, Drop: "after", Count: 1})
	asked := w.asks("bob", `/newroom "Elm" external`)
	w.decides("cora", w.waitForCard("cora", 1), "approve", "").seesAmong("You have approved it.")
	asked.endsWith("✓ Elm")
	w.waitUntilIdle()
	require.NotContains(t, w.waitForChat("cora", "approved by Cora Lind on "), "[ Approve ]")
	w.theOnly("Elm", "bob")
}
