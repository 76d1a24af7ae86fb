package page_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"roombot/symphony/sandbox"
	"roombot/symphony/sandbox/client"
	"roombot/symphony/sandbox/control"
)

// record is an audit record that the test writes.
type record struct {
	pages *control.Control // that show it

	mu      sync.Mutex // guards the rest
	entries []client.RecordEntry
}

func (r *record) read(_ context.Context, after int64, limit int) ([]client.RecordEntry, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	found := r.entries[min(int(after), len(r.entries)):]
	return found[max(0, len(found)-limit):], nil
}

// add adds entries, the next ones of the record.
func (r *record) add(entries ...client.RecordEntry) {
	r.mu.Lock()
	for _, e := range entries {
		e.Seq = int64(len(r.entries) + 1)
		hash := sha256.Sum256(fmt.Append(nil, e.Seq))
		e.Time, e.Hash = time.UnixMilli(1_800_000_000_000).Add(time.Duration(e.Seq)*time.Second), hex.EncodeToString(hash[:])
		r.entries = append(r.entries, e)
	}
	r.mu.Unlock()
	if r.pages != nil {
		r.pages.ShowRecordGrowth()
	}
}

func decisionEntry(request string, d client.Decision) client.RecordEntry {
	d.Version = "1a2b3c4d"
	return client.RecordEntry{Kind: "decision", Request: request, UserID: 1, What: d.Outcome + ", /" + d.Command, Decision: &d}
}

func makeCheck(ok bool, what string) client.DecisionCheck {
	return client.DecisionCheck{What: what, OK: ok}
}

// everyOutcome is a record with each outcome of a decision.
func everyOutcome() *record {
	r := &record{}
	of := func(outcome string, d client.Decision) client.RecordEntry {
		d.Outcome, d.Command = outcome, "newroom"
		return decisionEntry("5k9d-02mx-"+outcome, d)
	}
	r.add(
		client.RecordEntry{Kind: "start", What: "replica a1b2, program v1.0.0, policy 1a2b3c4d"},
		of("limit", client.Decision{From: "Carol O'Neil", Text: `/newroom "Eleventh"`, Rule: "desk rooms", Line: 9, Checks: []client.DecisionCheck{
			makeCheck(true, `who is one of ["set:desk"]`), makeCheck(false, "fewer than 10 rooms in the last day (10 so far)"),
		}}),
		of("approve", client.Decision{From: "Alice Martin", Text: `/newroom "Joint" external`, Rule: "desk rooms", Line: 9}),
		of("deny", client.Decision{From: "Ravi Shah", Text: `/newroom "Idea" group:"Equities Sales"`, Nearest: "desk rooms", Why: "No rule allows it.", Checks: []client.DecisionCheck{
			makeCheck(false, `who is one of ["set:desk"]`), makeCheck(true, "where is one of [im]"), makeCheck(true, "command is one of [newroom groups]"), makeCheck(false, "people is at most 30"),
		}}),
		of("allow", client.Decision{From: "Bob Chen", Text: `/newroom "Q2 Earnings" @Alice Martin group:"Test Group" and a line that is long`, Rule: "everybody", Line: 17,
			Checks: []client.DecisionCheck{makeCheck(true, "who is one of [*]"), makeCheck(true, "where is one of [*]"), makeCheck(true, "command is one of [newroom groups]")}}),
		client.RecordEntry{Kind: "room", Request: "5k9d-02mx-allow", UserID: 1, StreamID: "xyz", What: "opened, room xyz"},
		client.RecordEntry{Kind: "answer", Request: "5k9d-02mx-allow", UserID: 1, What: "done"},
	)
	return r
}

// openDecisions shows bob the decisions of a record.
func openDecisions(t *testing.T, kept *record) *tab {
	t.Helper()
	bob := newTabOf(t, sandboxPageWith(t, sandbox.Config{}, kept))
	bob.listen()
	bob.openAs("bob")
	bob.click("#tab-decisions-label")
	return bob
}

