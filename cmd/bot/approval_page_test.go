package main

import (
	"regexp"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

// Two people without a mouse: one asks for a room and reads its receipt, the other approves it.
func TestTheKeyboardAloneAsksApprovesAndReadsTheReceipt(t *testing.T) {
	t.Parallel()
	sandbox := begin(t, "sandbox", "--listen", "127.0.0.1:0")
	address := regexp.MustCompile(`http://\S+`).FindString(sandbox.line("Page"))
	bob, cora := openTab(t, address+"/#as=bob"), openTab(t, address+"/#as=cora")
	for _, page := range []tab{bob, cora} {
		page.waitUntil(`document.documentElement.dataset.ready === "yes" && document.getElementById("connection").dataset.state === "live"`)
	}

	bob.focusComposer()
	bob.pressKeys(`/newroom "By two" external @ali`)
	bob.waitUntil(`document.querySelector('[data-testid="mention-option"]')?.innerText.includes("Alice Martin")`)
	bob.pressKeys(kb.Enter) // takes her
	bob.pressKeys(kb.Enter) // sends
	bob.seesReply("needs an approval. I have asked Cora Lind")

	cora.seesReply("Bob Chen asks for your approval to open this room:")
	cora.focusComposer()
	cora.tabTo(`.name === "reason"`, chromedp.ModifierShift)
	cora.pressKeys("for the quarter")
	cora.tabTo(`.innerText.trim() === "Approve"`, 0)
	cora.pressKeys(kb.Enter)
	cora.seesReply("You have approved it")
	cora.seesReply("approved by Cora Lind on")
	cora.waitUntil(`![...document.querySelectorAll("button")].some((b) => b.innerText.trim() === "Approve")`)

	bob.seesReply("Approved by Cora Lind on")
	bob.focusComposer()
	bob.pressButton("Open room")
	bob.waitUntil(`document.querySelector('[data-testid="room-name"]')?.innerText.includes("By two")`)
	bob.tabTo(`.id === "composer"`, 0)
	bob.pressKeys("/receipt" + kb.Enter)
	bob.seesReply("I have sent the details to you in our 1:1 chat.")
	bob.tabTo(`.dataset.name === "Roombot"`, chromedp.ModifierShift)
	bob.pressKeys(kb.Enter)
	for _, line := range []string{"Receipt of “By two”", "Asked for by: @Bob Chen", "Approval wanted from: @Cora Lind", "Approved by: @Cora Lind", "Let in: @Bob Chen, @Alice Martin"} {
		bob.seesReply(line)
	}
	require.Zero(t, sandbox.stop())
}

// focusComposer goes to the composer, unless the page has put the focus there.
func (p tab) focusComposer() {
	p.t.Helper()
	found, err := chromedp.Run(p.ctx, chromedp.Evaluate[bool](`document.activeElement.id === "composer"`))
	require.NoError(p.t, err)
	if !found {
		p.tabTo(`.id === "composer"`, 0)
	}
}
