package bot_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"regexp"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/bot"
	"roombot/bot/audit"
	"roombot/commands"
	"roombot/rsa"
	"roombot/symphony"
)

const receiptRules = `{admins: ["user:ops"], allow: [
	{name: desk rooms, who: ["user:bob", "user:ops", "user:carol"], commands: [newroom]},
	{name: readers, who: ["*"], commands: [receipt]}]}`

var compactJWS = regexp.MustCompile(`[\w-]{20,}\.[\w-]{20,}\.[\w-]{20,}`)

// signedIn is the signed receipt of an answer, which verifies by the bot's public key.
func (w *world) signedIn(answer said) (signed string, r audit.Receipt) {
	w.t.Helper()
	signed = compactJWS.FindString(answer.answer())
	require.NotEmpty(w.t, signed, answer.answer())
	k, err := key()
	require.NoError(w.t, err)
	text, err := rsa.Verify(audit.ReceiptKind, signed, k.Public())
	require.NoError(w.t, err)
	r, err = audit.ReadReceipt(text)
	require.NoError(w.t, err)
	require.Empty(w.t, r.Verify())
	return signed, r
}

func TestAReceiptTellsHowARoomCameAbout(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(receiptRules))
	asked := w.says("bob", `/newroom "Q2 Earnings" @alice @ops @ravi owner:@carol`)
	asked.sees("is open")
	room := w.theRoom("Q2 Earnings").StreamID
	number := string(commands.NewRequestID(asked.Message.ID))
	k, err := key()
	require.NoError(t, err)

	answer := w.saysIn(room, "alice", "/receipt")
	answer.sees("Receipt of “Q2 Earnings”:", "Asked for by: @Bob", "request "+number, "/newroom; what was typed is erased, or left out here",
		", by rule “desk rooms”, policy version ", "Let in: @Bob Chen, @Alice Martin, ", "@Carol", "Made owners: @Bob", "Not let in: @Ravi", ": Symphony does not allow it",
		"of the audit record", "It is signed by my key "+k.Fingerprint(), "gets all of it by bot audit receipt --jws ")
	require.NotContains(t, answer.answer(), "(line ", "lines of the policy are the administrators' to know")
	require.NotEqual(t, room, answer.lastReply().StreamID, "others in the room do not read it")
	require.NotContains(t, answer.answer(), "@ravi", "what somebody has typed in a 1:1 chat is theirs and the administrators' to read")
	w.saysIn(room, "bob", "/receipt").sees(`/newroom "Q2 Earnings" @Alice Martin @`)
	signed, r := w.signedIn(answer)
	require.Equal(t, room, r.Room)
	require.NotContains(t, mustWrite(t, r), "user:bob", "nor is whom a rule is for")
	require.NotContains(t, mustWrite(t, r), "Earnings")

	answer = w.saysIn(room, "ops", "/receipt")
	answer.sees("by rule “desk rooms” (line 2)", `/newroom "Q2 Earnings"`)
	_, r = w.signedIn(answer)
	require.Contains(t, mustWrite(t, r), "user:bob")
	require.Contains(t, mustWrite(t, r), "Earnings")
	story, found := bot.TellRoom(r)
	require.True(t, found)
	require.Equal(t, "Bob Chen", story.Requester.Name)

	body, err := json.Marshal(map[string]string{"token": signed})
	require.NoError(t, err)
	for _, login := range []string{"/login/pubkey/authenticate", "/relay/pubkey/authenticate"} {
		refused, err := http.Post(w.url+login, "application/json", bytes.NewReader(body))
		require.NoError(t, err)
		require.NoError(t, refused.Body.Close())
		require.Equal(t, http.StatusUnauthorized, refused.StatusCode, "a receipt is no login token")
	}
}

func mustWrite(t *testing.T, r audit.Receipt) string {
	t.Helper()
	text, err := r.Write()
	require.NoError(t, err)
	return string(text)
}

