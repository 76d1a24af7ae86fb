package page_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"roombot/symphony/sandbox/page/pagetest"
)

// emulates shows the page with these media features, and without motion: colours on their way are
// no finding.
func (b *tab) emulates(features []*emulation.MediaFeature) {
	b.t.Helper()
	still := append([]*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "reduce"}}, features...)
	_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: still})
	require.NoError(b.t, err)
}

func TestAxeFindsNothingSerious(t *testing.T) {
	t.Parallel()
	source := pagetest.FindAxe(t)
	for name, features := range map[string][]*emulation.MediaFeature{
		"light":         {{Name: "prefers-color-scheme", Value: "light"}},
		"dark":          {{Name: "prefers-color-scheme", Value: "dark"}},
		"forced colors": {{Name: "forced-colors", Value: "active"}},
	} {
		for _, width := range []int64{400, 1280} {
			t.Run(fmt.Sprintf("%s at %d px", name, width), func(t *testing.T) {
				t.Parallel()
				bob := openPage(t, "bob")
				bob.do(chromedp.EmulateViewport(width, 800))
				bob.emulates(features)
				value[bool](bob, source+"; true")
				for _, view := range bob.views(width) {
					view.show()
					require.Empty(t, value[[]string](bob, pagetest.AxeFinds), view.name)
				}
			})
		}
	}
}
