package main

import (
	"testing"

	"github.com/stretchr/testify/require"
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
