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

// The main job as a newcomer does it: the program, its page in a real browser,
// a typed command, the link in the answer, everybody in the room.
func TestANewcomerTypesTheCommandAndFindsEverybodyInTheRoom(t *testing.T) {
	t.Parallel()
	sandbox := begin(t, "sandbox", "--listen", "127.0.0.1:0")
	address := regexp.MustCompile(`http://\S+`).FindString(sandbox.line("Page"))
	page := openTab(t, address+"/#as=bob")

	page.holds(`document.documentElement.dataset.ready === "yes" && document.getElementById("connection").dataset.state === "live"`)
	page.types(`/newroom "Q2 Earnings" @ali`)
	page.holds(`document.querySelector('[data-testid="mention-option"]')?.innerText.includes("Alice Martin")`)
	page.types(kb.Enter) // takes the mention
	page.types(`group:"Test Group"`)
	page.types(kb.Enter) // sends
	page.holds(`[...document.querySelectorAll('[data-testid="message"][data-from="roombot"]')].some((m) => m.innerText.includes("Q2 Earnings is open"))`)

	page.do(chromedp.Click(chromedp.CSS(`a[data-testid="open-room"]`), chromedp.NodeVisible))
	page.holds(`document.querySelector('[data-testid="room-name"]')?.innerText.includes("Q2 Earnings")`)
	for _, name := range []string{"bob", "alice", "carol", "roombot"} {
		page.holds(fmt.Sprintf(`document.querySelector('[data-testid="room-member"][data-username="%s"]') !== null`, name))
	}
	page.holds(`document.querySelector('[data-testid="room-member"][data-username="bob"]').dataset.owner === "yes"`)
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
	p.do(chromedp.Navigate(address))
	return p
}

func (p tab) do(action chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	require.NoError(p.t, pagetest.Do(p.ctx, action))
}

func (p tab) types(keys string) {
	p.t.Helper()
	p.do(chromedp.SendKeys(chromedp.CSS(`[data-testid="composer"]`), keys, chromedp.NodeVisible))
}

// holds waits until an expression is true on the page.
func (p tab) holds(expression string) {
	p.t.Helper()
	require.NoError(p.t, pagetest.Holds(p.ctx, expression), expression)
}
