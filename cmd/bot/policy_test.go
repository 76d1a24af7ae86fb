package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// policiesOfTheGuide are the examples of docs/policy.md, each in a file.
func policiesOfTheGuide(t *testing.T) (files []string) {
	t.Helper()
	guide, err := os.ReadFile(filepath.Join("..", "..", "docs", "policy.md"))
	require.NoError(t, err)
	for _, block := range regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllSubmatch(guide, -1) {
		file := filepath.Join(t.TempDir(), "policy.yaml")
		require.NoError(t, os.WriteFile(file, block[1], 0o600))
		files = append(files, file)
	}
	return files
}

func TestThePoliciesOfTheGuidePassTheirTests(t *testing.T) {
	t.Parallel()
	files := policiesOfTheGuide(t)
	require.Len(t, files, 5)
	for _, file := range files {
		got := shell(t, "policy", "check", file)
		require.Zero(t, got.code, got.err)
		require.Contains(t, got.out, "✓ version ")
	}
}

func TestAFailingTestOfAPolicyIsReportedWithItsPlace(t *testing.T) {
	t.Parallel()
	file := policiesOfTheGuide(t)[1]
	content, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, []byte(strings.Replace(string(content), "expect: deny", "expect: allow", 1)), 0o600))
	for _, subcommand := range []string{"check", "test"} {
		got := shell(t, "policy", subcommand, file)
		require.Equal(t, exitFailed, got.code)
		require.Regexp(t, `policy\.yaml:9:12: tests\[1\]\.name: fails: expected allow, got deny`, got.err)
	}
}

func TestAPolicyIsAskedOffline(t *testing.T) {
	t.Parallel()
	file := policiesOfTheGuide(t)[2]
	can := func(args ...string) outcome {
		return shell(t, append([]string{"policy", "can", "--policy", file}, args...)...)
	}
	allowed := can("--group", "FX", `/newroom "Q2" @bob`)
	require.Zero(t, allowed.code)
	require.Contains(t, allowed.out, `allow by rule "desk rooms"`)
	denied := can("--group", "FX", "--json", `/newroom "Q2" @bob external:yes`)
	require.Equal(t, exitFailed, denied.code)
	var d decisionJSON
	require.NoError(t, json.Unmarshal([]byte(denied.out), &d))
	require.EqualValues(t, "deny", d.Decision)
	require.Regexp(t, "^[0-9a-f]{8}$", d.Version)
	require.Contains(t, d.Checks, checkJSON{What: "external is false"})
	require.Equal(t, "desk rooms", d.Nearest)
	require.Contains(t, can("--group", "FX", "--used-day", "10", `/newroom "Q2"`).out, "limit")
	require.Equal(t, exitUsage, can("--group", "FX", "newroom").code)
	require.Equal(t, exitUsage, can("--in", "nowhere", `/newroom "Q2"`).code)
}
