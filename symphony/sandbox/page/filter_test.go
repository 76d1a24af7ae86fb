package page_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"roombot/symphony/sandbox"
	"roombot/symphony/sandbox/client"
)

// openCrowdedPage shows bob the page of a pod with some 400 people.
func openCrowdedPage(t *testing.T) *tab {
	t.Helper()
	bob := newTabOf(t, sandboxPageWith(t, sandbox.Config{Crowd: 400}, &record{}))
	bob.listen()
	bob.openAs("bob")
	return bob
}

const shownChats = `[...document.querySelectorAll('[data-testid="chat-item"]')].map((el) => el.dataset.name).join()`

func TestChatsAreFoundByTheirNames(t *testing.T) {
	t.Parallel()
	bob := openPage(t, "bob")
	require.True(t, value[bool](bob, `document.getElementById("chat-filter").hidden`), "few chats need no filter")
	for n := range 20 {
		_, err := bob.pod.CreateRoom(t.Context(), client.CreateRoomRequest{As: "bob", Name: fmt.Sprintf("Deal %02d", n)})
		require.NoError(t, err)
	}
	bob.waitUntilTrue(`document.querySelectorAll('[data-testid="chat-item"]').length === 21`)
	bob.types("#chat-filter", "L 07")
	bob.waitUntilTrue(shownChats + ` === "Deal 07"`)
	bob.types("#chat-filter", kb.Enter)
	bob.sees("room-name", "Deal 07")
	bob.types("#chat-filter", kb.End+kb.Backspace+kb.Backspace+kb.Backspace+kb.Backspace)
	bob.waitUntilTrue(`document.querySelectorAll('[data-testid="chat-item"]').length === 21`)
}

// typesWhole types a text, again where the focus went elsewhere meanwhile: a browser with much to
// do may still be at the click before.
func (b *tab) typesWhole(selector, text string) {
	b.t.Helper()
	typed := fmt.Sprintf(`document.querySelector(%q).value`, selector)
	for range 5 {
		b.types(selector, text)
		if value[string](b, typed) == text {
			return
		}
		value[bool](b, fmt.Sprintf(`(() => { document.querySelector(%q).value = ""; return true; })()`, selector))
	}
	require.Equal(b.t, text, value[string](b, typed))
}

func TestSomebodyIsFoundAmongHundreds(t *testing.T) {
	t.Parallel()
	bob := openCrowdedPage(t)
	bob.clickOn("person")
	bob.waitUntilTrue(`document.activeElement.type === "search" && document.querySelectorAll('[data-testid="person-choice"]').length === 50`)
	bob.waitUntilTrue(`document.querySelector("#modal .choices-rest").innerText.includes("more. Type to find somebody.")`)
	bob.types(`#modal input[type="search"]`, "o'n car")
	bob.waitUntilTrue(`document.querySelectorAll('[data-testid="person-choice"]').length === 1`)
	bob.types(`#modal input[type="search"]`, kb.Enter)
	bob.waitUntilTrue(`document.querySelector(".identity-card").innerText.includes("Carol O'Neil") && !document.getElementById("modal").open`)

	bob.click("#tab-pod-label")
	bob.typesWhole(`#tab-pod input[type="search"]`, "roombot")
	bob.waitUntilTrue(`[...document.querySelectorAll(".pod-person")].map((el) => el.querySelector(".mono").innerText.trim()).join() === "@roombot"`)
	require.True(t, value[bool](bob, `import("/js/store.js").then((m) => { m.tell("people"); return true; })`), "people are read again")
	require.Equal(t, "roombot", value[string](bob, `document.querySelector('#tab-pod input[type="search"]').value`))
}

func TestANewChatWithOnePersonIsFoundByTyping(t *testing.T) {
	t.Parallel()
	bob := openCrowdedPage(t)
	bob.click("#new-chat button")
	bob.types(`#modal input[type="search"]`, "alice m"+kb.Enter+kb.Enter)
	bob.waitUntilTrue(`document.querySelector('[data-testid="chat-item"][aria-current]').dataset.name === "Alice Martin" && document.activeElement.id === "composer"`)
}

func TestANewChatWithSeveralPeopleIsARoom(t *testing.T) {
	t.Parallel()
	bob := openPage(t, "bob")
	bob.click("#new-chat button")
	bob.click(`#modal input[value="alice"]`)
	bob.click(`#modal input[value="carol"]`)
	bob.click(`#modal input[value="kim"]`)
	bob.click(`#modal [aria-label="Remove Kim Novak"]`)
	bob.waitUntilTrue(`!document.querySelector('#modal input[value="kim"]').checked`)
	bob.clickOn("start-chat")
	bob.waitUntilTrue(`document.activeElement.id === "new-room-name"`)
	bob.types("#new-room-name", "Desk sync"+kb.Enter)
	bob.sees("room-name", "Desk sync")
	bob.sees("system-line", "You opened the room and added Alice Martin and Carol O'Neil.")
	bob.waitUntilTrue(`document.querySelectorAll('[data-testid="room-member"]').length === 3`)
}
