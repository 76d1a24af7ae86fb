package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

// The main job as a newcomer does it: the program, its page in a real browser,
// a typed command, the link in the answer, everybody in the room.
func TestANewcomerTypesTheCommandAndFindsEverybodyInTheRoom(t *testing.T) {
	t.Parallel()
	chromium := browser(t)
	sandbox := begin(t, "sandbox", "--listen", "127.0.0.1:0")
	address := regexp.MustCompile(`http://\S+`).FindString(sandbox.line("Page"))
	page := openTab(t, chromium, address+"/#as=bob")

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

func browser(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("no chromium or google-chrome in PATH: the page's tests need one")
	}
	t.Skip("no chromium or google-chrome in PATH")
	return ""
}

// tab is a page in the browser.
type tab struct {
	t   *testing.T
	ctx context.Context
}

func openTab(t *testing.T, chromium, address string) tab {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(chromium), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("headless", "new"), chromedp.Flag("disable-component-update", true))
	allocator, end := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(end)
	ctx, closeTab := chromedp.NewContext(allocator)
	t.Cleanup(closeTab)
	require.NoError(t, chromedp.Do(ctx, chromedp.EmulateViewport(1280, 800))) // the browser lives as long as its first context
	p := tab{t: t, ctx: ctx}
	p.do(chromedp.Navigate(address))
	return p
}

func (p tab) do(action chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, 20*time.Second)
	defer cancel()
	require.NoError(p.t, chromedp.Do(ctx, action))
}

func (p tab) types(keys string) {
	p.t.Helper()
	p.do(chromedp.SendKeys(chromedp.CSS(`[data-testid="composer"]`), keys, chromedp.NodeVisible))
}

// holds waits until an expression is true on the page.
func (p tab) holds(expression string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, 20*time.Second)
	defer cancel()
	_, err := chromedp.Run(ctx, chromedp.Evaluate[chromedp.Void](
		`new Promise((done) => { const look = () => (`+expression+`) ? done() : setTimeout(look, 15); look(); })`, chromedp.EvalAwaitPromise))
	require.NoError(p.t, err, expression)
}
