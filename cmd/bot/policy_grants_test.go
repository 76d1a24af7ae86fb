package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/commands"
	"roombot/symphony/sandbox/client"
)

func TestAnOperatorListsGrantsBesideARunningBot(t *testing.T) {
	t.Parallel()
	w := newWatched(t)
	running := w.run()
	none := shell(t, "policy", "grants", "--config", w.config)
	require.Zero(t, none.code, none.err)
	require.Equal(t, "There are no grants, and nobody waits for one.\n", none.out)
	missing := shell(t, "policy", "grants", "--revoke", "3", "--config", w.config)
	require.Equal(t, exitFailed, missing.code)
	require.Contains(t, missing.err, "there is no grant 3 that is in force")
	require.Zero(t, running.stop())
}

func TestTheRecordTellsWhomAGrantIsFor(t *testing.T) {
	t.Parallel()
	w := newWatched(t)
	rules := `{admins: ["user:ops"], allow: [{name: few, who: ["user:alice"], commands: [newroom]}]}`
	require.NoError(t, os.WriteFile(filepath.Join(w.dir, "policy.yaml"), []byte(rules), 0o600))
	running := w.run()
	refused := w.says("bob", `/newroom "Elm"`).Replies[0]
	_, err := w.pod.Act(t.Context(), client.ActRequest{
		As: "bob", MessageID: refused.ID, FormID: commands.FormOffer, Action: "request-access", Wait: patience.String(),
	})
	require.NoError(t, err)
	var told string
	require.Eventually(t, func() bool {
		told = shell(t, "audit", "list", "--kind", "grant", "--user", "bob", "--config", w.config).out
		return strings.Contains(told, "grant 1 asked")
	}, patience, tick)
	require.Regexp(t, `grant 1 asked, /newroom, for Bob Chen \(\d+\), internal rooms that are not public, .*at most 1 person`, told)
	require.Zero(t, running.stop())
}
