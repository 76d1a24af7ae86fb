package main

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestVersionIsTheNewestOfTheChangelog(t *testing.T) {
	t.Parallel()
	newest := regexp.MustCompile(`(?m)^## (v\d+\.\d+\.\d+) - \d{4}-\d\d-\d\d$`).FindStringSubmatch(readRepositoryFile(t, "CHANGELOG.md"))
	require.NotNil(t, newest)
	require.Equal(t, releaseVersion, newest[1])
	require.Contains(t, readRepositoryFile(t, "README.md"), "`"+releaseVersion+"`")

	require.Contains(t, shell(t, "version").out, "roombot "+releaseVersion)
	var v versionInfo
	require.NoError(t, json.Unmarshal([]byte(shell(t, "version", "--json").out), &v))
	require.Equal(t, releaseVersion, v.Version)
	require.Equal(t, runtime.Version(), v.Go)
}

func TestVersionIsPrintedWithItsSource(t *testing.T) {
	t.Parallel()
	v := versionInfo{Version: "v1.2.3", Go: "go1.26.0"}
	require.Equal(t, "v1.2.3 go1.26.0", v.String())
	v.Commit = "0123456789ab"
	require.Equal(t, "v1.2.3 (0123456789ab) go1.26.0", v.String())
	v.Modified = true
	require.Equal(t, "v1.2.3 (0123456789ab, modified) go1.26.0", v.String())
}

func TestLinkerFlagsReplaceVersionAndCommit(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("builds the program")
	}
	program := filepath.Join(t.TempDir(), "roombot")
	flags := "-X main.version=v9.9.9-acme.1 -X main.commit=0123456789ab-dirty"
	out, err := exec.CommandContext(t.Context(), "go", "build", "-ldflags", flags, "-o", program, ".").CombinedOutput()
	require.NoError(t, err, string(out))
	out, err = exec.CommandContext(t.Context(), program, "version").CombinedOutput()
	require.NoError(t, err)
	require.Equal(t, "roombot v9.9.9-acme.1 (0123456789ab, modified) "+runtime.Version()+"\n", string(out))
}

func TestMakeStampsVersionAndCommit(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), findTool(t, "make"), "-C", "../..", "-n", "build", "VERSION=v9.9.9", "COMMIT=0123456789ab").CombinedOutput()
	require.NoError(t, err, string(out))
	require.Contains(t, string(out), "-X main.version=v9.9.9 -X main.commit=0123456789ab")
}
