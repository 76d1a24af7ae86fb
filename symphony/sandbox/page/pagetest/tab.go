// Package pagetest opens the sandbox's page in a real browser, for tests.
package pagetest

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// Patience is how long the browser and the page may take for anything, on a machine that has other
// work.
const Patience = 2 * time.Minute

// Open starts a browser with one empty tab, which ends with the test. Without
// a browser in PATH the test is skipped, or fails where CI=true.
func Open(t *testing.T) context.Context {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(browser(t)), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("headless", "new"), chromedp.Flag("disable-component-update", true), chromedp.WSURLReadTimeout(Patience))
	allocator, end := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(end)
	tab, closeTab := chromedp.NewContext(allocator)
	t.Cleanup(closeTab)
	require.NoError(t, chromedp.Do(tab, chromedp.EmulateViewport(1280, 800))) // the browser lives as long as its first context
	return tab
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

// WaitUntilTrue waits until a JavaScript expression is true on the page; as long as it
// fails, for what it names is not there yet, it is not. The page's policy
// forbids to evaluate text there, and with it chromedp's own Poll.
func WaitUntilTrue(tab context.Context, expression string) error {
	deadline := time.Now().Add(Patience)
	for {
		ctx, cancel := context.WithDeadline(tab, deadline)
		_, err := chromedp.Run(ctx, chromedp.Evaluate[chromedp.Void](
			`new Promise((done) => {
				const holds = () => { try { return `+expression+` } catch { return false } };
				const look = () => holds() ? done() : setTimeout(look, 15);
				look(); })`, chromedp.EvalAwaitPromise))
		cancel()
		navigated := err != nil && strings.Contains(err.Error(), "context was destroyed")
		if !navigated || tab.Err() != nil || time.Now().After(deadline) {
			return err
		}
	}
}

// Do carries out one step on the page.
func Do(tab context.Context, step chromedp.Action[chromedp.Void]) error {
	ctx, cancel := context.WithTimeout(tab, Patience)
	defer cancel()
	return chromedp.Do(ctx, step)
}