func TestAReceiptTellsWhatTheBotHasChangedLater(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(receiptRules))
	opened := w.says("bob", `/newroom "Wrong" @alice`)
	opened.sees("is open")
	room := w.theRoom("Wrong").StreamID
	w.click("bob", opened.lastReply(), commands.FormOffer, commands.ButtonUndo, nil).sees("undone")
	told, found, err := w.bot.Receipt(t.Context(), symphony.StreamID(room))
	require.NoError(t, err)
	require.True(t, found)
	require.Equal(t, []string{"renamed", "closed"}, []string{told.Story.Events[0].What, told.Story.Events[1].What})
	require.Equal(t, w.personID("bob"), int64(told.Story.Events[0].By))
	require.NotEqual(t, told.Story.Request, told.Story.Events[0].Request, "the click is a request of its own")
	lines := told.Story.Lines(commands.StoryReader{Most: 1})
	require.Contains(t, lines, commands.StoryLine{Title: "Let in", Parts: []commands.StoryPart{
		{Person: &commands.Person{ID: symphony.UserID(w.personID("bob"))}}, {Text: " and 1 more"},
	}})
}

func TestAReceiptTellsWhoWasAskedForAnApprovalAndWhoGaveIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(`{admins: ["user:ops"], allow: [{name: rooms, who: ["user:bob", "user:alice", "user:ops"], commands: [newroom, receipt],
		approval: {by: ["user:cora", "user:kim"]}}]}`))
	asked := w.asks("bob", `/newroom "Elm" @alice @ops`)
	w.decides("cora", w.waitForCard("cora", 1), "approve", "for the quarter").seesAmong("You have approved it.")
	asked.endsWith("✓ Elm")
	room := w.theRoom("Elm").StreamID
	answer := w.saysIn(room, "alice", "/receipt").sees("Approval wanted from: @Cora Lind, @Kim Novak, ", "Approved by: @Cora Lind (", "by rule “rooms”")
	require.NotContains(t, answer.answer(), "for the quarter", "is for who has asked")
	require.NotContains(t, answer.answer(), "The card showed", "what was typed is for who has typed it, and for administrators")
	_, r := w.signedIn(answer)
	story, found := bot.TellRoom(r)
	require.True(t, found)
	require.Len(t, story.Approvals, 2)
	require.Equal(t, w.personID("cora"), int64(story.Approvals[1].By.ID))
	require.True(t, story.Approvals[1].At.Before(story.Decision.At))
	require.Empty(t, story.Events)
	require.NotContains(t, mustWrite(t, r), "user:bob", "whom the rule is for")

	answer = w.saysIn(room, "ops", "/receipt").sees("The card showed: Name: Elm; ")
	_, r = w.signedIn(answer)
	require.Contains(t, mustWrite(t, r), "user:bob")
	story, _ = bot.TellRoom(r)
	require.Equal(t, "Cora Lind", story.Approvals[1].By.Name)
}

func TestAReceiptTellsWhoHasGivenTheAccess(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(`{admins: ["user:cora"], allow: [{name: readers, who: [internal], commands: [receipt]}]}`))
	w.isGranted("bob", `/newroom "Elm" @alice`, "once")
	w.says("bob", `/newroom "Elm" @alice`).sees("✓ Elm")
	room := w.theRoom("Elm").StreamID
	told := w.saysIn(room, "alice", "/receipt").sees("Access given by: @Cora Lind ("+strconv.FormatInt(w.personID("cora"), 10)+"), grant 1, ", ", by grant 1, since no rule allows it, policy version ")
	_, r := w.signedIn(told)
	story, found := bot.TellRoom(r)
	require.True(t, found)
	require.Empty(t, story.Events, "that it was used is told by the line")
	require.False(t, story.Grant.At.After(story.Decision.At))
}

// accessRules let everybody open rooms that are not public, and read receipts.
const accessRules = `{admins: ["user:ops", "user:cora"], allow: [
	{name: rooms, who: [internal], commands: [newroom], when: {public: false}}, {name: readers, who: [internal], commands: [receipt]}]}`

