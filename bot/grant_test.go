package bot_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/bot"
	"roombot/bot/audit"
	"roombot/bot/engine"
	"roombot/symphony/sandbox/client"
)

// grantRules allow bob nothing; ops and cora are the administrators, who need a grant like others.
const grantRules = `{admins: ["user:ops", "user:cora"],
	deny: [{name: wall, who: ["*"], commands: [newroom], when: {groups: ["Test*"]}, reason: "Not with this group."}],
	allow: [{name: small, who: ["user:alice"], commands: [newroom], when: {people: {max: 2}, external: false}}]}`

// asksForAccess clicks the button of a refusal.
func (w *world) asksForAccess(who string, refused said) said {
	w.t.Helper()
	return w.click(who, refused.lastReply(), "roombot-offer", "request-access", nil)
}

// grantCards are the cards of somebody about requests for access, the newest last.
func (w *world) grantCards(who string) (all []client.Message) {
	return w.cardsThatSay(who, "asks for access")
}

// waitForGrantCard waits for the card of somebody that contains a text.
func (w *world) waitForGrantCard(who, text string) (card client.Message) {
	w.t.Helper()
	require.True(w.t, comesTrue(func() bool {
		for _, m := range w.grantCards(who) {
			if card = m; strings.Contains(plain(m), text) {
				return true
			}
		}
		return false
	}), "%s was to have a card with %q", who, text)
	return card
}

func (w *world) decidesAccess(who string, card client.Message, action string) said {
	w.t.Helper()
	return w.click(who, card, "roombot-grant", action, nil)
}

// isGranted has bob ask for a command, and cora decide.
func (w *world) isGranted(who, command, action string) {
	w.t.Helper()
	w.asksForAccess(who, w.says(who, command).sees("[ Request access ]")).sees("I have asked ")
	w.decidesAccess("cora", w.waitForGrantCard("cora", "asks for access"), action).seesAmong("You have ")
}

func TestAnAdministratorGrantsWhatNoRuleAllows(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(grantRules))
	refused := w.says("bob", `/newroom "Elm" @alice`).sees("Nobody has allowed you /newroom here.", "[ Request access ]")
	w.asksForAccess("bob", refused).sees("I have asked Olga Peters, Cora Lind (request for access 1)", "I tell you what they decide.")
	card := w.waitForGrantCard("cora", "Bob Chen asks for access.")
	for _, text := range []string{
		`/newroom "Elm" @Alice Martin`, "Name: Elm", "Member: Alice Martin",
		"You would allow no more than: /newroom in their 1:1 chat: internal rooms that are not public, without history, that nobody can find, " +
			"whose owners alone add people; at most 2 people; at most 1 owner; no groups.",
		"[ Allow once ]", "[ Allow for a day ]", "[ Allow for 30 days ]", "[ Refuse ]",
	} {
		require.Contains(t, plain(card), text)
	}
	w.waitForGrantCard("ops", "Bob Chen asks for access.")
	require.Empty(t, w.rooms("Elm"))
	w.decidesAccess("cora", card, "day").seesAmong("You have allowed it for a day, and I tell Bob Chen.")
	for _, who := range []string{"cora", "ops"} {
		told := w.waitForChat(who, "request for access 1: ✓ allowed by Cora Lind on ")
		require.Contains(t, told, "It is for /newroom in their 1:1 chat: internal rooms")
		require.NotContains(t, told, "[ Allow once ]")
	}
	require.Contains(t, w.waitForChat("bob", "Your request for access 1: "), "It is for /newroom in our 1:1 chat: internal rooms")
	w.says("bob", `/newroom "Elm" @alice`).sees("✓ Elm")
	w.says("bob", `/newroom "Oak"`).sees("✓ Oak")
	w.says("bob", `/newroom "Big" @alice @kim`).sees("Nobody has allowed you /newroom here.")
	w.says("bob", `/newroom "Wide" public`).sees("Nobody has allowed you /newroom here.")
	w.says("bob", `/can`).sees("✓ /newroom, by grant 1: internal rooms that are not public, without history")
	w.says("bob", `/can /newroom "Elm"`).sees("You may do this.", "No rule admits it, but grant 1 does")
	w.waitUntilIdle()
	require.Equal(t, []string{"asked 1", "granted 1"}, w.grantRecord())
	require.Equal(t, []string{"asked 1", "granted 1"}, w.grantRecordOf("bob"))
	require.Equal(t, []string{"granted 1"}, w.grantRecordOf("cora"))
}

