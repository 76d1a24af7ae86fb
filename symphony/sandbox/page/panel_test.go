package page_test

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"roombot/symphony/sandbox/client"
)

func TestTheWireShowsEachCallAndItsBodies(t *testing.T) {
	t.Parallel()
	bob := openPage(t, "bob")
	bob.sends("/fault")
	bob.sees("wire-row", "createMessage")
	bob.click(`[data-testid="wire-row"]:last-child .bar-head`)
	bob.sees("wire-row", "/message/create")
	bob.sees("wire-row", "never closed")
	bob.types(`#tab-wire input[type="search"]`, "pubkey")
	bob.waitUntilTrue(`document.querySelectorAll('[data-testid="wire-row"]').length === 2`)
	require.NotRegexp(t, `eyJ[\w-]+\.eyJ`, value[string](bob, `document.getElementById("tab-wire").innerText`), "tokens are not shown")
}

func TestFaultsAreSwitchedOnAndCleared(t *testing.T) {
	t.Parallel()
	bob := openPage(t, "bob")
	faults := func() []client.Fault {
		list, err := bob.pod.Faults(t.Context())
		require.NoError(t, err)
		return list
	}
	bob.click(`#tab-faults-label`)
	bob.clickOn("fault-slow")
	bob.waitUntilTrue(`document.querySelector('[data-testid="fault-slow"]').getAttribute("aria-pressed") === "true"`)
	require.Len(t, faults(), 1)
	require.Equal(t, "500ms", faults()[0].Delay)
	bob.clickOn("fault-slow")
	bob.waitUntilTrue(`document.querySelector('[data-testid="fault-slow"]').getAttribute("aria-pressed") === "false"`)
	require.Empty(t, faults())
}

func TestAFaultThatHasStruckIsNoLongerShownAsSwitchedOn(t *testing.T) {
	t.Parallel()
	bob := openPage(t, "bob")
	shown := `document.querySelector('[data-testid="fault-feed"]').getAttribute("aria-pressed") === `
	bob.click(`#tab-faults-label`)
	bob.clickOn("fault-feed")
	bob.waitUntilTrue(shown + `"true"`)
	bob.sends("read on")
	bob.waitUntilTrue(shown + `"false"`)
}

func TestAResetForgetsEverythingInEveryPage(t *testing.T) {
	t.Parallel()
	bob := openPage(t, "bob")
	bob.sends("hello")
	bob.sees("message", "hello")
	bob.click(`#tab-faults-label`)
	bob.clickOn("fault-lag")
	slow := `document.querySelector('[data-testid="fault-lag"]').getAttribute("aria-pressed") === `
	bob.waitUntilTrue(slow + `"true"`)
	require.NoError(t, bob.pod.Reset(t.Context()))
	bob.waitUntilTrue(`document.querySelectorAll('[data-testid="message"]').length === 0 && document.querySelector(".empty")`)
	bob.waitUntilTrue(slow + `"false" && !document.querySelector('[data-testid="feed"]')`)
}

func TestThePersonIsChosenFromTheListAndRemembered(t *testing.T) {
	t.Parallel()
	bob := openPage(t, "bob")
	bob.clickOn("person")
	bob.click(`[data-testid="person-choice"][data-username="carol"]`)
	bob.waitUntilTrue(`location.hash.includes("as=carol") && document.querySelector(".identity-card").innerText.includes("Carol O'Neil")`)
	bob.do(chromedp.Navigate("about:blank"))
	bob.do(chromedp.Navigate(bob.url))
	bob.waitUntilTrue(`document.querySelector(".identity-card")?.innerText.includes("Carol O'Neil")`)
}

func TestEveryControlHasAName(t *testing.T) {
	t.Parallel()
	bob := openPage(t, "bob")
	bob.sends("/form")
	bob.waitUntilTrue(`document.querySelector('[data-form="all"]')`)
	nameless := value[[]string](bob, `[...document.querySelectorAll("button, input, select, textarea, [role=listbox]")]
		.filter((el) => !el.innerText?.trim() && !el.getAttribute("aria-label") && !el.labels?.length)
		.map((el) => el.outerHTML)`)
	require.Empty(t, nameless)
}
