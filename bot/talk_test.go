package bot_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/commands"
	"roombot/symphony/sandbox/client"
)

func TestSmallTalkGetsTwoLinesAndTheForm(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, text := range []string{"hi", "bonjour", "what can you do", "Alice Martin"} {
		talk := w.says("bob", text).sees("I open rooms", "[ Open the form ]")
		require.Equal(t, 3, strings.Count(strings.TrimSpace(talk.answer()), "\n")+1, "two lines and the button: %q", talk.answer())
		require.NotContains(t, talk.answer(), "Options")
	}
}

// Each form that is opened for its own sake makes a request of its own: the button in an old answer
// works again.
func TestTheFormOfSmallTalkOpensARoomEachTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	talk := w.says("bob", "hello").lastReply()
	for _, name := range []string{"First", "Second"} {
		form := w.click("bob", talk, commands.FormOffer, "offer-0", nil).sees("What should the room be called").lastReply()
		w.click("bob", form, commands.FormNewRoom, "create", map[string]any{"name": name}).sees("✓ " + name)
		w.click("bob", form, commands.FormNewRoom, "create", map[string]any{"name": name + " again"}).sees("I have already acted on this")
		require.Empty(t, w.rooms(name+" again"))
	}
	require.Len(t, w.rooms("First"), 1)
	require.Len(t, w.rooms("Second"), 1)
}

func TestThanksGetANod(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, text := range []string{"thanks!", "vielen Dank", "merci beaucoup", "¡gracias!", "ありがとうございます"} {
		require.Equal(t, "You're welcome.", strings.TrimSpace(w.says("bob", text).answer()), text)
	}
	hello := w.says("alice", "/help").sees("I open rooms")
	w.sends("thanks", func(m map[string]any) { // another bot's
		m["userAgent"], m["stream"] = "Agent-25.8.1-Linux", map[string]any{"streamId": hello.Message.StreamID, "streamType": "IM"}
	})
	w.waitUntilIdle()
	require.Len(t, w.botMessages("alice", client.Message{StreamID: hello.Message.StreamID}), 1)
}

const placeRules = `
deny:
  - name: contractors
    who: ["user:kim"]
    commands: [newroom]
    reason: Contractors cannot open rooms.
allow:
  - name: rooms
    who: ["*"]
    commands: [newroom]
  - name: lists
    who: ["*"]
    commands: [groups]
    where: [im]
`

func TestHelpShowsWhatThePersonMayUseHere(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.rules = placeRules })
	w.says("bob", "/help").sees("• /newroom", "• /groups", "/newroom alone opens a form", "[ Open the form ]")
	kim := w.says("kim", "/help").sees("• /groups", "• /help").answer()
	require.NotContains(t, kim, "/newroom")
	w.says("kim", "hello").sees("you may not use /newroom. Ask your Symphony administrators.")
	w.says("kim", "/help newroom").sees("You may not use /newroom. Ask your Symphony administrators.")

	room := w.openSharedRoom("@alice")
	im := w.imOf("alice")
	for text, words := range map[string]string{"/help": "• /groups – the groups (distribution lists) that I can add to a room (only in our 1:1 chat)", "/help groups": "only in our 1:1 chat."} {
		before := len(w.botMessages("alice", client.Message{StreamID: im}))
		asked := w.asksIn(room, "alice", text)
		require.Eventually(t, func() bool {
			return len(w.botMessages("alice", client.Message{StreamID: im})) == before+1
		}, patience, tick, text)
		require.Contains(t, plain(w.botMessages("alice", client.Message{StreamID: im})[before]), words)
		w.waitUntilIdle()
		require.Empty(t, w.shownAnswers("bob", asked.Message), "what one person may use is nothing for others")
	}
	w.saysIn(room, "alice", "/help newroom").sees("Options, in any order:")
}

func TestHelpShowsEverythingWhileThePolicyCannotBeAsked(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.rules = placeRules })
	w.fail(client.Fault{Path: onUsers, Status: 503})
	w.asks("kim", "/help").endsWith("• /newroom", "• /groups")
}
