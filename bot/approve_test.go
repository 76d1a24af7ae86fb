package bot_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/bot/engine"
	"roombot/commands"
	"roombot/symphony/sandbox/client"
)

// approvalRules want an approval of external rooms, by cora or kim.
const approvalRules = `{admins: ["user:ops"], allow: [{name: rooms, who: [internal], commands: [newroom, groups],
	approval: {when: {external: true}, by: ["user:cora", "user:kim"], within: 4h}}]}`

// cards are what the bot has asked somebody to approve, the newest last.
func (w *world) cards(who string) []client.Message {
	return w.cardsThatSay(who, "asks for your approval")
}

// cardsThatSay are the forms that somebody may fill in, with a text in them, the newest last.
func (w *world) cardsThatSay(who, text string) (all []client.Message) {
	w.t.Helper()
	chat, err := w.pod.OpenChat(w.t.Context(), who, "roombot")
	require.NoError(w.t, err)
	for _, m := range w.transcript(who, chat) {
		if len(m.Forms) > 0 && strings.Contains(plain(m), text) && m.ReplacedBy == "" {
			all = append(all, m)
		}
	}
	return all
}

// waitForCard waits for the n-th card of somebody.
func (w *world) waitForCard(who string, n int) client.Message {
	w.t.Helper()
	require.Eventually(w.t, func() bool { return len(w.cards(who)) >= n }, patience, tick)
	return w.cards(who)[n-1]
}

func (w *world) decides(who string, card client.Message, action, reason string) said {
	w.t.Helper()
	return w.click(who, card, "roombot-approval", action, map[string]any{"reason": reason})
}

// seesAmong asserts that one of the bot's words since then contains a text.
func (s said) seesAmong(text string) {
	s.w.t.Helper()
	require.True(s.w.t, comesTrue(func() bool {
		return strings.Contains(strings.Join(s.w.shownAnswers(s.who, s.Message), "\n"), text)
	}), "the bot was to say %q and said %q", text, s.w.shownAnswers(s.who, s.Message))
}

func TestARequestThatIsApprovedIsCarriedOutOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(approvalRules))
	asked := w.asks("bob", `/newroom "Elm" @alice external group:"Test Group" nocopy`)
	asked.waitForAnswer("needs an approval. I have asked Cora Lind, Kim Novak.", "Nothing is created before that.", "[ Withdraw ]")
	card := w.waitForCard("cora", 1)
	for _, text := range []string{
		"Bob Chen asks for your approval to open this room:", "Name: Elm", "open to other companies", "Member: Alice Martin", "Group: Test Group (",
		"Cannot be undone: members can never copy messages", "Rule “rooms” of policy version",
	} {
		require.Contains(t, plain(card), text)
	}
	require.Empty(t, w.rooms("Elm"))
	w.says("bob", `/newroom "Other"`).sees("is open") // what waits holds nobody up
	w.decides("cora", card, "approve", "").seesAmong("You have approved it.")
	asked.seesAmong("Approved by Cora Lind on ")
	require.Contains(t, strings.Join(w.shownAnswers("bob", asked.Message), "\n"), "✓ Elm")
	require.Len(t, w.rooms("Elm"), 1)
	kims := w.waitForChat("kim", "approved by Cora Lind on ")
	require.NotContains(t, kims, "[ Approve ]")
	w.waitUntilIdle()
	require.Equal(t, []string{"decision approve", "approval asked", "approval approved", "decision allow", "room opened"}, w.recordOf(asked)[:5])
	require.Contains(t, w.checksOf(asked), "✓ approved")
	require.NotContains(t, strings.Join(w.checksOf(asked), " "), "✗")
}

// waitForChat waits until a text stands in somebody's 1:1 chat with the bot, and returns all that
// stands there.
func (w *world) waitForChat(who, text string) (all string) {
	w.t.Helper()
	chat, err := w.pod.OpenChat(w.t.Context(), who, "roombot")
	require.NoError(w.t, err)
	require.True(w.t, comesTrue(func() bool {
		all = ""
		for _, m := range w.transcript(who, chat) {
			if m.ReplacedBy == "" {
				all += plain(m) + "\n"
			}
		}
		return strings.Contains(all, text)
	}), "%s was to read %q and reads %q", who, text, all)
	return all
}

