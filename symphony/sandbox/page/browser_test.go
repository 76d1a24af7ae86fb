package page_test

import (
	"context"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"roombot/symphony/sandbox/client"
	"roombot/symphony/sandbox/page/pagetest"
)

func TestMain(m *testing.M) {
	code := m.Run()
	pagetest.Stop()
	os.Exit(code)
}

// tab is a page in a real browser.
type tab struct {
	t   *testing.T
	ctx context.Context //nolint:containedctx // chromedp keeps the tab in it
	url string
	pod *client.Client // the control API of the page's pod

	hostile bool // the test shows the page what its policy refuses
}

// openPage shows the page of a fresh pod with its scripted bot to somebody. What the browser
// complains about fails the test.
func openPage(t *testing.T, username string) *tab {
	t.Helper()
	b := newTab(t)
	b.listen()
	b.openAs(username)
	return b
}

func newTab(t *testing.T) *tab {
	t.Helper()
	return newTabOf(t, sandboxPage(t))
}

// newTabOf is a tab for the page at an address.
func newTabOf(t *testing.T, url string) *tab {
	t.Helper()
	pod := client.New(url)
	t.Cleanup(pod.Close)
	return &tab{t: t, ctx: pagetest.Open(t), url: url, pod: pod}
}

// says has somebody write to somebody else, or to the bot, elsewhere than on the page.
func (b *tab) says(who, to, text string) {
	b.t.Helper()
	_, err := b.pod.SaysIn(b.t.Context(), who, to, text)
	require.NoError(b.t, err)
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
			if (m.Type == chromedp.ConsoleError || m.IsException()) && !isExpectedRefusal(m.Text) {
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
	require.NoError(b.t, pagetest.Do(b.ctx, step), "on the page: %s", b.pageText())
}

// pageText is the page's text, for the report of a failure.
func (b *tab) pageText() string {
	ctx, cancel := context.WithTimeout(b.ctx, time.Second)
	defer cancel()
	text, _ := chromedp.Run(ctx, chromedp.Evaluate[string](`document.querySelector("main")?.innerText ?? ""`))
	return text
}

func (b *tab) openAs(username string) {
	b.t.Helper()
	b.do(chromedp.Navigate("about:blank"))
	b.do(chromedp.Navigate(b.url + "/#as=" + username))
	b.waitUntilTrue(`document.documentElement.dataset.ready === "yes" && document.getElementById("connection").dataset.state === "live"`)
}

// waitUntilTrue waits until an expression is true.
func (b *tab) waitUntilTrue(expression string) {
	b.t.Helper()
	require.NoError(b.t, pagetest.WaitUntilTrue(b.ctx, expression), "%s\non the page: %s", expression, b.pageText())
}

// sees waits until an element's text contains something.
func (b *tab) sees(testID, text string) {
	b.t.Helper()
	b.waitUntilTrue(`[...document.querySelectorAll('[data-testid="` + testID + `"]')].some((el) => el.innerText.includes(` + quoteCSS(text) + `))`)
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
	require.NoError(b.t, pagetest.Type(b.ctx, selector, keys), "on the page: %s", b.pageText())
}

func (b *tab) sends(text string) {
	b.t.Helper()
	b.typeMessage(text + kb.Enter)
}

func (b *tab) typeMessage(keys string) {
	b.t.Helper()
	b.types(`[data-testid="composer"]`, keys)
}

// value evaluates an expression; promises are awaited.
func value[T any](b *tab, expression string) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, pagetest.Patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	require.NoError(b.t, err, expression)
	return v
}

func quoteCSS(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(text) + `"`
}

// isExpectedRefusal is the browser's remark on an answer that the page expects: a gate
// before a private room, a chat that a reset has taken away.
func isExpectedRefusal(remark string) bool {
	return strings.Contains(remark, "status of 403") || strings.Contains(remark, "status of 404")
}