const shownEntries = `[...document.querySelectorAll('.record [data-testid="entry"] .entry-seq')].map((el) => el.innerText).join()`

func TestADecisionIsShownLiveAsTheTreeOfItsRule(t *testing.T) {
	t.Parallel()
	kept := &record{}
	bob := openDecisions(t, kept)
	bob.waitUntilTrue(`document.querySelector("#tab-decisions").innerText.includes("None yet")`)
	kept.add(decisionEntry("5k9d", client.Decision{
		Outcome: "deny", Command: "newroom", From: "Ravi Shah", Text: "/newroom Idea", Nearest: "desk rooms",
		Why:    "You may open rooms with at most 30 people; this has 80.",
		Checks: []client.DecisionCheck{makeCheck(true, "where is one of [im]"), makeCheck(false, "people is at most 30")},
	}))
	bob.sees("decision", "Refused")
	bob.sees("decision", "/newroom Idea")
	bob.sees("decision", "Ravi Shah")
	bob.sees("decision", "No rule admits it; the nearest is “desk rooms”")
	bob.sees("decision", "You may open rooms with at most 30 people; this has 80.")
	bob.sees("decision", "Request 5k9d · policy 1a2b3c4d")
	require.Equal(t, []string{"✓ met: where is one of [im]", "✗ not met: people is at most 30"},
		value[[]string](bob, `[...document.querySelectorAll(".tree > li > ul > li > .tree-line")].map((el) => [...el.children].map((part) => part.textContent).join(" ").replace(/ +/g, " "))`))

	kept.add(client.RecordEntry{Kind: "answer", Request: "5k9d", UserID: 1, What: "denied"})
	bob.sees("decision", "answer")
	bob.waitUntilTrue(shownEntries + ` === "2,1"`)
	bob.waitUntilTrue(`document.querySelector(".record-head").innerText === "2 entries, head " + "` + kept.entries[1].Hash[:8] + `"`)
}

func TestADecisionTellsOfAGrantAndOfWhoHasApproved(t *testing.T) {
	t.Parallel()
	kept := &record{}
	bob := openDecisions(t, kept)
	known, err := bob.pod.People(t.Context())
	require.NoError(t, err)
	alice := known.People[slices.IndexFunc(known.People, func(p client.Person) bool { return p.Username == "alice" })]
	kept.add(
		decisionEntry("5k9d", client.Decision{Outcome: "allow", Command: "newroom", From: "Ravi Shah", Rule: "grant 3", Grant: 3}),
		client.RecordEntry{Kind: "approval", Request: "5k9d", UserID: alice.ID, What: "approved"},
		client.RecordEntry{Kind: "answer", Request: "5k9d", UserID: 1, What: "done"},
	)
	bob.sees("decision", "Allowed by grant 3, since no rule allows it")
	bob.waitUntilTrue(`[...document.querySelectorAll(".decision .entry-what")].map((el) => el.innerText).join() === "Alice Martin · approved,done"`)
}

func TestAPageWithoutARecordSaysWhereItIs(t *testing.T) {
	t.Parallel()
	bob := openDecisions(t, nil)
	bob.waitUntilTrue(`document.querySelector("#tab-decisions").innerText.includes("bot audit list")`)
}

func TestEachOutcomeOfADecisionIsTold(t *testing.T) {
	t.Parallel()
	bob := openDecisions(t, everyOutcome())
	bob.waitUntilTrue(`document.querySelectorAll('[data-testid="decision"]').length === 4`)
	require.Equal(t, []string{"Allowed", "Refused", "Needs approval", "Limit reached"},
		value[[]string](bob, `[...document.querySelectorAll(".decisions .badge")].map((el) => el.innerText)`))
	require.Equal(t, []bool{true, false, false, false},
		value[[]bool](bob, `[...document.querySelectorAll(".decisions .request-head")].map((el) => el.getAttribute("aria-expanded") === "true")`))
	bob.sees("decision", "Allowed by rule “everybody” (line 17)")
	bob.sees("decision", "opened")
	bob.types(`#tab-decisions input[type="search"]`, "ravi")
	bob.waitUntilTrue(`document.querySelectorAll('[data-testid="decision"]').length === 1`)
	bob.waitUntilTrue(shownEntries + ` === "4"`)
}

