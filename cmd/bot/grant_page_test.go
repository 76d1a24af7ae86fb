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
			bob.typesIntoComposer(`/newroom "Town hall" public`)
			bob.seesReply("You may open only rooms that are not public.")
			bob.pressButton("Request access")
			bob.seesReply("I have asked Olga Peters (request for access 1).")

			ops.seesReply("Bob Chen asks for access.")
			ops.seesReply("Town hall")
			ops.pressButton("Allow once")
			ops.seesReply("You have allowed it once, within 30 days, and I tell Bob Chen.")
			ops.typesIntoComposer("/policy grants")
			ops.seesReply("1: Bob Chen, /newroom")

			bob.seesReply("allowed once by Olga Peters on ")
			bob.pressButton("Send it again")
			bob.seesReply("Town hall is open")
			bob.pressButton("Open room")
			bob.waitUntil(`document.querySelector('[data-testid="room-name"]')?.innerText.includes("Town hall")`)
			ops.typesIntoComposer("/policy grants")
			ops.seesReply("– used up, allowed once by Olga Peters")
		})
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
