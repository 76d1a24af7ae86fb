package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"roombot/bot/audit"
	"roombot/symphony/sandbox/client"
)

// What an administrator tries: a refusal is on the page with its rule and conditions, live; the
// policy is edited while the bot runs, and the next request is decided by the new version.
func TestThePageShowsDecisionsAndTheRecordLive(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	sandbox := begin(t, "sandbox", "--listen", "127.0.0.1:0", "--dir", dir)
	said := sandbox.each("  Page  ", "  Policy  ", "  Why  ")
	rules := filepath.Join(dir, "policy.yaml")
	require.Contains(t, said[1], rules)
	require.Contains(t, said[2], "Decisions")
	page := openTab(t, strings.Fields(said[0])[1]+"/#as=kim")
	page.waitUntil(`document.documentElement.dataset.ready === "yes" && document.getElementById("connection").dataset.state === "live"`)
	page.perform(chromedp.Click(chromedp.CSS("#tab-decisions-label"), chromedp.NodeVisible))
	page.typeKeys("/newroom Gap" + kb.Enter)
	page.seesDecision("Refused", "/newroom Gap", "Kim Novak", "✗not allowed: Refused by rule “contractors” (line 6)", "✓met: who is one of user:kim")
	page.seesDecision("Gap", "answer", "denied")

	text, err := os.ReadFile(rules)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(rules, bytes.ReplaceAll(text, []byte("kim"), []byte("ravi")), 0o600))
	page.waitUntil(`[...document.querySelectorAll(".record .entry-kind")].filter((el) => el.innerText === "policy").length === 2`)
	page.typeKeys("/newroom Bridge" + kb.Enter)
	page.seesDecision("Allowed", "/newroom Bridge", "✓allowed: Allowed by rule “everybody”", "opened")

	world := client.New(strings.Fields(said[0])[1])
	t.Cleanup(world.Close)
	shown, err := world.Record(t.Context(), 0)
	require.NoError(t, err)
	require.True(t, shown.Kept)
	require.Zero(t, sandbox.stop())
	listed := shell(t, "audit", "list", "--json", "--config", filepath.Join(dir, "config.json"))
	require.Zero(t, listed.code, listed.err)
	var stored []entry
	require.NoError(t, json.Unmarshal([]byte(listed.out), &stored))
	require.Greater(t, len(stored), len(shown.Entries), "the stop came later")
	for i, e := range shown.Entries {
		stored[i].By = nil // which the page shows beside the decision
		require.Equal(t, shownEntry(stored[i]), e)
	}
}

func (p tab) seesDecision(texts ...string) {
	p.t.Helper()
	wanted, err := json.Marshal(texts)
	require.NoError(p.t, err)
	p.waitUntil(`[...document.querySelectorAll('[data-testid="decision"]')].some((el) => ` + string(wanted) + `.every((text) => el.textContent.includes(text)))`)
}

func TestARefusalIsShownWithTheNearestRuleAndItsReason(t *testing.T) {
	t.Parallel()
	e := entry{Entry: audit.New(audit.Decision, "5k9d-02mx-q7ht", "decision", map[string]any{
		"command": "newroom", "outcome": "deny", "denial": "condition", "version": "1a2b3c4d", "nearest": "desk rooms",
		"checks": []any{map[string]any{"what": "people is at most 30", "ok": false}},
	})}
	e.Facts = json.RawMessage(`{"from": {"name": "Bob Chen"}, "typed": "/newroom Gap", "why": "This has 80."}`)
	require.Equal(t, &client.Decision{
		Outcome: "deny", Command: "newroom", Text: "/newroom Gap", From: "Bob Chen", Nearest: "desk rooms", Why: "This has 80.", Version: "1a2b3c4d",
		Checks: []client.DecisionCheck{{What: "people is at most 30"}},
	}, shownEntry(e).Decision)
	e.Facts = nil // erased
	require.Empty(t, shownEntry(e).Decision.Text+shownEntry(e).Decision.From)
}

func TestAGrantIsNoRuleInTheRecord(t *testing.T) {
	t.Parallel()
	e := entry{Entry: audit.New(audit.Decision, "5k9d-02mx-q7ht", "decision", map[string]any{
		"command": "newroom", "outcome": "allow", "rule": "grant 3", "grant": 3, "version": "1a2b3c4d",
	})}
	require.Equal(t, &client.Decision{Outcome: "allow", Command: "newroom", Rule: "grant 3", Grant: 3, Version: "1a2b3c4d"}, shownEntry(e).Decision)
	require.Equal(t, "allow, /newroom, by grant 3, policy 1a2b3c4d", describeEntry(e))
	opened := entry{Entry: audit.New(audit.Room, "5k9d-02mx-q7ht", "opened", map[string]any{"act": "opened"}), By: &roomReason{Name: "Bob Chen", Rule: "grant 3", Grant: 3}}
	require.Equal(t, "opened, asked for by Bob Chen, by grant 3", describeEntry(opened))
	used := entry{Entry: audit.New(audit.Grant, "5k9d-02mx-q7ht", "used", map[string]any{
		"act": "used", "n": 3, "for": 7, "command": "newroom", "decider": 8, "until": "2026-12-30T12:15:04Z",
	})}
	require.Equal(t, "grant 3 used, /newroom, for 7, until 2026-12-30T12:15:04Z, given by 8", describeEntry(used))
}

func TestAClickThatDecidedNothingIsListedWithItsTime(t *testing.T) {
	t.Parallel()
	clicked := entry{Entry: audit.New(audit.Approval, "5k9d-02mx-q7ht", "approval/1/click/x", map[string]any{
		"act": "clicked", "n": 1, "wanted": "approved", "reason": "own-request", "clicked": "2026-11-30T12:15:04Z",
	})}
	require.Equal(t, "clicked, wanted approved, own-request, clicked at 2026-11-30T12:15:04.000Z", describeEntry(clicked))
}