// recordOf is what the audit record has of a request: of each entry its kind and what it says.
func (w *world) recordOf(s said) (told []string) {
	w.t.Helper()
	w.stop()
	store, err := engine.Inspect(w.t.Context(), engine.FileAddress(w.store))
	require.NoError(w.t, err)
	defer store.Close()
	filter := engine.EntryFilter{Request: string(commands.NewRequestID(s.Message.ID))}
	require.NoError(w.t, store.ListEntries(w.t.Context(), filter, func(e engine.StoredEntry) error {
		var body struct{ Outcome, Act string }
		require.NoError(w.t, json.Unmarshal(e.Body, &body))
		told = append(told, strings.TrimSpace(string(e.Kind)+" "+body.Act+body.Outcome))
		return nil
	}))
	w.start()
	return told
}

func TestARequestThatIsRejectedCreatesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(approvalRules))
	asked := w.asks("bob", `/newroom "Elm" external`)
	w.decides("kim", w.waitForCard("kim", 1), "reject", "not this week").seesAmong("You have rejected it.")
	asked.endsWith("Kim Novak has not approved this: “not this week”.", "Nothing was created.")
	require.Empty(t, w.rooms("Elm"))
	w.waitForChat("cora", "rejected by Kim Novak")
	w.waitUntilIdle()
	require.Equal(t, []string{"decision approve", "approval asked", "approval rejected", "answer not-approved"}, w.recordOf(asked))
	w.says("bob", `/newroom "Internal"`).sees("is open")
}

func TestOneMayWithdrawUntilItIsDecided(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(approvalRules))
	asked := w.asks("bob", `/newroom "Elm" external`)
	card := w.waitForCard("cora", 1)
	asked.waitForAnswer("[ Withdraw ]")
	shown := w.botMessages("bob", asked.Message)
	w.act("", "bob", shown[len(shown)-1], "roombot-offer", "stop", nil)
	asked.endsWith("You have stopped this.", "Nothing was created.")
	w.waitForChat("cora", "withdrawn by Bob Chen on ")
	w.decides("cora", card, "approve", "").seesAmong("Your click changes nothing: withdrawn")
	require.Empty(t, w.rooms("Elm"))
	w.stop()
	require.NotContains(t, w.log.String(), `"level":"error"`, "who withdraws a request gets what they want")
}

// Who is told that they have rejected a request reads the truth, also where it is withdrawn at the
// same moment.
func TestARequestThatIsWithdrawnAndRejectedAtOnceHasOneEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(approvalRules))
	for n := range 8 {
		asked := w.asks("bob", fmt.Sprintf(`/newroom "Elm %d" external`, n))
		card := w.waitForCard("cora", 1)
		asked.waitForAnswer("[ Withdraw ]")
		shown := w.botMessages("bob", asked.Message)
		var clicks sync.WaitGroup
		clicks.Go(func() { w.act("", "bob", shown[len(shown)-1], "roombot-offer", "stop", nil) })
		clicks.Go(func() {
			w.act("", "cora", card, "roombot-approval", "reject", map[string]any{"reason": "not this week"})
		})
		clicks.Wait()
		w.waitUntilIdle()
		told := w.waitForChat("cora", fmt.Sprintf("Elm %d", n))
		answer := strings.Join(w.shownAnswers("bob", asked.Message), "\n")
		record := w.recordOf(asked)
		if slices.Contains(record, "approval rejected") {
			require.Contains(t, answer, "Cora Lind has not approved this: “not this week”.", "%s\n%s", record, told)
			require.Contains(t, answer, "[ Ask again ]")
			require.Contains(t, record, "answer not-approved")
			continue
		}
		require.Contains(t, answer, "You have stopped this.")
		require.Contains(t, record, "approval withdrawn")
		require.Contains(t, record, "answer stopped")
	}
}

func TestWhoMayNotApprove(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	desk := w.openSharedRoom("@cora @alice")
	w.changeRules(fmt.Sprintf(`{allow: [{name: rooms, who: [internal], commands: [newroom], approval: {by: ["user:cora", "user:bob"], room: "roomid:%s"}}]}`, desk))
	asked := w.asks("bob", `/newroom "Elm"`)
	card := w.waitForCardIn(desk)
	forged := map[string]any{"reason": "because"}
	w.click("bob", card, "roombot-approval", "approve", forged)
	w.waitForChat("bob", "You cannot approve what you have asked for yourself.")
	w.click("alice", card, "roombot-approval", "approve", forged)
	w.waitForChat("alice", "You are not one of those who may approve this now.")
	require.Empty(t, w.rooms("Elm"))
	w.click("cora", card, "roombot-approval", "approve", forged)
	w.waitForChat("cora", "You have approved it.")
	asked.seesAmong("✓ Elm")
	w.theOnly("Elm", "bob")
}

