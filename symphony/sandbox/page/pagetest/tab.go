// Package pagetest opens the sandbox's page in a real browser, for tests.
package pagetest

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// Patience is how long the browser and the page may take for anything, on a machine that has other
// work.
const Patience = 2 * time.Minute

// shared is a browser that all tests of the process share, which Stop ends.
var shared = sync.OnceValue(func() *process {
	path, err := findBrowser()
	if err != nil {
		return &process{err: err}
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("headless", "new"), chromedp.Flag("disable-component-update", true), chromedp.WSURLReadTimeout(Patience))
	allocator, end := chromedp.NewExecAllocator(context.Background(), options...)
	first, closeFirst := chromedp.NewContext(allocator)
	p := &process{first: first, stop: func() { closeFirst(); end() }}
	p.err = chromedp.Do(first, chromedp.Navigate("about:blank")) // the browser lives as long as its first context
	started.Store(p)
	return p
})

var started atomic.Pointer[process]

// process is a browser, or why there is none.
type process struct {
	first context.Context //nolint:containedctx // chromedp keeps the browser in it
	stop  func()
	err   error
}

var errNoBrowser = errors.New("no chromium-headless-shell, chromium or google-chrome in PATH")

// Stop ends the browser of Open, if there is one. A TestMain calls it.
func Stop() {
	if p := started.Load(); p != nil {
		p.stop()
	}
}

// Open gives an empty tab of a browser profile of its own, which ends with the test. Without a
// browser in PATH the test is skipped, or fails where CI=true.
func Open(t *testing.T) context.Context {
	t.Helper()
	p := shared()
	if errors.Is(p.err, errNoBrowser) && os.Getenv("CI") != "true" {
		t.Skip(p.err)
	}
	require.NoError(t, p.err)
	tab, closeTab := chromedp.NewContext(p.first, chromedp.WithNewBrowserContext())
	t.Cleanup(closeTab)
	require.NoError(t, chromedp.Do(tab, chromedp.EmulateViewport(1280, 800)))
	return tab
}

// findBrowser prefers the headless shell: it is the same engine without the windows of a desktop
// browser, which take more than half of the processor time of such tests.
func findBrowser() (path string, err error) {
	for _, name := range []string{"chromium-headless-shell", "chrome-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errNoBrowser
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

// Type types into the first element that a CSS selector finds, once it is visible. chromedp's own
// SendKeys reads the element's attributes without their lock, which is a race where the page
// changes them at that moment.
func Type(tab context.Context, selector, keys string) error {
	if err := Do(tab, chromedp.Focus(chromedp.CSS(selector), chromedp.NodeVisible)); err != nil {
		return err
	}
	return Do(tab, chromedp.KeyEvent(keys))
}
