package page_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

func TestAFormThatWasAskedForIsShownFromItsTopWithTheFocusInIt(t *testing.T) {
	t.Parallel()
	bob := openPage(t, "bob")
	bob.do(chromedp.EmulateViewport(1280, 500))
	bob.sends("/form")
	bob.waitUntilTrue(`document.activeElement.name === "name"`)
	bob.waitUntilTrue(`Math.abs(document.querySelector('.message:has([data-form="all"])').getBoundingClientRect().top - document.getElementById("log").getBoundingClientRect().top) < 20`)
}

func TestAFormThatNobodyHereAskedForLeavesTheFocus(t *testing.T) {
	t.Parallel()
	bob := openPage(t, "bob")
	bob.says("bob", "", "/form")
	bob.waitUntilTrue(`document.querySelector('[data-form="all"]')`)
	bob.sends("/poll")
	bob.typeMessage("half a thought")
	bob.waitUntilTrue(`document.querySelector('[data-form="vote"]')`)
	bob.waitUntilTrue(typed + ` === "half a thought" || document.activeElement.value === "half a thought"`)
}

func TestALongLineWrapsWithItsCaretRightUnderItsPlace(t *testing.T) {
	t.Parallel()
	bob := openPage(t, "bob")
	bob.do(chromedp.EmulateViewport(400, 800))
	long := `/newroom "Quarterly results of the whole desk" @Alice Martin @Bob Chen`
	for name, row := range map[string]struct{ before, marked, after string }{
		"in the middle":              {long + " public ", "x", " group:Sales and some more"},
		"at the end":                 {long, " ", ""},
		"at the start":               {"", "/", long},
		"after wide characters":      {"/newroom 四半期決算 👋 ", `"`, "Deal X " + long},
		"after combining characters": {"/newroom Cafe\u0301 ", `"`, "Deal X"},
	} {
		columns := value[int](bob, `[...`+quoteCSS(row.before)+`].reduce((sum, c) => sum + (/\p{M}/u.test(c) ? 0 : /[一-龥]|\p{Emoji_Presentation}/u.test(c) ? 2 : 1), 0)`)
		markup := quoteCSS("<div><code>" + row.before + row.marked + row.after + "\n" + strings.Repeat(" ", columns) + "^</code></div>")
		got := value[map[string]any](bob, `import("/js/presentationml.js").then((m) => {
			const el = m.render({messageId: "m", message: `+markup+`, data: "{}"}, {message: {messageId: "m"}, act() {}});
			document.getElementById("log").append(el);
			const code = el.querySelector("code"), mark = el.querySelector(".marked"), caret = el.querySelector(".caret");
			const [place, under] = [mark.getBoundingClientRect(), caret.getBoundingClientRect()];
			const answer = {before: code.firstChild === mark ? "" : code.firstChild.data, marked: mark.firstChild.data, overflow: code.scrollWidth - code.clientWidth,
				aside: Math.abs(place.left - under.left), below: under.top - place.top, wraps: code.clientHeight > 70};
			el.remove();
			return answer; })`)
		require.Equal(t, row.before, got["before"], name)
		require.Equal(t, row.marked, got["marked"], name)
		require.EqualValues(t, 0, got["overflow"], name)
		require.InDelta(t, 0, got["aside"], 1, name)
		require.InDelta(t, 17, got["below"], 6, name)
	}
}

// small are the targets that are smaller than 24 px, but for links within text.
const small = `[...document.querySelectorAll("button, a[href], input, select, textarea, summary, [tabindex='0']")]
	.filter((el) => el.checkVisibility({visibilityProperty: true}) && !el.matches(".skip") && getComputedStyle(el).display !== "inline")
	.map((el) => [(el.matches("[type=checkbox], [type=radio]") && el.labels[0] || el).getBoundingClientRect(), el.outerHTML])
	.filter(([box]) => box.width < 24 || box.height < 24).map(([box, html]) => box.width + " x " + box.height + " " + html)`

func TestEveryTargetIsAtLeast24PixelsWideAndHigh(t *testing.T) {
	t.Parallel()
	for _, width := range []int64{400, 1280} {
		bob := openPage(t, "bob")
		bob.do(chromedp.EmulateViewport(width, 800))
		for _, view := range bob.views(width) {
			view.show()
			require.Empty(t, value[[]string](bob, small), "%s at %d px", view.name, width)
		}
	}
}
