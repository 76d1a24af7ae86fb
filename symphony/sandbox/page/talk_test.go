package page_test

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

const (
	typed  = `document.getElementById("composer").value`
	spoken = `[...document.querySelectorAll('[data-testid="message"] .pml')].map((el) => el.innerText.trim()).join()`
)

// holdsBack keeps the page's calls whose address holds a word until it lets them go, each with what
// comes of it: go() sends them, go(true) loses them.
func (b *tab) holdsBack(word string) {
	b.t.Helper()
	value[bool](b, `(() => {
		const send = window.fetch, held = new Promise((go) => window.go = go);
		window.fetch = async (url, init) => {
			if (!String(url).includes(`+quoteCSS(word)+`)) return send(url, init);
			if (await held) throw new TypeError("lost");
			const answer = await send(url, init);
			setTimeout(() => window.arrived = true);
			return answer;
		};
		return true })()`)
}

func (b *tab) letsGo(lost bool) {
	b.t.Helper()
	value[bool](b, map[bool]string{true: `go(true), true`, false: `go(), true`}[lost])
}

func TestEnterSendsWhileAnotherMessageIsOnItsWay(t *testing.T) {
	t.Parallel()
	bob := openPage(t, "bob")
	bob.holdsBack("/say")
	bob.typeMessage("one" + kb.Enter + "two" + kb.Enter + "three")
	bob.waitUntilTrue(typed + ` === "three"`)
	bob.letsGo(false)
	bob.waitUntilTrue(spoken + ` === "one,two"`)
	bob.waitUntilTrue(typed + ` === "three"`)
}

func TestWhatIsRefusedComesBackBelowWhatWasTypedSince(t *testing.T) {
	t.Parallel()
	bob := openPage(t, "bob")
	bob.holdsBack("/say")
	bob.typeMessage("ask @ali")
	bob.sees("mention-option", "Alice Martin")
	bob.typeMessage(kb.Enter + kb.Enter + "and" + kb.Enter + "then")
	bob.waitUntilTrue(typed + ` === "then"`)
	bob.letsGo(true)
	bob.waitUntilTrue(typed + ` === "then\nask @Alice Martin \nand"`)
	bob.waitUntilTrue(`document.querySelector("#composer-mirror mark").textContent === "@Alice Martin"`)
	bob.waitUntilTrue(`document.getElementById("composer-error").innerText.startsWith("Not sent: ")`)
}

func TestWhatIsRefusedWaitsInItsOwnChat(t *testing.T) {
	t.Parallel()
	bob := openPage(t, "bob")
	bob.says("alice", "bob", "ping")
	bob.sees("chat-item", "Alice Martin")
	bob.holdsBack("/say")
	bob.typeMessage("to the bot" + kb.Enter)
	bob.click(`[data-testid="chat-item"][data-name="Alice Martin"]`)
	bob.sees("message", "ping")
	bob.letsGo(true)
	bob.waitUntilTrue(`document.getElementById("toast").innerText.startsWith("Not sent: ")`)
	require.Empty(t, value[string](bob, typed))
	bob.click(`[data-testid="chat-item"][data-name="Roombot"]`)
	bob.waitUntilTrue(typed + ` === "to the bot"`)
}

func TestAnEditLeavesWhatWasBeingWritten(t *testing.T) {
	t.Parallel()
	bob := openPage(t, "bob")
	bob.sends("one")
	bob.sees("message", "one")
	bob.typeMessage("half a th")
	bob.click(`[data-own="yes"] [aria-label="Edit"]`)
	bob.waitUntilTrue(typed + ` === "one"`)
	bob.typeMessage(kb.Escape)
	bob.waitUntilTrue(typed + ` === "half a th"`)
	bob.click(`[data-own="yes"] [aria-label="Edit"]`)
	bob.waitUntilTrue(typed + ` === "one"`)
	bob.typeMessage(" more" + kb.Enter)
	bob.sees("message", "one more")
	bob.waitUntilTrue(typed + ` === "half a th"`)
}

func TestALateAnswerForSomebodyElseIsNotShown(t *testing.T) {
	t.Parallel()
	bob := openPage(t, "bob")
	bob.says("alice", "kim", "secret")
	bob.holdsBack("chats?as=alice")
	value[bool](bob, `location.hash = "as=alice", true`)
	bob.waitUntilTrue(`document.querySelector(".identity-card").innerText.includes("Alice Martin")`)
	value[bool](bob, `location.hash = "as=carol", true`)
	bob.waitUntilTrue(`document.querySelector(".identity-card").innerText.includes("Carol O'Neil") && location.hash.includes("chat=")`)
	bob.letsGo(false)
	bob.waitUntilTrue(`window.arrived`)
	require.NotContains(t, value[string](bob, `document.getElementById("chats").innerText`), "Kim Novak")
}

func TestMessagesThatCameWhileTheTabWasHiddenAreSeenWhenItIsShown(t *testing.T) {
	t.Parallel()
	bob := openPage(t, "bob")
	turn := func(state string) {
		value[bool](bob, `(() => {
			Object.defineProperty(document, "visibilityState", {configurable: true, get: () => "`+state+`"});
			return document.dispatchEvent(new Event("visibilitychange")) })()`)
	}
	turn("hidden")
	bob.says("bob", "", "/fault")
	bob.waitUntilTrue(`document.title.startsWith("(1) Roombot")`)
	turn("visible")
	bob.waitUntilTrue(`document.title.startsWith("Roombot")`)
}

func TestANewMessageLeavesWhatScreenReadersHaveReadInPlace(t *testing.T) {
	t.Parallel()
	bob := openPage(t, "bob")
	bob.sends("one")
	bob.sees("message", "one")
	value[bool](bob, `document.querySelector(".day").read = document.querySelector(".waiting").read = true`)
	bob.sends("two")
	bob.sees("message", "two")
	bob.waitUntilTrue(`document.querySelector(".day").read && document.querySelector(".waiting").read`)
}

func TestOnANarrowScreenEverythingIsInReach(t *testing.T) {
	t.Parallel()
	bob := openPage(t, "bob")
	bob.do(chromedp.EmulateViewport(400, 800))
	bob.sees("chat-item", "Roombot")
	bob.click("#new-chat button")
	bob.click(`#modal .choice`)
	bob.clickOn("start-chat")
	bob.sees("chat-item", "Alice Martin")
	bob.waitUntilTrue(`document.activeElement.id === "composer"`)
	bob.waitUntilTrue(`document.documentElement.scrollWidth === 400`)
	bob.click("#panel-toggle")
	bob.do(chromedp.KeyEvent(kb.ArrowRight))
	bob.waitUntilTrue(`!document.getElementById("tab-decisions").hidden`)
	bob.do(chromedp.KeyEvent(kb.Escape))
	bob.waitUntilTrue(`document.getElementById("panel").hidden && document.activeElement.id === "panel-toggle"`)
}

func TestOnANarrowScreenOnlyTheListOfChatsScrolls(t *testing.T) {
	t.Parallel()
	bob := openPage(t, "bob")
	bob.do(chromedp.EmulateViewport(400, 400))
	for _, who := range []string{"alice", "carol", "cora", "kim", "ops"} {
		bob.says(who, "bob", "ping")
	}
	bob.waitUntilTrue(`document.querySelectorAll(".unread").length === 5`)
	require.Equal(t, 400, value[int](bob, `document.documentElement.scrollHeight`))
}