// waitForCardIn waits for a card in a room.
func (w *world) waitForCardIn(room string) (card client.Message) {
	w.t.Helper()
	require.True(w.t, comesTrue(func() bool {
		all := w.transcript("cora", room)
		if len(all) == 0 {
			return false
		}
		card = all[len(all)-1]
		return strings.Contains(plain(card), "asks for your approval")
	}))
	return card
}

func TestACardIsForOnePersonAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(`{allow: [{name: rooms, who: [internal], commands: [newroom], approval: {by: ["user:cora", "user:bob"]}}]}`))
	asked := w.asks("bob", `/newroom "Elm"`)
	w.waitForCard("cora", 1)
	require.Empty(t, w.cards("bob"), "nobody approves what they have asked for")
	asked.waitForAnswer("I have asked Cora Lind.")
}

func TestWhatWouldBeDoneByAnotherRuleIsAskedAgain(t *testing.T) {
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
	asked.waitForAnswer("I have asked Cora Lind, Kim Novak again, since the policy has changed")
	card := w.waitForCard("kim", 1)
	require.Contains(t, plain(card), "asks for your approval again, since the policy has changed:")
	require.Empty(t, w.rooms("Elm"))
	w.decides("kim", card, "approve", "").seesAmong("You have approved it.")
	asked.endsWith("✓ Elm", "Approved by Kim Novak")
	w.theOnly("Elm", "bob", "alice")
}

func TestAnApprovalSurvivesARestart(t *testing.T) {
	t.Parallel()
	w := newWorld(t, settlesSoon, withRules(approvalRules))
	asked := w.asks("bob", `/newroom "Elm" external`)
	card := w.waitForCard("cora", 1)
	w.stop()
	w.start()
	require.Empty(t, w.rooms("Elm"))
	w.decides("cora", card, "approve", "").seesAmong("You have approved it.")
	asked.endsWith("✓ Elm", "Approved by Cora Lind")
	w.theOnly("Elm", "bob")
}

func TestNobodyWhoMayApproveCanBeAsked(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(`{admins: ["user:ops"], allow: [{name: rooms, who: [internal], commands: [newroom], approval: {by: ["user:bob"]}}]}`))
	w.says("bob", `/newroom "Elm"`).sees("This needs an approval, and nobody who may give it can be asked now.", "Nothing was created.")
	w.waitForChat("ops", `Rule "rooms": its only approver has asked for something, and nobody approves their own requests: name another one as well.`)
	w.changeRules(`{admins: ["user:ops"], allow: [{name: rooms, who: [internal], commands: [newroom], approval: {by: ["user:dana"]}}]}`)
	w.says("bob", `/newroom "Elm"`).sees("This needs an approval, and nobody who may give it can be asked now.")
	w.waitForChat("ops", "nobody who may approve its requests is there, so they are refused until the policy, or a group that it names, has somebody who may.")
	require.Empty(t, w.rooms("Elm"))
}

func TestWhoCannotBeAskedIsNotSaidToHaveBeenAsked(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(approvalRules))
	w.fail(client.Fault{Path: "*/im/create", Match: fmt.Sprint(w.personID("cora")), Status: http.StatusForbidden})
	asked := w.asks("bob", `/newroom "Elm" external`)
	asked.waitForAnswer("I have asked Kim Novak.")
	w.waitUntilIdle()
	w.says("bob", "/approvals").sees("Asked: Kim Novak")
	w.waitForChat("ops", `Rule "rooms": these cannot be asked for an approval: Cora Lind.`)
	w.decides("kim", w.waitForCard("kim", 1), "approve", "").seesAmong("You have approved it.")
	asked.seesAmong("✓ Elm")
	w.waitUntilIdle()
	require.Equal(t, []string{"decision approve", "approval asked", "approval not-reached", "approval approved", "decision allow"}, w.recordOf(asked)[:5])
	w.changeRules(strings.Replace(approvalRules, `, "user:kim"`, "", 1))
	w.says("bob", `/newroom "Oak" external`).sees("nobody who may give it can be asked now")
	w.waitForChat("ops", "these cannot be asked for an approval: Cora Lind; so nobody can be asked, and its requests are refused until somebody can.")
}

func TestTheTimeForAnApprovalEnds(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(approvalRules))
	asked := w.asks("bob", `/newroom "Elm" external`)
	card := w.waitForCard("cora", 1)
	w.stop()
	w.changeStore(`UPDATE question SET until = asked`)
	w.start()
	asked.endsWith("Nobody has approved this in time.", "Nothing was created.")
	w.decides("cora", card, "approve", "").seesAmong("Your click changes nothing: nobody has decided in time.")
	require.Empty(t, w.rooms("Elm"))
}

