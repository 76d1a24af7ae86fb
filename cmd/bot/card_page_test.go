package main

import (
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"roombot/symphony/sandbox/page/pagetest"
)

// tooWide are the elements of messages and of the panel that reach over the edge of the page.
const tooWide = `[...document.querySelectorAll(".message *, #panel *")]
	.filter((el) => el.checkVisibility({visibilityProperty: true}) && !el.closest(".sr, .message-tools, .waterfall"))
	.filter((el) => el.getBoundingClientRect().right > innerWidth + 1).map((el) => el.outerHTML.slice(0, 160))`

// The cards and answers about access, approvals and receipts, as the bot writes them.
func TestCardsOfTheBotFitAndAxeFindsNothingSerious(t *testing.T) {
	t.Parallel()
	source := pagetest.FindAxe(t)
	bob, ops := openTabsOfGrants(t, 1280)
	bob.asksForPublicRoom("Town hall", "1")
	ops.seesReply("You would allow no more than")
	pages := []tab{bob, ops}
	for _, page := range pages {
		_, err := chromedp.Run(page.ctx, chromedp.Evaluate[bool](source+"; true"))
		require.NoError(t, err)
	}
	look := func(what string) {
		for _, page := range pages {
			page.isFreeOfFaults(what)
		}
	}
	look("a request for access")
	ops.decidesByKey("Allow once")
	bob.seesReply("allowed once by Olga Peters on ")
	ops.typesIntoComposer("/policy grants")
	ops.seesReply("– once, until ")
	bob.typesIntoComposer("/can")
	bob.seesReply("by grant 1: ")
	look("a grant")
	bob.typesIntoComposer(`/newroom "Town hall" public`)
	bob.seesReply("Town hall is open")
	bob.typesIntoComposer(`/newroom "Elm" external`)
	bob.seesReply("needs an approval")
	bob.typesIntoComposer("/approvals")
	bob.seesReply("You wait for")
	ops.seesReply("asks for your approval")
	ops.typesIntoComposer("/policy")
	ops.seesReply("1 rule is about you")
	look("an approval")
	bob.readsReceipt("Town hall", "Access given by: @Olga Peters")
	bob.typesIntoComposer("/why")
	bob.seesReply("The policy wanted an approval of request")
	for _, page := range pages {
		_, err := chromedp.Run(page.ctx, chromedp.Evaluate[bool](`document.getElementById("tab-decisions-label").click(); true`))
		require.NoError(t, err)
		page.seesDecision("Allowed by grant 1, since no rule allows it")
	}
	look("a receipt")
}

// isFreeOfFaults looks at the page as it is, in both colour schemes and widths.
func (p tab) isFreeOfFaults(what string) {
	p.t.Helper()
	for _, scheme := range []string{"light", "dark"} {
		features := []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}
		_, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features})
		require.NoError(p.t, err)
		for _, width := range []int64{400, 1280} {
			p.perform(chromedp.EmulateViewport(width, 800))
			for _, faults := range []string{tooWide, pagetest.AxeFinds} {
				found, err := chromedp.Run(p.ctx, chromedp.Evaluate[[]string](faults, chromedp.EvalAwaitPromise))
				require.NoError(p.t, err)
				require.Empty(p.t, found, "%s, %s at %d px", what, scheme, width)
			}
		}
	}
}
