package page_test

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

const waterfall = `document.querySelector('[data-testid="wire-request"]')`

func TestTheCallsOfARequestAreAWaterfallWithTheReplyAtItsEnd(t *testing.T) {
	t.Parallel()
	bob := openPage(t, "bob")
	bob.sends(`/newroom "Desk"`)
	bob.sees("wire-request", `/newroom "Desk"`)
	bob.sees("wire-request", "Bob Chen · 6 calls")
	labels := value[[]string](bob, `[...`+waterfall+`.querySelectorAll(".bar-label")].map((el) => el.innerText)`)
	require.Equal(t, []string{"datafeed", "createRoom", "addMember", "addMember", "addMember", "promoteOwner", "createMessage"}, labels)
	require.True(t, value[bool](bob, waterfall+`.querySelector(".bar-row:last-child .bar-reply") !== null`))
	require.Equal(t, value[string](bob, waterfall+`.querySelector(".request-total").innerText`),
		value[string](bob, waterfall+`.querySelector(".tick-reply").innerText`), "the axis ends with the reply")

	starts := value[[]float64](bob, `[...`+waterfall+`.querySelectorAll(".bar")].map((el) => el.getBoundingClientRect().left)`)
	require.IsNonDecreasing(t, starts)
	require.Contains(t, value[string](bob, waterfall+`.querySelectorAll(".bar-head")[3].innerText`), "Alice Martin", "who is added")
}

func TestABarOpensItsCall(t *testing.T) {
	t.Parallel()
	bob := openPage(t, "bob")
	bob.sends(`/newroom "Desk"`)
	bob.sees("wire-request", "6 calls")
	bob.click(`[data-testid="wire-request"] .bar-row:nth-child(2) .bar-head`)
	bob.sees("wire-row", "/pod/v3/room/create")
	bob.sees("wire-row", "Made by the scripted bot")
	bob.sends("/fault")
	bob.sees("wire-request", "/fault")
	bob.waitUntilTrue(`document.querySelectorAll(".waterfall:not([hidden])").length === 2 && document.querySelector(".wire-detail:not([hidden])")`)
}

func TestANewRequestTakesThePlaceOfTheOneBefore(t *testing.T) {
	t.Parallel()
	bob := openPage(t, "bob")
	open := `[...document.querySelectorAll('[data-testid="wire-request"]')].map((el) => el.querySelector('[aria-expanded]').getAttribute("aria-expanded")).join()`
	bob.sends("/poll")
	bob.sees("wire-request", "/poll")
	bob.sends("/fault")
	bob.sees("wire-request", "/fault")
	bob.waitUntilTrue(open + ` === "true,false"`)
	bob.click(`[data-testid="wire-request"]:nth-of-type(1) .request-head`)
	bob.waitUntilTrue(open + ` === "false,false"`)
}

func TestAPressedButtonIsARequestOfItsOwn(t *testing.T) {
	t.Parallel()
	bob := openPage(t, "bob")
	bob.sends("/fault")
	bob.click(`.card-error button[name="run"]`)
	bob.sees("wire-request", "[Create it]")
}

func TestTheWireIsOneStopOfTheTabKey(t *testing.T) {
	t.Parallel()
	bob := openPage(t, "bob")
	bob.sends(`/newroom "Desk"`)
	bob.sees("wire-request", "6 calls")
	bob.waitUntilTrue(`document.querySelectorAll('.wire [tabindex="0"]').length === 1`)
	bob.do(chromedp.Focus(chromedp.CSS(`#tab-wire input[type="checkbox"]`)))
	press := func(keys string) { bob.do(chromedp.KeyEvent(keys)) }
	focused := func(want string) {
		t.Helper()
		bob.waitUntilTrue(`document.activeElement.innerText.startsWith(` + quoteCSS(want) + `)`)
	}
	press(kb.Tab)
	bob.waitUntilTrue(`document.activeElement.className === "request-head"`)
	press(kb.ArrowDown + kb.ArrowDown)
	focused("createRoom")
	press(kb.Enter)
	bob.sees("wire-row", "/pod/v3/room/create")
	press(kb.ArrowLeft)
	bob.waitUntilTrue(`!document.querySelector(".wire-detail:not([hidden])")`)
	press(kb.ArrowLeft)
	bob.waitUntilTrue(`document.activeElement.className === "request-head"`)
	press(kb.ArrowLeft)
	bob.waitUntilTrue(`document.querySelector(".waterfall").hidden`)
	press(kb.End)
	focused("POST")
	bob.waitUntilTrue(`document.querySelectorAll('.wire [data-row][tabindex="0"]').length === 1`)
}

func TestALongWaitIsCutShortOnTheTimeAxis(t *testing.T) {
	t.Parallel()
	bob := openPage(t, "bob")
	scale := func(rows string) map[string]any {
		return value[map[string]any](bob, `import("/js/timescale.js").then(({timescale}) => {
			const scale = timescale(`+rows+`);
			return {cuts: scale.cuts.length, places: [0, 100, 60000, 60100].map(scale.at), ticks: scale.ticks.map((tick) => tick.ms)}; })`)
	}
	long := scale(`[{start: 0, end: 100}, {start: 60000, end: 60100}]`)
	require.EqualValues(t, 1, long["cuts"])
	require.InDeltaSlice(t, []any{0.0, 0.45, 0.55, 1.0}, long["places"], 0.001)
	short := scale(`[{start: 0, end: 100}, {start: 160, end: 300}]`)
	require.EqualValues(t, 0, short["cuts"])
	require.Equal(t, []any{0.0, 100.0, 200.0, 300.0}, short["ticks"])
}

func TestTheReplyWaitedOnlyForWhatEndedBefore(t *testing.T) {
	t.Parallel()
	bob := openPage(t, "bob")
	needed := value[[]string](bob, `import("/js/requests.js").then(({timeline}) => {
		const call = (operation, from, ms) => ({operation, ms, path: "/", time: new Date(1e12 + from).toISOString()});
		const reply = call("reply", 60, 10);
		const calls = [call("first", 0, 20), call("slow", 21, 38), call("quick", 21, 9), call("late", 25, 80), reply];
		return timeline({calls, reply}).rows.filter((row) => row.needed).map((row) => row.label); })`)
	require.Equal(t, []string{"first", "slow", "reply"}, needed)
}

func TestVeryManyEqualCallsAreOneLineUntilItIsOpened(t *testing.T) {
	t.Parallel()
	bob := openPage(t, "bob")
	shown := value[[]string](bob, `import("/js/waterfall.js").then(({Waterfall}) => {
		const call = (operation, n) => ({n, operation, method: "POST", status: 200, ms: 5, path: "/", request: "", time: new Date(1e12 + 6 * n).toISOString()});
		const calls = [call("createRoom", 1), ...Array.from({length: 300}, (_, n) => call("addMember", n + 2)), call("listMembers", 400)];
		const one = new Waterfall(() => one.draw({calls, trace: "abc123"}, {newest: true, visible: () => true}));
		one.changed();
		const labels = () => [...one.element.querySelectorAll(".bar-label")].map((el) => el.textContent);
		const folded = labels();
		one.element.querySelectorAll(".bar-head")[1].click();
		return [...folded, String(labels().length)]; })`)
	require.Equal(t, []string{"createRoom", "addMember ×300", "listMembers", "302"}, shown)
}
