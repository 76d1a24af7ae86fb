package bot_test

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/symphony/sandbox/client"
)

// openSharedRoom is a room with the bot and these people in it.
func (w *world) openSharedRoom(people string) string {
	w.t.Helper()
	w.says("bob", `/newroom "Shared" `+people).sees("✓ Shared")
	return w.theRoom("Shared").StreamID
}

func TestMessagesThatAreNotForTheBotAreIgnored(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	room := w.openSharedRoom("@alice")
	first := w.asksIn(room, "alice", "good morning all")
	for _, text := range []string{
		"thanks @bob", "see /tmp/newroom for the files", "5/newroom", "and/or", "http://x.test/newroom", "…", "/ newroom", "(⌐■_■)", strings.Repeat("x ", 5000),
	} {
		w.asksIn(room, "alice", text)
	}
	w.asksIn(room, "alice", `/newroom "Asked"`)
	first.endsWith("✓ Asked")
}

func TestTheBotDoesNotAnswerItself(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.asksIn("bob", "roombot", `/newroom "Mirror"`)
	w.says("bob", "/help").sees("I open rooms")
	require.Empty(t, w.rooms("Mirror"))
}

func TestADenialInARoomIsSentToTheOneToOneChat(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	room := w.openSharedRoom("@kim")
	denied := w.saysIn(room, "kim", `/newroom "Sneaky"`)
	denied.sees("About your message in “Shared”:", "Contractors cannot open rooms.")
	require.NotEqual(t, room, denied.lastReply().StreamID)
	require.Empty(t, w.shownAnswers("kim", denied.Message), "the room")
	require.Empty(t, w.rooms("Sneaky"))
}

func TestADeniedUserIsNotShownTheForm(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, line := range []string{"/newroom", "/newroom @alice"} {
		w.says("kim", line).sees("Contractors cannot open rooms.")
	}
	typo := w.says("bob", `/newroom "Open`).sees("[ Edit in form ]")
	w.changeRules(strings.Replace(openRules, "user:kim", "user:bob", 1))
	w.click("bob", typo.lastReply(), "roombot-offer", "offer-1", nil).sees("Contractors cannot open rooms.")
}

func TestADenialAfterAFirstAnswerInTheRoomStaysPrivate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	room := w.openSharedRoom("@kim")
	w.fail(client.Fault{Path: onStream, Status: 503, Count: 2})
	before := w.asksIn(room, "kim", "so")
	w.sends(`/newroom "Sneaky"`, func(m map[string]any) { // without the room's name, so that it is looked up
		m["stream"] = map[string]any{"streamId": room, "streamType": "ROOM"}
		m["user"] = map[string]any{"userId": idKim, "displayName": "Kim Novak", "username": "kim"}
	})
	before.endsWith("I have answered in our 1:1 chat.")
	w.says("kim", "/help").sees("I open rooms")
	require.Contains(t, w.shownAnswers("kim", client.Message{StreamID: w.says("kim", "/groups").Message.StreamID})[0], "Contractors cannot open rooms.")
}

func TestAnErrorInACrowdedRoomIsSentToTheOneToOneChat(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.crowd = 10 })
	people, _ := w.colleagues(10)
	crowded := w.openSharedRoom(people)
	private := w.saysIn(crowded, "bob", `/newroom "Open @alice`).sees("About your message in", "never closed", "[ Create it ]")
	require.NotEqual(t, crowded, private.lastReply().StreamID)
	w.click("bob", private.lastReply(), "roombot-offer", "offer-0", nil).sees("✓ Open")

	before := w.says("bob", "/help").lastReply()
	w.sends(`/newroom "Nameless`, func(m map[string]any) {
		m["stream"] = map[string]any{"streamId": crowded, "streamType": "ROOM"}
		m["user"] = map[string]any{"userId": idBob, "displayName": "Bob Chen", "username": "bob"}
	})
	require.Eventually(t, func() bool { return len(w.shownAnswers("bob", before)) == 1 }, patience, tick)
	require.Contains(t, w.shownAnswers("bob", before)[0], "About your message in “Shared”:")
}

func TestAnAnswerThatTheRoomRefusesIsSentToTheOneToOneChat(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	room := w.openSharedRoom("@alice")
	w.fail(client.Fault{Path: "*/stream/" + room + "/message/create", Status: 403})
	for command, words := range map[string]string{
		`/newroom "Closed" @carol @ravi`: "Ravi Shah: Symphony does not allow it",
		`/newroom "Open`:                 "never closed",
		`/newroom "Plain"`:               "✓ Plain",
		"/groups":                        "Test Group (3 people)",
	} {
		answer := w.saysIn(room, "alice", command).sees("About your message in “Shared”:", words)
		require.Len(t, answer.Replies, 1)
	}
}

func TestAnErrorInASmallRoomIsSentToTheRoom(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	room := w.openSharedRoom("@alice")
	here := w.saysIn(room, "alice", `/newroom "Open @bob`).sees("never closed")
	require.Equal(t, room, here.lastReply().StreamID)
}

func TestAnExternalRequesterOpensExternalRoomsOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.says("eve", `/newroom "Outside" @alice`).sees("You are from another company", "Nothing was created.", "external:yes")
	refused := w.says("eve", `/newroom "Outside" public @alice`).sees("cannot be public")
	require.NotContains(t, refused.answer(), "[ Create it ]")
	w.says("eve", `/newroom "Outside" external @alice`).sees("✓ Outside", "Eve Adams (you)", "open to other companies")
	w.theOnly("Outside", "eve", "alice")
}

func TestTheRequesterAndTheBotNeedNotBeNamed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.says("bob", `/newroom "Self" @bob @roombot bob@acme.test roombot@acme.test owner:@bob alice@acme.test owner:@alice`).
		sees("✓ Self", "Owners: Bob Chen (you), Alice Martin")
	w.theOnly("Self", "bob", "alice")
}

func TestAnOwnerIsFoundByWhateverNamesThem(t *testing.T) {
	t.Parallel()
	for i, owner := range []string{"owner:@alice", "owner:ALICE@acme.test", "@alice owner:alice@acme.test", "alice@acme.test owner:@alice"} {
		t.Run(owner, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			name := fmt.Sprint("Owned ", i)
			w.says("bob", fmt.Sprintf("/newroom %q %s", name, owner)).sees("✓ "+name, "Owners: Bob Chen (you), Alice Martin")
			_, owners := members(w.theRoom(name))
			require.ElementsMatch(t, []string{"roombot", "bob", "alice"}, owners)
		})
	}
}

func TestTextThatLooksLikeMarkupIsOnlyText(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, name := range []string{
		"<b>Bold</b> & <form id=\"x\">", "${entity['roombot']}", "<#list 1..9 as x>x</#list>", "[#if true]", "#{1+1} <@x/>", `back\slash "quoted"`, "]]> <!-- -->",
	} {
		text := fmt.Sprintf("/newroom \"%s\"", strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name))
		w.says("bob", text).sees("✓ "+name, "is open")
		require.Len(t, w.rooms(name), 1)
		w.says("bob", fmt.Sprintf("/newroom Again group:\"%s\"", strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name))).sees("There is no group", name)
	}
}

func TestHugeInputIsAnsweredShortly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, text := range []string{
		"/newroom " + strings.Repeat("x", 29_900), `/newroom "x" group:"` + strings.Repeat("ab ", 9_900) + `"`, "/groups " + strings.Repeat("y", 29_900),
		"/newroom Desk " + strings.Repeat("a@b.test ", 3000), `/newroom "Desk" desc:"` + strings.Repeat("long ", 5900) + `"`,
	} {
		answer := w.says("bob", text).answer()
		require.Less(t, len(answer), 3000, "%.60s…", text)
	}
}

// sends is a message as the feed brings it, of a client that no composer is.
func (w *world) sends(text string, change func(m map[string]any)) {
	w.t.Helper()
	sum := sha256.Sum256([]byte(text))
	m := map[string]any{
		"messageId": base64.RawURLEncoding.EncodeToString(sum[:]), "timestamp": time.Now().UnixMilli(), "userAgent": "DESKTOP-1",
		"message": `<div data-format="PresentationML" data-version="2.0">` + text + `</div>`,
		"user":    map[string]any{"userId": idAlice, "displayName": "Alice Martin", "username": "alice"},
	}
	change(m)
	w.inject(map[string]any{
		"id": "x1", "messageId": m["messageId"], "timestamp": m["timestamp"], "type": "MESSAGESENT",
		"initiator": map[string]any{"user": m["user"]},
		"payload":   map[string]any{"messageSent": map[string]any{"message": m}},
	})
}

func TestProgramsAreAnsweredOnlyOnCompleteCommands(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	hello := w.says("alice", "/help").sees("I open rooms")
	program := func(m map[string]any) {
		m["userAgent"], m["stream"] = "Agent-25.8.1-Linux", map[string]any{"streamId": hello.Message.StreamID, "streamType": "IM"}
	}
	for _, text := range []string{"I did not understand that.", "✗ Unknown command", "hello", "/hlep", "/newroom", "/help"} {
		w.sends(text, program)
	}
	w.sends(`/newroom "By a program"`, program)
	var shown []string
	require.Eventually(t, func() bool { shown = w.shownAnswers("alice", hello.Message); return len(shown) > 1 }, patience, tick)
	require.Len(t, shown, 2)
	require.Contains(t, shown[1], "✓ By a program")
}

func TestAnEventThatCannotBeStoredDoesNotStopTheOthers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.inject(map[string]any{
		"id": "x", "type": "SYMPHONYELEMENTSACTION", "initiator": map[string]any{"user": map[string]any{"userId": idAlice}},
		"payload": map[string]any{"symphonyElementsAction": map[string]any{"formId": "roombot-offer", "formMessageId": "m"}},
	})
	w.sends("/help", func(m map[string]any) { m["stream"] = map[string]any{"streamType": "IM"} })
	w.inject(map[string]any{"type": "SOMETHINGNEW", "payload": map[string]any{"x": 1}})
	w.says("bob", "/help").sees("I open rooms")
}