func TestAPreviewNeedsNoApproval(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(approvalRules))
	w.says("bob", `/newroom "Elm" external preview`).sees("Nothing was created yet.")
	require.Empty(t, w.cards("cora"))
	w.says("bob", `/can /newroom "Elm" external`).sees("You may do this only with an approval.")
	w.says("bob", "/can").sees("✓ /newroom, by rule “rooms”: an approval is needed for rooms for other companies.", "✓ /groups, by rule “rooms”.")
}

func TestCanTellsForWhatAnApprovalIsNeeded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for approval, text := range map[string]string{
		`by: ["user:cora"]`: "an approval is needed for each.",
		`when: {public: true, people: {max: 5}}, by: ["user:cora"]`: "an approval is needed for public rooms and more than 5 people.",
		`when: {members: ["user:alice"]}, by: ["user:cora"]`:        "an approval is needed for certain people.",
	} {
		w.changeRules(`{allow: [{name: rooms, who: [internal], commands: [newroom], approval: {` + approval + `}}]}`)
		w.says("bob", "/can").sees(text)
	}
}

func TestWhyTellsTheConditionsOfAnApprovalOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(approvalRules))
	w.asks("bob", `/newroom "Elm" @alice external`)
	w.waitForChat("bob", "needs an approval")
	told := w.says("bob", "/why").sees("The policy wanted an approval of request ", "✗ needs no approval").answer()
	require.Equal(t, 1, strings.Count(told, "the rule is for you"), told)
	require.Contains(t, told, "What has become of it: nobody has decided yet.")
	w.decides("kim", w.waitForCard("kim", 1), "reject", "not this week").seesAmong("You have rejected it.")
	w.says("bob", "/why").sees("What has become of it: rejected by Kim Novak on ", "“not this week”")
}

func TestARoomMayGetTheCard(t *testing.T) {
	t.Parallel()
	w := newWorld(t, settlesSoon)
	desk := w.openSharedRoom("@cora @kim")
	w.changeRules(fmt.Sprintf(`{allow: [{name: rooms, who: ["user:ravi"], commands: [newroom], approval: {by: ["user:kim"], room: "roomid:%s"}}]}`, desk))
	asked := w.asks("ravi", `/newroom "Elm"`)
	card := w.waitForCardIn(desk)
	w.click("cora", card, "roombot-approval", "approve", nil)
	w.waitForChat("cora", "You are not one of those who may approve this now.")
	w.click("kim", card, "roombot-approval", "approve", nil)
	w.waitForChat("kim", "You have approved it.")
	asked.endsWith("✓ Elm", "Approved by Kim Novak")
	for _, m := range w.transcript("cora", desk) {
		require.NotContains(t, plain(m), "You ", "who is told stands in no answer in a room")
	}
}

func TestApprovalsListsWhatWaits(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(approvalRules))
	w.says("bob", "/approvals").sees("No request waits for your approval, and none of yours for one.")
	asked := w.asks("bob", `/newroom "Elm" external`)
	asked.waitForAnswer("needs an approval")
	card := w.waitForCard("cora", 1)
	w.waitUntilIdle()
	w.says("bob", "/approvals").sees("You wait for", "“Elm” (request ", "by rule “rooms”, until ", "Withdraw is below my answer to it.")
	w.says("cora", "/approvals").sees("Waits for you", "Bob Chen asks for “Elm”, by rule “rooms”, until ", "The card is in our 1:1 chat.")
	w.says("alice", "/approvals").sees("No request waits for your approval")
	require.Equal(t, 1, w.bot.Health(t.Context()).Queue.Approvals)
	w.decides("cora", card, "approve", "")
	asked.seesAmong("Approved by Cora Lind")
	w.says("cora", "/approvals").sees("No request waits for your approval")
	w.says("bob", "/why "+string(commands.NewRequestID(asked.Message.ID))).sees("✓ The policy allowed request", "✓ Approved by Cora Lind.")
}

func TestMoreApproversThanGetCardsAreAFaultOfThePolicy(t *testing.T) {
	t.Parallel()
	file, setup := withPolicyFile(t, approvalRules)
	w := newWorld(t, setup)
	var many []string
	for i := range 21 {
		many = append(many, fmt.Sprintf("userid:%d", 103<<36+1000+i))
	}
	file.write(strings.Replace(approvalRules, `by: ["user:cora", "user:kim"]`, `by: ["`+strings.Join(many, `", "`)+`"]`, 1))
	w.waitForChat("ops", "and the other approvers are 21 people, who would each get a card")
}