func TestAReceiptTellsWhoHasGivenAccessForAWhileAlsoOnceTheGrantIsGone(t *testing.T) {
	t.Parallel()
	for _, choice := range []string{"day", "month"} {
		t.Run(choice, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, withRules(accessRules))
			w.isGranted("carol", `/newroom "TH" public @cora`, choice)
			answer := w.says("carol", `/newroom "TH" public @cora`).sees("✓ TH").answer()
			require.NotContains(t, answer, "used up", "it is not for once")
			w.says("cora", "/policy revoke 1").sees("Grant 1 is revoked")
			w.waitUntilIdle()
			w.stop()
			w.changeStore(`DELETE FROM permit`)
			w.start()
			room := w.theRoom("TH").StreamID
			given := "Access given by: @Cora Lind (" + strconv.FormatInt(w.personID("cora"), 10) + "), grant 1, "
			_, r := w.signedIn(w.saysIn(room, "carol", "/receipt").sees(given, ", by grant 1, since no rule allows it"))
			require.NotContains(t, mustWrite(t, r), "Cora Lind", "names are for administrators")
			story, _ := bot.TellRoom(r)
			require.Equal(t, w.personID("cora"), int64(story.Grant.By.ID))
			require.False(t, story.Grant.At.After(story.Decision.At))
			_, r = w.signedIn(w.saysIn(room, "cora", "/receipt").sees(given))
			story, _ = bot.TellRoom(r)
			require.Equal(t, "Cora Lind", story.Grant.By.Name)
		})
	}
}

func TestAReceiptWithoutItsFactsStillTellsWhoAndWhy(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(receiptRules))
	w.says("bob", `/newroom "Secret Plan" @ops`).sees("is open")
	room := w.theRoom("Secret Plan").StreamID
	w.forgetFacts()
	answer := w.saysIn(room, "ops", "/receipt")
	answer.sees("Asked for by: @Bob Chen", "Command: /newroom; what was typed is erased", "by rule “desk rooms” (line 2)", "forget from the shell, by ")
	_, r := w.signedIn(answer)
	require.NotContains(t, mustWrite(t, r), "Secret")
}

func TestAReceiptIsGivenOnlyOfRoomsThatTheBotHasOpened(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(receiptRules))
	w.says("bob", "/receipt").sees("A receipt is of a room: type /receipt in the room")
	w.saysIn(w.plants("Planted"), "kim", "/receipt").sees("I cannot tell how this room came about")
}

func TestTheReceiptIsACommandThatRulesAllow(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.says("bob", `/newroom "Desk" @alice`).sees("is open")
	w.saysIn(w.theRoom("Desk").StreamID, "alice", "/receipt").sees("Nobody has allowed you /receipt here.")
	w.says("bob", "/can").sees("✗ /receipt: ")
}

func TestPeopleOfOtherCompaniesGetNoReceipt(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(receiptRules))
	room, _ := w.openJointRoom("@alice")
	w.saysIn(room, "eve", "/receipt").sees("I give receipts only to people of my own company.")
}

func TestNoReceiptIsSignedOfAChangedRecord(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(receiptRules))
	w.says("bob", `/newroom "Desk" @alice`).sees("is open")
	room := w.theRoom("Desk").StreamID
	w.record() // all is linked
	w.breakStore(`UPDATE audit SET actor = 1 WHERE kind = 'member'`, ``)
	answer := w.saysIn(room, "alice", "/receipt").sees("Somebody has changed my audit record of this room")
	require.NotRegexp(t, compactJWS, answer.answer())
	require.Contains(t, w.log.String(), "audit record was changed, no receipt is signed")
}

// An entry of a kind that this version does not know is told by its name, wherever it stands.
func TestAReceiptTellsOfEntriesOfLaterVersions(t *testing.T) {
	t.Parallel()
	r := audit.Receipt{Room: "room"}
	for _, e := range []audit.Entry{
		audit.New(audit.Decision, "first", "decision/1", map[string]string{"outcome": "allow", "command": "newroom"}),
		audit.New("blessing", "first", "blessing", map[string]string{"outcome": "blessed"}),
		audit.New(audit.Room, "first", "room", map[string]string{"act": "opened"}),
	} {
		e.Actor = 7
		if e.Kind != audit.Decision {
			e.Room = "room"
		}
		e = e.Link(r.Head)
		r.Head, r.Entries = e.Head(), append(r.Entries, audit.ReceiptEntry{Entry: e})
	}
	require.Empty(t, r.Verify())
	story, found := bot.TellRoom(r)
	require.True(t, found)
	require.Equal(t, []string{"blessing"}, []string{story.Events[0].What})
	require.Equal(t, symphony.UserID(7), story.Events[0].By)
	r.Entries = r.Entries[1:]
	_, found = bot.TellRoom(r)
	require.False(t, found, "the record does not go back that far")
}
