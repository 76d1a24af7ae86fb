package page_test

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

const patience = 20 * time.Second // for anything the page should do

// tab is a page in a real browser.
type tab struct {
	t   *testing.T
	ctx context.Context //nolint:containedctx // chromedp keeps the tab in it
	url string

	hostile bool // the test shows the page what its policy refuses
}

func browserPath(t *testing.T) string {
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

// openPage shows the page of a fresh pod with its scripted bot to somebody. What the browser complains about fails the test.
func openPage(t *testing.T, username string) *tab {
	t.Helper()
	b := newTab(t)
	b.listen()
	b.become(username)
	return b
}

func newTab(t *testing.T) *tab {
	t.Helper()
	path := browserPath(t)
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("headless", "new"), chromedp.Flag("disable-component-update", true))
	browser, endBrowser := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(endBrowser)
	page, endPage := chromedp.NewContext(browser)
	t.Cleanup(endPage)
	b := &tab{t: t, ctx: page, url: sandboxPage(t)}
	require.NoError(t, chromedp.Do(page, chromedp.EmulateViewport(1280, 800))) // the browser lives as long as its first context
	return b
}

// listen collects complaints; a policy violation is one.
func (b *tab) listen() {
	messages := chromedp.Console(b.ctx)
	var mu sync.Mutex
	var complaints []string
	go func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			if (m.Type == chromedp.ConsoleError || m.IsException()) && !strings.Contains(m.Text, "403") { // a gate is a refusal
				mu.Lock()
				if !b.hostile || !strings.Contains(m.Text, "Content Security Policy") {
					complaints = append(complaints, m.String())
				}
				mu.Unlock()
			}
		}
	}()
	b.t.Cleanup(func() {
		mu.Lock()
		defer mu.Unlock()
		require.Empty(b.t, complaints, "the browser's console")
	})
}

func (b *tab) do(step chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	require.NoError(b.t, chromedp.Do(ctx, step), "on the page: %s", b.shown())
}

// shown is the page's text, for the report of a failure.
func (b *tab) shown() string {
	ctx, cancel := context.WithTimeout(b.ctx, time.Second)
	defer cancel()
	text, _ := chromedp.Run(ctx, chromedp.Evaluate[string](`document.querySelector("main")?.innerText ?? ""`))
	return text
}

func (b *tab) become(username string) {
	b.t.Helper()
	b.do(chromedp.Navigate("about:blank"))
	b.do(chromedp.Navigate(b.url + "/#as=" + username))
	b.holds(`document.documentElement.dataset.ready === "yes" && document.getElementById("connection").dataset.state === "live"`)
}

// holds waits until an expression is true. The policy forbids the page to evaluate text, and with it chromedp's own Poll.
func (b *tab) holds(expression string) {
	b.t.Helper()
	deadline := time.Now().Add(patience)
	for {
		ctx, cancel := context.WithDeadline(b.ctx, deadline)
		_, err := chromedp.Run(ctx, chromedp.Evaluate[chromedp.Void](
			`new Promise((done, fail) => { const look = () => (`+expression+`) ? done() : setTimeout(look, 15); look(); })`, chromedp.EvalAwaitPromise))
		cancel()
		if err == nil || b.ctx.Err() != nil || time.Now().After(deadline) || !strings.Contains(err.Error(), "context was destroyed") {
			require.NoError(b.t, err, "%s\non the page: %s", expression, b.shown())
			return
		}
	}
}

// sees waits until an element's text contains something.
func (b *tab) sees(testID, text string) {
	b.t.Helper()
	b.holds(`[...document.querySelectorAll('[data-testid="` + testID + `"]')].some((el) => el.innerText.includes(` + quoted(text) + `))`)
}

func (b *tab) click(selector string) {
	b.t.Helper()
	b.do(chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible))
}

func (b *tab) clickOn(testID string) {
	b.t.Helper()
	b.click(`[data-testid="` + testID + `"]`)
}

func (b *tab) types(selector, keys string) {
	b.t.Helper()
	b.do(chromedp.SendKeys(chromedp.CSS(selector), keys, chromedp.NodeVisible))
}

func (b *tab) composes(keys string) {
	b.t.Helper()
	b.types(`[data-testid="composer"]`, keys)
}

// value evaluates an expression; promises are awaited.
func value[T any](b *tab, expression string) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	require.NoError(b.t, err, expression)
	return v
}

func quoted(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(text) + `"`
}