func TestDecisionsAreReachedByTheKeyboard(t *testing.T) {
	t.Parallel()
	bob := openDecisions(t, everyOutcome())
	bob.sees("decision", "Allowed")
	press := func(keys string) { bob.do(chromedp.KeyEvent(keys)) }
	bob.do(chromedp.Focus(chromedp.CSS("#tab-wire-label")))
	press(kb.ArrowRight)
	bob.waitUntilTrue(`document.activeElement.id === "tab-decisions-label" && !document.getElementById("tab-decisions").hidden`)
	press(kb.Tab + kb.Tab + kb.Tab)
	focused := func(text string) {
		t.Helper()
		bob.waitUntilTrue(`document.activeElement.matches(".request-head") && document.activeElement.innerText.includes(` + quoteCSS(text) + `)`)
	}
	focused("Q2 Earnings")
	press(kb.ArrowDown)
	focused("Idea")
	press(kb.Enter)
	bob.sees("decision", "the nearest is")
	press(kb.Tab)
	bob.waitUntilTrue(`document.activeElement.className === "record"`)
}

func TestWhatADecisionSaysIsTextAndNoMarkup(t *testing.T) {
	t.Parallel()
	hostile := `<img src=x onerror=alert(1)><b>bold</b>` + strings.Repeat("W", 200)
	kept := &record{}
	kept.add(decisionEntry("5k9d", client.Decision{
		Outcome: "deny", Command: hostile, From: hostile, Text: hostile, Rule: hostile, Checks: []client.DecisionCheck{makeCheck(true, hostile)},
	}), client.RecordEntry{Kind: hostile, Request: hostile, What: hostile})
	bob := openDecisions(t, kept)
	bob.sees("decision", hostile)
	require.Zero(t, value[int](bob, `document.querySelectorAll("#tab-decisions :is(img, b)").length`))
	for _, width := range []int64{1280, 400} {
		bob.do(chromedp.EmulateViewport(width, 800))
		if width == 400 {
			bob.click("#panel-toggle")
		}
		bob.waitUntilTrue(`!document.getElementById("panel").hidden`)
		require.Zero(t, value[int](bob, `document.getElementById("tab-decisions").scrollWidth - document.getElementById("tab-decisions").clientWidth`), "%d px", width)
	}
}

func TestTheLastTwoHundredEntriesAreShown(t *testing.T) {
	t.Parallel()
	kept := &record{}
	for n := range 250 {
		kept.add(client.RecordEntry{Kind: "answer", Request: fmt.Sprint(n), What: "done"})
	}
	bob := openDecisions(t, kept)
	bob.waitUntilTrue(shownEntries + `.startsWith("250,249,") && document.querySelectorAll('.record [data-testid="entry"]').length === 200`)
	kept.add(client.RecordEntry{Kind: "stop", What: "replica a1b2"})
	bob.waitUntilTrue(shownEntries + `.startsWith("251,250,") && document.querySelectorAll('.record [data-testid="entry"]').length === 200`)
}

func TestATabOfThePanelIsWideEnoughForItsTabs(t *testing.T) {
	t.Parallel()
	for _, width := range []int64{400, 1280} {
		bob := openPage(t, "bob")
		bob.do(chromedp.EmulateViewport(width, 800))
		if width < 1180 {
			bob.click("#panel-toggle")
		}
		for range 2 {
			require.NoError(t, bob.pod.Fail(t.Context(), client.Fault{Path: "/never", Status: 500}))
		}
		bob.waitUntilTrue(`document.querySelector("#tab-faults-label .tab-count").innerText === "2"`)
		require.LessOrEqual(t, value[float64](bob, `document.getElementById("tab-pod-label").getBoundingClientRect().right - document.querySelector(".tabs-close").getBoundingClientRect().left`), 0.0, "%d px", width)
	}
}
