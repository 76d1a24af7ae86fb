package page_test

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"roombot/symphony/sandbox/client"
)

func TestACommandTypedWithAMentionLeadsIntoTheRoom(t *testing.T) {
	t.Parallel()
	bob := openPage(t, "bob")

	bob.typeMessage(`/newroom "Q2 👋 Earnings" @ali`)
	bob.sees("mention-option", "Alice Martin")
	bob.typeMessage(kb.Enter)
	bob.waitUntilTrue(`document.querySelector("#composer-mirror mark").textContent === "@Alice Martin"`)
	bob.sends(`group:"Test Group"`)

	bob.sees("message", "Created Q2 👋 Earnings")
	bob.click(`[data-testid="open-room"].button`)
	bob.sees("room-name", "Q2 👋 Earnings")
	bob.sees("room-badges", "Private")
	bob.waitUntilTrue(`document.querySelectorAll('[data-testid="room-member"]').length === 4`)
	bob.waitUntilTrue(`document.querySelector('[data-testid="room-member"][data-username="bob"]').dataset.owner === "yes"`)
	bob.sees("room-members", "Carol O'Neil\nthrough Test Group")

	sent, err := bob.pod.Messages(t.Context(), client.MessageFilter{From: "bob"})
	require.NoError(t, err)
	require.NotEmpty(t, sent)
	require.Contains(t, sent[0].Markup, `<span class="entity" data-entity-id="0">@Alice Martin</span>`, "offsets are code points, not UTF-16")
	require.Contains(t, sent[0].Data, "com.symphony.user.mention")
}

func TestTheLinkInAnAnswerOpensTheRoomInsideThePage(t *testing.T) {
	t.Parallel()
	bob := openPage(t, "bob")
	bob.sends(`/newroom "By link"`)
	bob.sees("message", "Created By link")
	bob.click(`a[data-testid="open-room"]`)
	bob.sees("room-name", "By link")
	bob.waitUntilTrue(`location.hash.includes("chat=") && document.querySelector('[data-testid="chat-item"][aria-current]').dataset.name === "By link"`)
}

func TestCommandsAreCompletedFromTheManifest(t *testing.T) {
	t.Parallel()
	bob := openPage(t, "bob")
	bob.typeMessage(`/`)
	bob.waitUntilTrue(`document.querySelectorAll('[data-testid="command-option"]').length === 3`)
	bob.typeMessage(kb.ArrowDown + kb.Tab)
	bob.waitUntilTrue(`document.getElementById("composer").value === "/form "`)
	bob.typeMessage(kb.Escape)
	bob.waitUntilTrue(`document.getElementById("composer-hint").innerText.includes("/form")`)
}

func TestKeysInTheComposer(t *testing.T) {
	t.Parallel()
	b := openPage(t, "bob")
	text := `document.getElementById("composer").value`

	b.typeMessage("@car")
	b.sees("mention-option", "Carol O'Neil")
	b.typeMessage(kb.Escape)
	b.waitUntilTrue(`document.getElementById("completion").hidden`)
	b.typeMessage("o" + kb.Tab)
	b.waitUntilTrue(text + ` === "@Carol O'Neil "`)
	b.typeMessage(kb.Backspace + kb.Backspace)
	b.waitUntilTrue(text + ` === ""`)

	b.typeMessage("one")
	b.do(chromedp.KeyEvent(kb.Enter, chromedp.KeyModifiers(chromedp.ModifierShift)))
	b.sends("two")
	b.sees("message", "one\ntwo")
}

func TestArrowUpEditsTheLastMessage(t *testing.T) {
	t.Parallel()
	bob := openPage(t, "bob")
	bob.typeMessage("hello @ali")
	bob.sees("mention-option", "Alice")
	bob.typeMessage(kb.Enter + kb.Enter)
	bob.sees("message", "hello @Alice Martin")
	bob.typeMessage(kb.ArrowUp)
	bob.waitUntilTrue(`!document.getElementById("editing").hidden && document.querySelector("#composer-mirror mark").textContent === "@Alice Martin"`)
	bob.sends("again")
	bob.sees("message", "hello @Alice Martin again")
	bob.sees("message", "edited")
	bob.waitUntilTrue(`document.querySelectorAll('[data-testid="message"]').length === 1`)
}

func TestAPublicRoomIsJoinedAndAPrivateOneSaysSo(t *testing.T) {
	t.Parallel()
	bob := openPage(t, "bob")
	bob.sends(`/newroom "Open house" public`)
	bob.sees("message", "Created Open house")
	open := bob.roomID("Open house")
	bob.sends(`/newroom "Closed door"`)
	bob.sees("message", "Created Closed door")
	shut := bob.roomID("Closed door")

	bob.openAs("kim")
	value[bool](bob, `location.hash = "as=kim&chat=`+shut+`", true`)
	bob.sees("room-gate", "This room is private")
	require.NotContains(t, value[string](bob, `document.querySelector("main").innerText`), "Closed door")
	value[bool](bob, `location.hash = "as=kim&chat=`+open+`", true`)
	bob.sees("room-gate", "Open house")
	bob.clickOn("join-room")
	bob.sees("room-members", "Kim Novak")
}

func TestOthersSeeWhatIsSaidWhileTheyWatch(t *testing.T) {
	t.Parallel()
	bob := openPage(t, "bob")
	bob.says("alice", "bob", "ping")
	bob.waitUntilTrue(`[...document.querySelectorAll('[data-testid="chat-item"]')].some((el) => el.dataset.name === "Alice Martin" && el.querySelector(".unread").innerText === "1")`)
	bob.click(`[data-testid="chat-item"][data-name="Alice Martin"]`)
	bob.sees("message", "ping")
	bob.waitUntilTrue(`!document.querySelector(".unread")`)
}

func (b *tab) roomID(name string) string {
	b.t.Helper()
	room, err := b.pod.RoomNamed(b.t.Context(), name)
	require.NoError(b.t, err)
	return room.StreamID
}
