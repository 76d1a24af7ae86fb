package bot_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/bot/audit"
	"roombot/commands"
	"roombot/symphony/sandbox/client"
)

// What the requester and the record are told of an approval.

// clicksWithoutEffect are the clicks on cards of a request that have decided nothing, as the record
// has them.
func (w *world) clicksWithoutEffect(asked said) (told []string) {
	w.t.Helper()
	names := map[int64]string{}
	for _, name := range []string{"bob", "alice", "cora", "kim"} {
		names[w.personID(name)] = name
	}
	for _, s := range w.record() {
		var body struct {
			Act, Wanted, Reason string
			Clicked             string
		}
		var facts struct{ By string }
		require.NoError(w.t, json.Unmarshal(s.Body, &body))
		if s.Kind == audit.Approval && body.Act == "clicked" && s.Request == string(commands.NewRequestID(asked.Message.ID)) {
			require.NotEmpty(w.t, body.Clicked)
			require.NoError(w.t, json.Unmarshal(s.Facts.Text, &facts))
			told = append(told, fmt.Sprintf("%s (%s) %s %s", names[s.Actor], facts.By, body.Wanted, body.Reason))
		}
	}
	return told
}

func TestTheRecordHasClicksThatDecideNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(approvalRules))
	asked := w.asks("bob", `/newroom "Elm" external`)
	card, kims := w.waitForCard("cora", 1), w.waitForCard("kim", 1)
	w.forgesClick("bob", card, map[string]any{"action": "approve"})
	w.waitForChat("bob", "You cannot approve what you have asked for yourself.")
	w.forgesClick("alice", card, map[string]any{"action": "approve"})
	w.waitForChat("alice", "This card is for Cora Lind.")
	w.decides("cora", card, "approve", "").seesAmong("You have approved it.")
	w.decides("kim", kims, "reject", "not this week").seesAmong("Your click changes nothing: approved by Cora Lind")
	w.decides("cora", card, "approve", "").seesAmong("Your click changes nothing: approved by Cora Lind")
	asked.seesAmong("Approved by Cora Lind")
	require.Equal(t, []string{"bob (Bob Chen) approved own-request", "alice (Alice Martin) approved for-another", "kim (Kim Novak) rejected late"},
		w.clicksWithoutEffect(asked), "who says the same again says nothing new; the names are the directory's")
	w.changeRules(strings.Replace(approvalRules, "allow: [", `allow: [{name: readers, who: [internal], commands: [receipt]}, `, 1))
	w.saysIn(w.theRoom("Elm").StreamID, "bob", "/receipt").sees("I have sent the details to you in our 1:1 chat.")
	receipt := w.waitForChat("bob", "Receipt of “Elm”")
	for _, line := range []string{"Approved by: @Cora Lind (", "Click without effect: rejected by @Kim Novak (", "Click without effect: approved by @Bob Chen ("} {
		require.Contains(t, receipt, line)
	}
}

func TestTheRequesterReadsWhoHasApprovedWhileTheRestIsWaitedFor(t *testing.T) {
	t.Parallel()
	t.Run("somebody of another company is invited", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, withRules(approvalRules))
		w.keepsOutside()
		asked := w.asks("bob", `/newroom "Elm" external @eve`)
		w.act("", "cora", w.waitForCard("cora", 1), commands.FormApproval, "approve", nil)
		asked.waitForAnswer("is open:", "Eve Adams (Beta Capital): invited, not in yet", "✓ Approved by Cora Lind on ")
		w.admits()
		asked.endsWith("✓ Elm", "✓ Approved by Cora Lind on ")
	})
	t.Run("a pause holds it", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, withRules(approvalRules))
		asked := w.asks("bob", `/newroom "Elm" external`)
		card := w.waitForCard("cora", 1)
		w.says("ops", "/pause newroom").sees("⏸")
		w.decides("cora", card, "approve", "").seesAmong("You have approved it.")
		asked.waitForAnswer("⏸ ", "is kept, and I go on when the pause ends", "✓ Approved by Cora Lind on ")
		w.says("ops", "/resume").sees("▶ Resumed")
		asked.endsWith("✓ Elm", "✓ Approved by Cora Lind on ")
	})
}

func TestTheRequesterReadsWhoMayApproveWhatARoomIsAskedAbout(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	desk := w.openSharedRoom("@cora @kim")
	w.changeRules(fmt.Sprintf(`{allow: [{name: rooms, who: [internal], commands: [newroom], approval: {by: ["user:cora", "user:kim"], room: "roomid:%s"}}]}`, desk))
	asked := w.asks("bob", `/newroom "Elm"`)
	asked.waitForAnswer("I have asked in a room (Cora Lind, Kim Novak may approve it).")
	w.says("bob", "/approvals").sees("“Elm” (request ", "Asked: in a room (Cora Lind, Kim Novak may approve it).")
}

func TestWhoWasAskedIsNotToldAmongOtherCompanies(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.changeRules(`{allow: [{name: all, who: ["*"], commands: [newroom]}]}`)
	w.says("bob", `/newroom "Joint" external @eve @alice`).seesAmong("✓ Joint")
	joint := w.theRoom("Joint").StreamID
	w.changeRules(approvalRules)
	asked := w.asksIn(joint, "bob", `/newroom "Elm" external`)
	asked.waitForAnswer("I have asked those who may approve it (/approvals tells you whom).")
	w.says("bob", "/approvals").sees("Asked: Cora Lind, Kim Novak.")
}

func TestWhoIsRefusedAfterAnApprovalReadsWhoHasApprovedIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(approvalRules))
	asked := w.asks("bob", `/newroom "Elm" external`)
	card := w.waitForCard("cora", 1)
	_, err := w.pod.CreateRoom(t.Context(), client.CreateRoomRequest{As: "alice", Name: "Elm"})
	require.NoError(t, err)
	w.decides("cora", card, "approve", "").seesAmong("You have approved it.")
	asked.endsWith("Symphony does not accept a room with this name", "✓ Approved by Cora Lind on ")
}
