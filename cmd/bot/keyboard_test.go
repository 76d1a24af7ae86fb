package main

import (
	"regexp"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

// All that a newcomer does, without a mouse: the keys go to whatever has the focus.
func TestTheKeyboardAloneFillsTheFormOpensARoomPressesAButtonAndUndoes(t *testing.T) {
	t.Parallel()
	sandbox := begin(t, "sandbox", "--listen", "127.0.0.1:0")
	address := regexp.MustCompile(`http://\S+`).FindString(sandbox.line("Page"))
	page := openTab(t, address+"/#as=bob")
	page.waitUntil(`document.documentElement.dataset.ready === "yes" && document.activeElement.id === "composer"`)
	page.waitUntil(`document.getElementById("connection").dataset.state === "live"`)

	page.pressKeys(`/newroom ` + kb.Enter)
	page.waitUntil(`document.activeElement.name === "name"`)
	page.pressKeys("By keyboard")
	page.tabTo(`.getAttribute("role") === "combobox"`, 0)
	page.pressKeys("ali")
	page.waitUntil(`document.querySelector('[data-testid="person-option"]')?.innerText.includes("Alice Martin")`)
	page.pressKeys(kb.Enter) // takes her
	page.pressKeys(kb.Enter) // sends the form
	page.seesReply("By keyboard is open")

	page.pressButton("Open room")
	page.waitUntil(`document.querySelector('[data-testid="room-name"]')?.innerText.includes("By keyboard")`)
	page.waitUntil(`document.querySelector('[data-testid="room-member"][data-username="alice"]') !== null`)
	page.tabTo(`.dataset.name === "Roombot"`, chromedp.ModifierShift)
	page.pressKeys(kb.Enter)
	page.waitUntil(`!document.querySelector('[data-testid="room-name"]')`)

	page.tabTo(`.id === "composer"`, 0)
	page.pressKeys(`/newroom "Deal X group:"Test Group"` + kb.Enter)
	page.seesReply("never closed")
	page.pressButton("Create it")
	page.seesReply("Deal X is open")
	page.pressButton("Undo")
	page.seesReply("Undone: Deal X")
	require.Zero(t, sandbox.stop())
}

func (p tab) seesReply(text string) {
	p.t.Helper()
	p.waitUntil(`[...document.querySelectorAll('[data-testid="message"][data-from="roombot"]')].some((m) => m.innerText.includes("` + text + `"))`)
}

func (p tab) pressKeys(keys string) {
	p.t.Helper()
	p.perform(chromedp.KeyEvent(keys))
}

// pressButton goes back from the composer to the newest button with a label, and presses it.
func (p tab) pressButton(label string) {
	p.t.Helper()
	p.waitUntil(`document.activeElement.id === "composer"`)
	p.tabTo(`.innerText.trim() === "`+label+`"`, chromedp.ModifierShift)
	p.pressKeys(kb.Enter)
}

// tabTo presses Tab, with Shift or 0, until the element with the focus is as wanted.
func (p tab) tabTo(wanted string, shift chromedp.Modifier) {
	p.t.Helper()
	for range 100 {
		p.perform(chromedp.KeyEvent(kb.Tab, chromedp.KeyModifiers(shift)))
		found, err := chromedp.Run(p.ctx, chromedp.Evaluate[bool](`document.activeElement`+wanted))
		require.NoError(p.t, err)
		if found {
			return
		}
	}
	require.Fail(p.t, "Tab does not reach it", wanted)
}
