package bot_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/commands"
	"roombot/symphony/sandbox/client"
)

// pressesOthers presses a button for somebody else, and returns what the presser is told in the 1:1
// chat. The chat of the button is told nothing.
func (w *world) pressesOthers(who string, m client.Message, form, action string, values map[string]any) client.Message {
	w.t.Helper()
	im := w.imOf(who)
	before := len(w.botMessages(who, client.Message{StreamID: im}))
	inRoom := len(w.botMessages(who, client.Message{StreamID: m.StreamID}))
	w.asksByClick(who, m, form, action, values)
	require.Eventually(w.t, func() bool { return len(w.botMessages(who, client.Message{StreamID: im})) == before+1 }, patience, tick)
	w.waitUntilIdle()
	require.Len(w.t, w.botMessages(who, client.Message{StreamID: m.StreamID}), inRoom, "only the presser is told")
	return w.botMessages(who, client.Message{StreamID: im})[before]
}

func TestAClickOfAnotherPersonIsRefusedInTheir1To1Chat(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	room := w.openSharedRoom("@alice")
	form := w.saysIn(room, "alice", "/newroom").sees("What should the room be called").lastReply()
	told := w.pressesOthers("bob", form, commands.FormNewRoom, "create", map[string]any{"name": "Bob's"})
	require.Contains(t, plain(told), "About the form that you sent in “Shared”:\n✗ This is for Alice Martin, whose message it answers.")
	preview := w.saysIn(room, "alice", `/newroom "Hers" preview`).sees("This would open Hers").lastReply()
	require.Contains(t, plain(w.pressesOthers("bob", preview, commands.FormOffer, "offer-0", nil)), "About the button that you pressed in “Shared”:\n✗ This is for Alice Martin")
	require.Empty(t, w.rooms("Bob's"))
	require.Empty(t, w.rooms("Hers"))
	own := w.click("bob", told, commands.FormOffer, "offer-0", nil).sees("What should the room be called").lastReply()
	w.click("bob", own, commands.FormNewRoom, "create", map[string]any{"name": "Bob's own"}).sees("✓ Bob's own")
	w.click("alice", form, commands.FormNewRoom, "create", map[string]any{"name": "Alice's"}).sees("✓ Alice's", "Owner: Alice Martin (you)")
	w.click("alice", preview, commands.FormOffer, "offer-0", nil).sees("✓ Hers", "Owner: Alice Martin (you)")
}

// A person of another company may not be told names of the directory, and the chat learns nothing.
func TestAClickOfAnotherCompanyIsToldNoName(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withJointRules)
	room, _ := w.openJointRoom("")
	form := w.saysIn(room, "bob", "/newroom").sees("What should the room be called").lastReply()
	told := w.pressesOthers("eve", form, commands.FormNewRoom, "create", map[string]any{"name": "Eve's"})
	require.Contains(t, plain(told), "✗ This is for the person whose message it answers.")
	require.NotContains(t, plain(told)+told.Markup+told.Data, "Bob")
	require.Empty(t, w.rooms("Eve's"))
}

func TestAClickOfAnotherPersonNamesNobodyWhereTheDirectoryIsSilent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	room := w.openSharedRoom("@alice")
	form := w.saysIn(room, "alice", "/newroom").sees("What should the room be called").lastReply()
	w.fail(client.Fault{Path: onUsers, Status: 403})
	told := w.pressesOthers("bob", form, commands.FormNewRoom, "create", map[string]any{"name": "Bob's"})
	require.Contains(t, plain(told), "✗ This is for the person whose message it answers.")
}
