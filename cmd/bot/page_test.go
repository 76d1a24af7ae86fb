package main

import (
	"context"
	"fmt"
	"regexp"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"roombot/symphony/sandbox/page/pagetest"
)

// The whole way of a newcomer: the program, its page in a real browser, a typed command, the link
// in the answer, everybody in the room.
func TestNewcomerTypesACommandAndFindsEverybodyInTheRoom(t *testing.T) {
	t.Parallel()
	sandbox := begin(t, "sandbox", "--listen", "127.0.0.1:0")
	address := regexp.MustCompile(`http://\S+`).FindString(sandbox.line("Page"))
	page := openTab(t, address+"/#as=bob")

	page.waitUntil(`document.documentElement.dataset.ready === "yes" && document.getElementById("connection").dataset.state === "live"`)
	page.typeKeys(`/newroom "Q2 Earnings" @ali`)
	page.waitUntil(`document.querySelector('[data-testid="mention-option"]')?.innerText.includes("Alice Martin")`)
	page.typeKeys(kb.Enter) // takes the mention
	page.typeKeys(`group:"Test Group"`)
	page.typeKeys(kb.Enter) // sends
	page.waitUntil(`[...document.querySelectorAll('[data-testid="message"][data-from="roombot"]')].some((m) => m.innerText.includes("Q2 Earnings is open"))`)

	page.perform(chromedp.Click(chromedp.CSS(`a[data-testid="open-room"]`), chromedp.NodeVisible))
	page.waitUntil(`document.querySelector('[data-testid="room-name"]')?.innerText.includes("Q2 Earnings")`)
	for _, name := range []string{"bob", "alice", "carol", "roombot"} {
		page.waitUntil(fmt.Sprintf(`document.querySelector('[data-testid="room-member"][data-username="%s"]') !== null`, name))
	}
	page.waitUntil(`document.querySelector('[data-testid="room-member"][data-username="bob"]').dataset.owner === "yes"`)
	require.Zero(t, sandbox.stop())
}

// tab is a page in the browser.
type tab struct {
	t   *testing.T
	ctx context.Context //nolint:containedctx // chromedp keeps the tab in it
}

func openTab(t *testing.T, address string) tab {
	t.Helper()
	p := tab{t: t, ctx: pagetest.Open(t)}
	p.perform(chromedp.Navigate(address))
	return p
}

func (p tab) perform(action chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	require.NoError(p.t, pagetest.Do(p.ctx, action))
}

func (p tab) typeKeys(keys string) {
	p.t.Helper()
	require.NoError(p.t, pagetest.Type(p.ctx, `[data-testid="composer"]`, keys))
}

// waitUntil waits until an expression is true on the page.
func (p tab) waitUntil(expression string) {
	p.t.Helper()
	require.NoError(p.t, pagetest.WaitUntilTrue(p.ctx, expression), expression)
}
