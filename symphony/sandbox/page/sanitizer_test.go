package page_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func openHostile(t *testing.T) *tab {
	t.Helper()
	b := newTab(t)
	b.hostile = true
	b.listen()
	b.openAs("bob")
	return b
}

func TestNothingGetsThroughTheSanitizer(t *testing.T) {
	t.Parallel()
	bob := openHostile(t)
	for name, markup := range map[string]string{
		"script":             `<div><script>window.hit = 1</script><b>kept</b></div>`,
		"handler":            `<div><b onclick="window.hit = 1" onmouseover="window.hit = 1">kept</b></div>`,
		"image":              `<div><img src="x" onerror="window.hit = 1"/><b>kept</b></div>`,
		"remote image":       `<div><img src="https://elsewhere.test/pixel.png"/><b>kept</b></div>`,
		"frame":              `<div><iframe srcdoc="&lt;script&gt;parent.hit = 1&lt;/script&gt;"></iframe><b>kept</b></div>`,
		"script address":     `<div><a href="javascript:window.hit = 1">x</a><b>kept</b></div>`,
		"data address":       `<div><a href="data:text/html,&lt;script&gt;1&lt;/script&gt;">x</a><b>kept</b></div>`,
		"vector image":       `<div><svg xmlns="http://www.w3.org/2000/svg" onload="window.hit = 1"><script>window.hit = 1</script></svg><b>kept</b></div>`,
		"style":              `<div><style>body { display: none }</style><b style="position: fixed; background-image: url(https://elsewhere.test/)">kept</b></div>`,
		"class of the page":  `<div><b class="topbar modal composer-error">kept</b></div>`,
		"id of the page":     `<div><b id="composer">kept</b></div>`,
		"form elsewhere":     `<div><form id="f" action="https://elsewhere.test/"><button name="x" formaction="https://elsewhere.test/">kept</button></form></div>`,
		"not well-formed":    `<div><b>kept<i onclick="window.hit = 1"></div><script>window.hit = 1</script>`,
		"deep":               "<div><b>kept</b>" + strings.Repeat("<div>", 3000) + strings.Repeat("</div>", 3000) + "</div>",
		"clobbering":         `<div><form id="g"><text-field name="attributes"/><button name="submit">kept</button></form></div>`,
		"foreign attributes": `<div><b data-testid="send" contenteditable="true" tabindex="0">kept</b></div>`,
	} {
		shown := value[string](bob, `import("/js/presentationml.js").then((m) => {
			const el = m.render({messageId: "m", message: `+quoteCSS(markup)+`, data: "{}", forms: []}, {message: {messageId: "m", forms: []}, act() {}});
			document.body.append(el);
			const html = el.outerHTML;
			el.remove();
			return html; })`)
		require.Contains(t, shown, "kept", name)
		for _, bad := range []string{"<script", "<iframe", "<svg", "<style", "onclick", "onerror", "onload", "onmouseover", `href="javascript:`, `href="data:`,
			"url(", "position", "topbar", `id="composer"`, "formaction", `action="http`, "src=", "contenteditable", "testid"} {
			require.NotContains(t, shown, bad, name)
		}
	}
	require.False(t, value[bool](bob, `"hit" in window`))
}

func TestWhatMessagesMayHoldIsKept(t *testing.T) {
	t.Parallel()
	bob := openHostile(t) // the browser's own report of ill-formed XML has a style
	for markup, want := range map[string]string{
		`<div><ul><li>one</li></ul></div>`:                                                                             `<ul><li>one</li></ul>`,
		`<div><table><tr><td colspan="2">x</td></tr></table></div>`:                                                    `<td colspan="2">x</td>`,
		`<div><code data-language="go">a &lt; b</code></div>`:                                                          `<code data-language="go">a &lt; b</code>`,
		`<div><span class="tempo-text-color--red" style="font-weight: bold">x</span></div>`:                            `class="tempo-text-color--red"`,
		`<div><a href="https://example.com/?a=1&amp;b=2">x</a></div>`:                                                  `rel="noopener noreferrer"`,
		`<div><div class="card barStyle"><div class="cardHeader">H</div></div></div>`:                                  `<div class="card-header">H</div>`,
		`<div>Tom &amp; Jerry&nbsp;said</div>`:                                                                         `Tom &amp; Jerry&nbsp;said`,
		`<div><img src="data:image/png;base64,iVBORw0KGgo=" alt="dot"/></div>`:                                         `alt="dot"`,
		`<messageML><expandable-card state="collapsed"><header>H</header><body>B</body></expandable-card></messageML>`: `<summary class="card-header">`,
	} {
		shown := value[string](bob, `import("/js/presentationml.js").then((m) =>
			m.render({messageId: "m", message: `+quoteCSS(markup)+`, data: "{}"}, {message: {messageId: "m"}, act() {}}).outerHTML)`)
		require.Contains(t, shown, want, markup)
	}
}
