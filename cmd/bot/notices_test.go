package main

import (
	"debug/buildinfo"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNoticesCoverEveryModuleOfTheProgram(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("builds the program")
	}
	findTool(t, "bash")
	program := filepath.Join(t.TempDir(), "roombot")
	said, err := exec.CommandContext(t.Context(), "go", "build", "-buildvcs=false", "-o", program, ".").CombinedOutput()
	require.NoError(t, err, string(said))
	info, err := buildinfo.ReadFile(program)
	require.NoError(t, err)
	notices, err := exec.CommandContext(t.Context(), filepath.Join("..", "..", "deploy", "notices")).Output()
	require.NoError(t, err)
	require.Greater(t, len(info.Deps), 30)
	for _, module := range info.Deps {
		require.Contains(t, string(notices), "=\n"+module.Path+" "+module.Version+"\n--- ")
	}
	require.Contains(t, string(notices), "Go standard library "+info.GoVersion)
	require.Contains(t, string(notices), "Mozilla Public License", "the whole texts")
}
