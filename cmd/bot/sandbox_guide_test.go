package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/symphony/sandbox/client"
)

// Steps of the guide: what somebody types, or the button that they press.
var (
	guideStep = regexp.MustCompile("(?:[Aa]s ([a-z]+) )?(?:`(/[^`]+)`|\\*([^*]+)\\*)")
	guideRoom = regexp.MustCompile(`in the room ([^,]+),`)
)

// What docs/sandbox.md says about approvals, grants and receipts is done as it stands there.
func TestTheGuideToApprovalsGrantsAndReceiptsWorks(t *testing.T) {
	t.Parallel()
	_, section, found := strings.Cut(readRepositoryFile(t, "docs/sandbox.md"), "## An approval, a grant and a receipt\n")
	require.True(t, found)
	section, _, _ = strings.Cut(section, "\n## ")
	dir := t.TempDir()
	sandbox := begin(t, "sandbox", "--listen", "127.0.0.1:0", "--dir", dir)
	g := &guide{t: t, world: client.New(regexp.MustCompile(`http://\S+`).FindString(sandbox.line("Page"))), rules: filepath.Join(dir, "policy.yaml")}
	t.Cleanup(g.world.Close)
	items := strings.Split(section, "\n- ")[1:]
	require.Len(t, items, 3)
	for _, item := range items {
		g.follow(item)
	}
	for who, text := range map[string]string{"bob": "Approved by Cora Lind on ", "ops": "– used up, allowed once by Olga Peters"} {
		g.sees(who, text)
	}
	g.sees("bob", "Access given by: @Olga Peters")
	require.Zero(t, sandbox.stop())
}

// guide is somebody who follows the guide.
type guide struct {
	t     *testing.T
	world *client.Client
	rules string // the file of the policy
	who   string
}

func (g *guide) follow(item string) {
	g.t.Helper()
	_, item, _ = strings.Cut(item, "**:")
	item, _, _ = strings.Cut(item, "\n\n")
	item = strings.Join(strings.Fields(item), " ")
	if strings.Contains(item, "`# when: {public: false}`") {
		g.narrowRules()
	}
	to := "roombot"
	if room := guideRoom.FindStringSubmatch(item); room != nil {
		found, err := g.world.RoomNamed(g.t.Context(), room[1])
		require.NoError(g.t, err)
		to = found.StreamID
	}
	for _, step := range guideStep.FindAllStringSubmatch(item, -1) {
		if step[1] != "" {
			g.who = step[1]
		}
		if step[3] != "" {
			g.press(step[3])
			continue
		}
		_, err := g.world.SaysIn(g.t.Context(), g.who, to, step[2])
		require.NoError(g.t, err)
	}
}

// narrowRules takes the first # away from the line of the policy, and waits until that is in force.
func (g *guide) narrowRules() {
	g.t.Helper()
	text, err := os.ReadFile(g.rules)
	require.NoError(g.t, err)
	require.NoError(g.t, os.WriteFile(g.rules, bytes.Replace(text, []byte("# when: {public"), []byte("when: {public"), 1), 0o600))
	g.sees("ops", "The policy is version")
}

func (g *guide) sees(who, text string) (found client.Message) {
	g.t.Helper()
	m, err := g.world.Sees(g.t.Context(), who, text)
	require.NoError(g.t, err)
	return m
}

// press presses the newest button of a label, once it is there.
func (g *guide) press(label string) {
	g.t.Helper()
	button := regexp.MustCompile(`(?s)<form id="([^"]+)".*<button [^>]*name="([^"]+)"[^>]*>` + label + `</button>`)
	m := g.sees(g.who, label)
	found := button.FindStringSubmatch(m.Markup)
	require.NotNil(g.t, found, m.Markup)
	_, err := g.world.Act(g.t.Context(), client.ActRequest{As: g.who, MessageID: m.ID, FormID: found[1], Action: found[2], Wait: patience.String()})
	require.NoError(g.t, err)
}