func TestNoAccessIsOfferedWhereNobodyCouldGiveIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(`{allow: [{name: small, who: ["user:alice"], commands: [newroom]}]}`))
	require.NotContains(t, w.says("bob", `/newroom "Elm"`).sees("Nobody has allowed you /newroom here.").answer(), "Request access")
}

// grantRecord is what the audit record has of grants: of each entry what it says.
func (w *world) grantRecord() (told []string) {
	w.t.Helper()
	return w.grantRecordBy(engine.EntryFilter{})
}

// grantRecordOf is what the audit record has of the grants that somebody has, or has decided about.
func (w *world) grantRecordOf(who string) (told []string) {
	w.t.Helper()
	return w.grantRecordBy(engine.EntryFilter{Actor: w.personID(who)})
}

func (w *world) grantRecordBy(filter engine.EntryFilter) (told []string) {
	w.t.Helper()
	filter.Kind = audit.Grant
	w.stop()
	store, err := engine.Inspect(w.t.Context(), engine.FileAddress(w.store))
	require.NoError(w.t, err)
	require.NoError(w.t, store.ListEntries(w.t.Context(), filter, func(e engine.StoredEntry) error {
		var body struct {
			Act string
			N   json.Number
		}
		require.NoError(w.t, json.Unmarshal(e.Body, &body))
		told = append(told, body.Act+" "+body.N.String())
		return nil
	}))
	require.NoError(w.t, store.Close())
	w.start()
	return told
}

func TestADenyRuleBeatsAGrant(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(grantRules))
	for _, command := range []string{`/newroom "Elm" group:"Test Group"`, `/newroom "Elm" preview`} {
		require.NotContains(t, w.says("bob", command).sees("Nobody has allowed you").answer(), "Request access", command)
	}
	w.isGranted("bob", `/newroom "Elm"`, "month")
	w.says("bob", `/newroom "Elm"`).sees("✓ Elm")
	w.changeRules(strings.Replace(grantRules, `groups: ["Test*"]`, `external: false`, 1))
	refused := w.says("bob", `/newroom "Oak"`).sees("Not with this group.")
	require.NotContains(t, refused.answer(), "Request access")
	require.Empty(t, w.rooms("Oak"))
}

func TestARefusalByAConditionIsGrantedAsWell(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(grantRules))
	command := `/newroom "Elm" @bob @kim`
	w.says("alice", command).sees("You may open rooms with at most 2 people; this has 3.", "[ Request access ]")
	w.isGranted("alice", command, "day")
	w.says("alice", command).sees("✓ Elm")
	w.says("alice", `/newroom "Oak" @bob @kim @cora`).sees("You may open rooms with at most 2 people; this has 4.")
}

func TestOnceIsUsedUpByOneRoom(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(grantRules))
	w.isGranted("bob", `/newroom "Elm"`, "once")
	w.waitForChat("bob", "✓ allowed once by Cora Lind on ")
	w.says("ops", "/policy grants").sees("1: Bob Chen, /newroom in their 1:1 chat", "once, until ", "allowed by Cora Lind", "[ Revoke 1 ]")
	w.says("ops", "/pause newroom").sees("Paused")
	names := []string{"One", "Two", "Three"}
	for _, name := range names {
		w.asks("bob", `/newroom "`+name+`"`).waitForAnswer("has paused me")
	}
	w.says("ops", "/resume").sees("3 held requests go on")
	w.waitUntilIdle()
	opened := 0
	for _, name := range names {
		opened += len(w.rooms(name))
	}
	require.Equal(t, 1, opened)
	require.Equal(t, 3, strings.Count(w.waitForChat("bob", "✓ "), "Nobody has allowed you /newroom here."), "the first request, and two that came too late")
	require.Equal(t, 3, strings.Count(w.waitForChat("bob", "✓ "), "[ Request access ]"), "each may be asked for")
	require.Equal(t, []string{"asked 1", "granted 1", "used 1"}, w.grantRecord())
	w.says("ops", "/policy grants").sees("There are no grants", "Used up or revoked before their time:", "at most 1 person; at most 1 owner; no groups – used up, allowed once by Cora Lind")
}

