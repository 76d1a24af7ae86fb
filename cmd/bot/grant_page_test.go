package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

// Two people without a mouse, under the rule that the sandbox's policy proposes: one asks for what
// no rule allows, an administrator allows it once, and refuses it another time.
func TestTheKeyboardAloneAsksForAccessAndGivesIt(t *testing.T) {
	t.Parallel()
	for _, width := range []int64{400, 1280} {
		t.Run(fmt.Sprintf("%d px", width), func(t *testing.T) {
			t.Parallel()
			bob, ops := openTabsOfGrants(t, width)
			bob.asksForPublicRoom("Town hall", "1")
			ops.seesReply("Bob Chen asks for access.")
			ops.seesReply("You would allow no more than: /newroom in their 1:1 chat: internal rooms, also public rooms; at most 1 person")
			ops.decidesByKey("Allow once")
			ops.seesReply("You have allowed it once, within 30 days, and I tell Bob Chen.")
			ops.typesIntoComposer("/policy grants")
			ops.seesReply("– once, until ")

			bob.seesReply("allowed once by Olga Peters on ")
			bob.pressButton("Send it again")
			bob.seesReply("Town hall is open")
			ops.typesIntoComposer("/policy grants")
			ops.seesReply("– used up, allowed once by Olga Peters")

			bob.asksForPublicRoom("Second hall", "2")
			ops.seesReply("Second hall")
			ops.decidesByKey("Refuse")
			ops.seesReply("You have refused it, and I tell Bob Chen.")
			bob.seesReply("refused by Olga Peters on ")
			bob.readsReceipt("Town hall", "Access given by: @Olga Peters", "by grant 1, since no rule allows it")
		})
	}
}

// asksForPublicRoom types a command that no rule allows, and asks for access.
func (p tab) asksForPublicRoom(name, number string) {
	p.t.Helper()
	p.typesIntoComposer(`/newroom "` + name + `" public`)
	p.waitUntil(`[...document.querySelectorAll('[data-testid="message"]')].at(-1).innerText.includes("You may open only rooms that are not public.")`)
	p.pressButton("Request access")
	p.seesReply("I have asked Olga Peters (request for access " + number + ").")
}

// decidesByKey presses a button of the newest card, which fits into the page.
func (p tab) decidesByKey(label string) {
	p.t.Helper()
	p.focusComposer()
	p.tabTo(`.innerText.trim() === "`+label+`"`, chromedp.ModifierShift)
	p.waitUntil(`document.activeElement.getBoundingClientRect().right <= innerWidth && document.activeElement.getBoundingClientRect().left >= 0`)
	p.pressKeys(kb.Enter)
}

// readsReceipt goes into a room by the list of chats, asks for its receipt and reads that in the
// 1:1 chat.
func (p tab) readsReceipt(room string, lines ...string) {
	p.t.Helper()
	p.focusComposer()
	p.tabTo(`.dataset.name === "`+room+`"`, chromedp.ModifierShift)
	p.pressKeys(kb.Enter)
	p.waitUntil(`document.querySelector('[data-testid="room-name"]')?.innerText.includes("` + room + `")`)
	p.typesIntoComposer("/receipt")
	p.waitUntil(`[...document.querySelectorAll('[data-testid="message"]')].some((m) => m.innerText.includes("/receipt"))`)
	p.tabTo(`.dataset.name === "Roombot"`, chromedp.ModifierShift)
	p.pressKeys(kb.Enter)
	for _, line := range lines {
		p.seesReply(line)
	}
}

// openTabsOfGrants shows Bob and the administrator the page of a sandbox in which nobody may open
// public rooms.
func openTabsOfGrants(t *testing.T, width int64) (bob, ops tab) {
	t.Helper()
	dir := t.TempDir()
	sandbox := begin(t, "sandbox", "--listen", "127.0.0.1:0", "--dir", dir)
	address := regexp.MustCompile(`http://\S+`).FindString(sandbox.line("Page"))
	bob, ops = openTab(t, address+"/#as=bob"), openTab(t, address+"/#as=ops")
	for _, page := range []tab{bob, ops} {
		page.perform(chromedp.EmulateViewport(width, 800))
		page.waitUntil(`document.documentElement.dataset.ready === "yes" && document.getElementById("connection").dataset.state === "live"`)
	}
	rules := filepath.Join(dir, "policy.yaml")
	text, err := os.ReadFile(rules)
	require.NoError(t, err)
	narrowed := bytes.Replace(text, []byte("# when: {public: false}"), []byte("when: {public: false}"), 1)
	require.NotEqual(t, text, narrowed)
	require.NoError(t, os.WriteFile(rules, narrowed, 0o600))
	ops.seesReply("The policy is version")
	t.Cleanup(func() { require.Zero(t, sandbox.stop()) })
	return bob, ops
}

func (p tab) typesIntoComposer(text string) {
	p.t.Helper()
	p.focusComposer()
	p.pressKeys(text + kb.Enter)
}