func TestTheFirstDecisionAboutAccessCounts(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(grantRules))
	w.asksForAccess("bob", w.says("bob", `/newroom "Elm"`)).sees("I have asked ")
	coras, opss := w.waitForGrantCard("cora", "Bob Chen"), w.waitForGrantCard("ops", "Bob Chen")
	w.asksByClick("cora", coras, "roombot-grant", "refuse", nil)
	w.asksByClick("ops", opss, "roombot-grant", "day", nil)
	w.asksByClick("cora", coras, "roombot-grant", "refuse", nil)
	w.waitUntilIdle()
	decided := w.waitForChat("cora", "request for access 1: ")
	require.NotEqual(t, strings.Contains(decided, "refused by Cora Lind"), strings.Contains(decided, "✓ allowed by Olga Peters"), decided)
	w.waitUntilIdle()
	require.Len(t, w.grantRecord(), 2)
	w.decidesAccess("ops", opss, "month").seesAmong("Your click changes nothing: ")
}

func TestNobodyGrantsThemselvesAccess(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(grantRules))
	w.asksForAccess("cora", w.says("cora", `/newroom "Elm"`)).sees("I have asked Olga Peters (")
	require.Empty(t, w.grantCards("cora"))
	card := w.waitForGrantCard("ops", "Cora Lind asks for access")
	w.changeRules(strings.Replace(grantRules, `, "user:cora"]`, `, "user:kim"]`, 1))
	w.decidesAccess("ops", card, "refuse").seesAmong("You have refused it")
	w.waitForChat("cora", "refused by Olga Peters")
	refused := w.says("cora", `/newroom "Oak"`).sees("[ Request access ]")
	w.changeRules(strings.Replace(grantRules, `"user:ops", "user:cora"`, `"user:cora"`, 1))
	w.waitForChat("cora", "user:cora: is an administrator now") // which might be the last that cora reads otherwise
	w.asksForAccess("cora", refused).sees("There is no administrator whom I could ask.")
	require.NotContains(t, w.says("cora", `/newroom "Oak"`).answer(), "Request access", "nobody could decide")
	w.says("bob", `/newroom "Oak"`).sees("[ Request access ]")
}

func TestWhoIsNoAdministratorAnyMoreDecidesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(grantRules))
	w.asksForAccess("bob", w.says("bob", `/newroom "Elm"`)).sees("I have asked ")
	card := w.waitForGrantCard("cora", "Bob Chen")
	w.changeRules(strings.Replace(grantRules, `, "user:cora"]`, `]`, 1))
	w.decidesAccess("cora", card, "day").seesAmong("You are not one of the administrators of the policy now.")
	w.says("bob", `/newroom "Elm"`).sees("Nobody has allowed you")
}

func TestASecondRequestForAccessAddsToTheCard(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(grantRules))
	for range 2 {
		w.asksForAccess("bob", w.says("bob", `/newroom "Elm"`))
	}
	w.waitForGrantCard("cora", "asked for 2 times")
	require.Len(t, w.grantCards("cora"), 1)
	w.asksForAccess("bob", w.says("bob", `/newroom "Wide" public`)).sees("(request for access 2)")
	w.waitForGrantCard("cora", "Wide")
	require.Len(t, w.grantCards("cora"), 2)
}

func TestAGrantThatHasEndedAdmitsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, settlesSoon, withRules(grantRules))
	w.isGranted("bob", `/newroom "Elm"`, "day")
	w.says("ops", "/pause newroom").sees("Paused")
	waiting := w.asks("bob", `/newroom "Elm"`)
	waiting.waitForAnswer("has paused me")
	w.stop()
	w.changeStore(`UPDATE permit SET until = decided`)
	w.start()
	w.says("ops", "/resume").sees("Resumed")
	waiting.endsWith("Nobody has allowed you /newroom here.")
	require.Empty(t, w.rooms("Elm"))
	w.waitUntilIdle()
	require.Equal(t, []string{"asked 1", "granted 1", "expired 1"}, w.grantRecord())
}

func TestWhoHasAGrantIsToldADayBeforeItEnds(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(grantRules))
	w.isGranted("bob", `/newroom "Elm"`, "month")
	w.stop()
	w.changeStore(`UPDATE permit SET until = until - 2550000000000, decided = decided - 2550000000000`)
	w.start()
	w.waitForChat("bob", "Your grant 1 ends on ")
}

func TestARequestIsSentAgainByAButton(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(grantRules))
	w.isGranted("bob", `/newroom "Elm" @alice`, "day")
	w.waitForChat("bob", "[ Send it again ]")
	chat, err := w.pod.OpenChat(t.Context(), "bob", "roombot")
	require.NoError(t, err)
	all := w.transcript("bob", chat)
	w.click("bob", all[len(all)-1], "roombot-offer", "offer-0", nil).sees("✓ Elm")
	w.theOnly("Elm", "bob", "alice")
}

func TestAnOperatorRevokesAGrantBesideTheBot(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(grantRules))
	w.isGranted("bob", `/newroom "Elm"`, "month")
	store, err := engine.Inspect(t.Context(), engine.FileAddress(w.store))
	require.NoError(t, err)
	permits, err := store.Permits(t.Context())
	require.NoError(t, err)
	require.Len(t, permits, 1)
	described, err := bot.DescribeGrant(permits[0])
	require.NoError(t, err)
	require.Contains(t, described.String(), "/newroom in their 1:1 chat")
	_, revoked, err := store.RevokePermit(engine.WithOperator(t.Context(), "root"), 1, bot.EntryOfRevocation("root"))
	require.NoError(t, err)
	require.True(t, revoked)
	require.NoError(t, store.Close())
	w.waitForChat("bob", "An administrator has revoked your grant 1. It was for /newroom in our 1:1 chat: ")
	for _, who := range []string{"ops", "cora"} {
		w.requireTold(who, "Grant 1 of Bob Chen (/newroom in their 1:1 chat: ")
		require.Contains(t, w.toldOf(who, "Grant 1 of"), "was revoked from the shell, by root.")
	}
	w.says("bob", `/newroom "Elm"`).sees("Nobody has allowed you /newroom here.")
	require.Equal(t, []string{"asked 1", "granted 1", "revoked 1"}, w.grantRecord()) // which starts it again
	for _, who := range []string{"ops", "cora"} {
		require.Equal(t, 1, w.countTold(who, "Grant 1 of Bob Chen"), who)
	}
}

func TestWhoHadAGrantIsToldAtTheNextStartThatItWasRevokedMeanwhile(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(grantRules))
	w.isGranted("bob", `/newroom "Elm"`, "month")
	w.stop()
	store, err := engine.Inspect(t.Context(), engine.FileAddress(w.store))
	require.NoError(t, err)
	_, revoked, err := store.RevokePermit(engine.WithOperator(t.Context(), "root"), 1, bot.EntryOfRevocation("root"))
	require.NoError(t, err)
	require.True(t, revoked)
	require.NoError(t, store.Close())
	w.start()
	w.waitForChat("bob", "An administrator has revoked your grant 1.")
	w.requireTold("ops", "was revoked from the shell, by root.")
}
